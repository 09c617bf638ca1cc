"""The score over time, on its severity bands, with the clinic's response rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import hover
from dashboard.charts.canvas import Canvas
from dashboard.charts.episodes import Episode
from dashboard.charts.scores import Point
from dashboard.charts.traces import Trace, scatter
from models.instrument import Instrument
from models.outcomes.rules import Rules


def draw_look_backs(canvas: Canvas, points: Sequence[Point], instrument: Instrument) -> None:
    """Draw the days each value asks about as a faint bar that ends at its point."""
    if not instrument.recall_days:
        return
    x: list[date | None] = []
    y: list[float | None] = []
    for point in points:
        x += [point.day - timedelta(days=instrument.recall_days), point.day, None]
        y += [point.value, point.value, None]
    line = {"width": 2, "color": f"rgba({canvas.palette.band}, 0.13)"}
    canvas.add("score", _lines("look-back", x, y, line))


def draw_points(canvas: Canvas, points: Sequence[Point], rules: Rules) -> None:
    """Draw the values: filled where the response rule is met, open where not, small elsewhere."""
    joined = [point for point in points if point.counts]
    palette = canvas.palette
    seen = list(_links(joined, 0, rules.silence))
    apart = list(_links(joined, rules.silence, rules.widest_gap))
    canvas.add(
        "score", _join("apart", apart, {"width": 1, "color": palette.unknown, "dash": "dot"})
    )
    canvas.add("score", _join("followed", seen, {"width": 1.6, "color": palette.text}))
    ring = {"width": 1.6, "color": palette.text}
    marks = {
        True: {"color": palette.holds, "size": 9, "line": ring | {"color": palette.holds}},
        False: {"color": palette.page, "size": 9, "line": ring},
        None: {"color": palette.text, "size": 5},
    }
    names = {True: "responding", False: "not responding", None: "score"}
    for state, marker in marks.items():
        chosen = [point for point in points if point.responding is state]
        canvas.add("score", _dots(names[state], chosen, marker))


def find_unscored(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["total"].isna()]


def draw_unscored(canvas: Canvas, scores: pd.DataFrame, y: float) -> None:
    """Mark forms that could not be scored on the axis: they happened, and say nothing."""
    forms = find_unscored(scores)
    if forms.empty:
        return
    texts = [
        hover.stack([hover.when(row), "form incomplete, no total", hover.wrap(row.note)])
        for row in forms.itertuples()
    ]
    canvas.add(
        "score",
        scatter(
            name="incomplete",
            x=list(forms["day"]),
            y=[y] * len(forms),
            mode="markers",
            marker={"symbol": "square-open", "size": 7, "color": canvas.palette.unknown},
            hovertext=texts,
            hoverinfo="text",
            cliponaxis=False,
        ),
    )


def draw_silence(canvas: Canvas, points: Sequence[Point], rules: Rules, until: date) -> None:
    """Draw a dashed line from the last value on, once it is older than the clinic's rule allows."""
    if not points or (until - points[-1].day).days < rules.silence:
        return
    last = points[-1]
    passed = (until - last.day).days
    text = f"no check-in for {formats.days(passed)}, last on {formats.day(last.day)}"
    line = {"width": 1.6, "color": canvas.palette.unknown, "dash": "dash"}
    trace = _lines("silence", [last.day, until], [last.value, last.value], line)
    canvas.add("score", trace | {"hovertext": [text, text], "hoverinfo": "text"})
    label = f"{formats.days(passed)} silent"
    if passed > canvas.days_wide(label):
        middle = last.day + timedelta(days=passed // 2)
        canvas.write("score", label, x=middle, y=last.value, xanchor="center", yshift=10)


def draw_response_rules(
    canvas: Canvas, episodes: Sequence[Episode], instrument: Instrument
) -> float | None:
    """Draw each course's response rule from day 0 to the next course; return the latest's value."""
    latest = response_level(episodes[-1], instrument) if episodes else None
    written = latest
    for episode in episodes:
        level = response_level(episode, instrument)
        if level is None:
            continue
        until = episode.next_start_on or canvas.today
        line = {"width": 1.2, "color": canvas.palette.holds, "dash": "dash"}
        canvas.add("score", _lines("response rule", [episode.end_on, until], [level, level], line))
        if level != written:
            _label_rule(canvas, episode, instrument, level, until)
        written = level
    if latest is not None:
        _label_latest_rule(canvas, episodes[-1], instrument, latest)
    return latest


def response_level(episode: Episode, instrument: Instrument) -> float | None:
    if episode.baseline is None or not instrument.allows_baseline(episode.baseline):
        return None
    return instrument.response_threshold(episode.baseline)


def name_rule(baseline: float, instrument: Instrument) -> str:
    """50 % of baseline 18; where the best value is not 0, half-way in words."""
    drop = instrument.response_drop or 0.0
    if instrument.best == 0:
        return f"{formats.share(1 - drop)} of baseline {formats.number(baseline)}"
    best = formats.number(instrument.best)
    return f"{formats.share(drop)} of the way from {formats.number(baseline)} to {best}"


def _label_rule(
    canvas: Canvas, episode: Episode, instrument: Instrument, level: float, until: date
) -> None:
    text = name_rule(episode.baseline or 0.0, instrument)
    if (until - episode.end_on).days > canvas.days_wide(text) and not canvas.narrow:
        style = {"size": 11, "color": canvas.palette.holds}
        canvas.write("score", text, x=episode.end_on, y=level, yshift=8, xshift=2, font=style)


def _label_latest_rule(
    canvas: Canvas, episode: Episode, instrument: Instrument, level: float
) -> None:
    text = name_rule(episode.baseline or 0.0, instrument)
    style = {"size": 10 if canvas.narrow else 11, "color": canvas.palette.holds}
    text = text.replace(" from", "<br>from")
    if canvas.narrow:
        text = text.replace(" of baseline", "<br>of baseline").replace(" the way", "<br>the way")
    canvas.write("score", text, x=1.0, y=level, xshift=8, align="left", font=style)


def _links(points: Sequence[Point], above: int, up_to: int) -> Iterator[tuple[Point, Point]]:
    """Neighbours more than `above` and at most `up_to` days apart."""
    for one, other in pairwise(points):
        if above < (other.day - one.day).days <= up_to:
            yield one, other


def _join(name: str, links: Sequence[tuple[Point, Point]], line: dict[str, Any]) -> Trace:
    x: list[date | None] = []
    y: list[float | None] = []
    for one, other in links:
        if not x or x[-2] != one.day:
            x += [None, one.day] if x else [one.day]
            y += [None, one.value] if y else [one.value]
        else:
            x.pop()
            y.pop()
        x += [other.day, None]
        y += [other.value, None]
    return _lines(name, x, y, line)


def _lines(name: str, x: list[Any], y: list[Any], line: dict[str, Any]) -> Trace:
    return scatter(name=name, x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _dots(name: str, points: Sequence[Point], marker: dict[str, Any]) -> Trace:
    return scatter(
        name=name,
        x=[point.day for point in points],
        y=[point.value for point in points],
        mode="markers",
        marker={"opacity": 1} | marker,
        hovertext=[point.text for point in points],
        hoverinfo="text",
    )
