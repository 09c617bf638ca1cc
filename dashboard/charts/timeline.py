"""The picture that is the product: scores, infusions, how long each course held, the safety item.

One time axis for all of it. `draw_timeline` takes a chart as `data.queries.chart` reads it and
returns a figure of fixed height that fits a desk, or with `narrow=True` a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import bands
from dashboard.charts.canvas import (
    LEAST_DAYS,
    NAME_PIXELS,
    NARROW_DAYS,
    WIDE_DAYS,
    Canvas,
    lay_out,
    stack_panels,
)
from dashboard.charts.episodes import Episode, read_episodes
from dashboard.charts.hover import escape, wrap
from dashboard.charts.infusion_strip import draw_booked, draw_infusions
from dashboard.charts.lane import draw_lane
from dashboard.charts.outlook import FARTHEST, FARTHEST_NARROW, Band, draw_band, read_band
from dashboard.charts.palette import choose_palette
from dashboard.charts.safety_strip import draw_safety, has_safety_answers
from dashboard.charts.score_panel import (
    draw_look_backs,
    draw_points,
    draw_response_rules,
    draw_silence,
    draw_unscored,
)
from dashboard.charts.scores import Point, read_points
from data.queries.chart import Chart
from models.instrument import Instrument
from models.outcomes.forecast import Outlook


@dataclass(frozen=True, slots=True)
class History:
    """What a timeline shows of a chart on one instrument, read once for both pictures."""

    chart: Chart
    instrument: Instrument
    scores: pd.DataFrame
    episodes: list[Episode]
    points: list[Point]
    outlook: Outlook | None = None
    outlook_words: str = ""
    booked_on: date | None = None


def read_history(
    chart: Chart,
    instrument: Instrument,
    outlook: Outlook | None = None,
    outlook_words: str = "",
    booked_on: date | None = None,
) -> History:
    """`outlook` is the one on this instrument, `outlook_words` what hovering over it says, and
    `booked_on` the day ahead for which the next infusion is booked.
    """
    scores = chart.scores[chart.scores["instrument"] == instrument.code]
    episodes = read_episodes(chart, instrument.code)
    points = read_points(scores, chart.infusions, episodes, instrument)
    return History(chart, instrument, scores, episodes, points, outlook, outlook_words, booked_on)


def draw_timeline(
    chart: Chart, instrument: Instrument, *, dark: bool = False, narrow: bool = False
) -> go.Figure:
    """Return one patient's timeline on one instrument, the last year in view.

    A patient without scores or infusions gets the same figure with the empty part said in words.
    """
    return go.Figure(draw_history(read_history(chart, instrument), dark=dark, narrow=narrow))


def draw_history(history: History, *, dark: bool, narrow: bool) -> dict[str, Any]:
    """Return the timeline as plain data."""
    chart, instrument, scores = history.chart, history.instrument, history.scores
    band = read_band(history.outlook, narrow=narrow)
    canvas = _open_canvas(history, band, dark=dark, narrow=narrow)
    lay_out(canvas, top=74 if narrow else 44)
    _draw_scores(canvas, history)
    if band is not None:
        low, high = canvas.layout["yaxis"]["range"]
        draw_band(canvas, band, low, high, wrap(history.outlook_words))
    draw_infusions(canvas, chart.infusions)
    if history.booked_on is not None and history.booked_on < canvas.last:
        draw_booked(canvas, history.booked_on)
    draw_lane(canvas, chart, history.episodes, instrument)
    if "safety" in canvas.panels:
        draw_safety(canvas, scores, instrument)
    _draw_days(canvas, chart.infusions)
    _name_panels(canvas, instrument)
    return canvas.finish()


def _open_canvas(history: History, band: Band | None, *, dark: bool, narrow: bool) -> Canvas:
    chart, scores = history.chart, history.scores
    heights = {"score": 280, "infusions": 54, "held": 56}
    if has_safety_answers(scores, history.instrument):
        heights["safety"] = 28
    if narrow:
        heights = {name: height + NAME_PIXELS for name, height in heights.items()}
    first, last = _ends(chart, scores)
    shown_from = max(first, _opens_on(chart, scores, last, NARROW_DAYS if narrow else WIDE_DAYS))
    if band is not None:
        last = max(last, band.at(band.end).date() + timedelta(days=1))
    farthest = chart.today + timedelta(days=FARTHEST_NARROW if narrow else FARTHEST)
    if history.booked_on is not None and history.booked_on <= farthest:
        last = max(last, history.booked_on + timedelta(days=1))
    return Canvas(
        choose_palette(dark=dark),
        narrow,
        first,
        last,
        chart.today,
        shown_from,
        stack_panels(heights),
    )


def _opens_on(chart: Chart, scores: pd.DataFrame, last: date, days: int) -> date:
    """The day the view opens on: `days` ago, or earlier after a long silence, to show its start."""
    newest = max([*chart.infusions["day"], *scores["day"]], default=last)
    return min(last - timedelta(days=days), newest - timedelta(days=days // 3))


def _ends(chart: Chart, scores: pd.DataFrame) -> tuple[date, date]:
    """The first day there is anything to show, a week earlier for air, and today."""
    known = [*chart.infusions["day"], *scores["day"]]
    last = max([chart.today, *known])
    first = min([last - timedelta(days=LEAST_DAYS), *known])
    return first - timedelta(days=7), last


def _draw_scores(canvas: Canvas, history: History) -> None:
    chart, instrument, points = history.chart, history.instrument, history.points
    air = (instrument.highest - instrument.lowest) * bands.AIR
    shown = [instrument.lowest - air, instrument.highest + air]
    canvas.set_axis("score", range=shown, tickvals=bands.ticks(instrument))
    draw_look_backs(canvas, points, instrument)
    rule = draw_response_rules(canvas, history.episodes, instrument)
    bands.draw_bands(canvas, instrument, rule)
    bands.draw_remission(canvas, instrument, rule)
    draw_points(canvas, points, chart.rules)
    draw_unscored(canvas, history.scores, instrument.lowest - air)
    left_on = chart.patient.left_on
    draw_silence(canvas, points, chart.rules, min(chart.today, left_on or chart.today))
    if history.scores.empty:
        middle = (instrument.lowest + instrument.highest) / 2
        text = f"no {escape(instrument.code)} recorded"
        canvas.write("score", text, x=0.5, y=middle, xanchor="center")


def _draw_days(canvas: Canvas, infusions: pd.DataFrame) -> None:
    """Hairlines through all panels: each infusion, and today."""
    for day in infusions["day"].unique():
        _draw_day(canvas, day, f"rgba({canvas.palette.band}, 0.10)", "solid")
    if infusions.empty:
        canvas.write("infusions", "no infusion recorded", x=0.0, y=0.5, xshift=4)
    _draw_day(canvas, canvas.today, canvas.palette.unknown, "dot")
    style = {"size": 10, "color": canvas.palette.text}  # it may stand on the outlook's band
    panel_top = canvas.layout["yaxis"]["range"][1]
    canvas.write(
        "score", "today", x=canvas.today, y=panel_top, xanchor="right", yanchor="top", font=style
    )


def _draw_day(canvas: Canvas, day: date, color: str, dash: str) -> None:
    canvas.rule(x=[day, day], y=[0, 1], line={"width": 1, "color": color, "dash": dash})


def _name_panels(canvas: Canvas, instrument: Instrument) -> None:
    """The name of the instrument above, those of the strips beside them; on a phone, over them."""
    canvas.write(
        "score",
        bands.title(instrument),
        x=0.0,
        y=canvas.layout["yaxis"]["range"][1],
        yanchor="bottom",
        yshift=44 if canvas.narrow else 10,
        xshift=-26 if canvas.narrow else 0,
        font={"size": 13 if canvas.narrow else 14, "color": canvas.palette.text},
    )
    names = {"infusions": "infusions", "held": "held"}
    if "safety" in canvas.panels:
        item = instrument.safety_item
        names["safety"] = f"item {item}" if item else "safety item"
    for panel, name in names.items():
        if canvas.narrow:
            canvas.write(panel, name, x=0.0, y=1.0, yanchor="bottom", xshift=-26)
        else:
            height = 0.5 if panel == "safety" else 0.66  # beside the marks, not the words
            canvas.write(panel, name, x=0.0, y=height, xanchor="right", xshift=-10)
