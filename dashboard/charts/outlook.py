"""The outlook on the time axis: a band that is darkest where most such responses are lost.

It begins after the last value seen responding and fades out where nine of ten are lost; half of
them lie under its bracket. Hatched, so that it is not told by its colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from dashboard.charts.canvas import Canvas
from dashboard.charts.traces import scatter
from models.outcomes.forecast import Outlook, OutlookStatus

# The last of the slices fade to nothing, so that the band's end is not read as a date.
SLICES, TAPER = 16, 5
DARKEST = 0.34
# What the band spans and what its bracket does, in shares of responses lost.
BAND, BRACKET = (0.02, 0.90), (0.25, 0.75)
# The axis ends here however late the band does: the past year is what a chart is for.
FARTHEST, FARTHEST_NARROW = 112, 56
NAME = "half in here"


@dataclass(frozen=True, slots=True)
class Band:
    """Ends in days from `zero`, and slices (from, to, how dark from 0 to 1)."""

    zero: date
    start: float
    end: float
    bracket: tuple[float, float]
    slices: tuple[tuple[float, float, float], ...]

    def at(self, days: float) -> datetime:
        return datetime.combine(self.zero, time()) + timedelta(days=days)


def read_band(outlook: Outlook | None, *, narrow: bool = False) -> Band | None:
    """Return the band of a stated outlook; None where there is nothing to draw ahead."""
    if outlook is None or outlook.status is not OutlookStatus.STATED:
        return None
    if outlook.window is None or outlook.well_on is None:
        return None
    unseen = (outlook.as_of - outlook.well_on).days
    # Between the last value seen responding and today the chance has grown too, unseen.
    curve = [(-float(unseen), 0.0)] if unseen else []
    curve += outlook.window.curve
    latest = float(FARTHEST_NARROW if narrow else FARTHEST)
    start, end = (_day(curve, share, latest) for share in BAND)
    if end - start < 1:
        return None
    low, high = (_day(curve, share, latest) for share in BRACKET)
    return Band(outlook.as_of, start, end, (low, high), tuple(_slices(curve, start, end)))


def draw_band(canvas: Canvas, band: Band, low: float, high: float, text: str) -> None:
    """Draw the band in the score panel, over the values from `low` to `high`."""
    axis = canvas.panels["score"].axis
    for begin, end, dark in band.slices:
        canvas.rule(
            type="rect",
            x=[band.at(begin), band.at(end)],
            y=[low, high],
            xref="x",
            yref=axis,
            fillcolor=canvas.palette.fading,
            opacity=round(dark * DARKEST, 3),
            line={"width": 0},
        )
    begin, end = band.at(band.start), band.at(band.end)
    canvas.add(
        "score",
        scatter(
            name="outlook",
            x=[begin, end, end, begin, begin],
            y=[low, low, high, high, low],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor="rgba(0,0,0,0)",
            fillpattern={
                "shape": "/",
                "size": 9,
                "solidity": 0.08,
                "fgcolor": canvas.palette.fading,
                "bgcolor": "rgba(0,0,0,0)",
            },
            hoveron="fills",
            text=text,
            hoverinfo="text",
        ),
    )
    _draw_bracket(canvas, band, low, high)


def _draw_bracket(canvas: Canvas, band: Band, low: float, high: float) -> None:
    begin, end = (band.at(days) for days in band.bracket)
    top = high - (high - low) * 0.15  # under the word "today"
    foot = top - (high - low) * 0.03
    canvas.add(
        "score",
        scatter(
            name="half",
            x=[begin, begin, end, end],
            y=[foot, top, top, foot],
            mode="lines",
            # In ink: amber on its own band cannot be read.
            line={"width": 1.6, "color": canvas.palette.text},
            hoverinfo="skip",
        ),
    )
    style = {"size": 10, "color": canvas.palette.text}
    canvas.write("score", NAME, x=begin, y=top, yshift=9, font=style)


def _day(curve: list[tuple[float, float]], share: float, latest: float) -> float:
    """Return when a share is lost, straight between the days of the curve; `latest` at most."""
    before, least = curve[0]
    if least >= share:
        return min(before, latest)
    for (day, chance), (later, more) in pairwise(curve):
        if more >= share:
            return min(day + (later - day) * (share - chance) / (more - chance), latest)
    return latest


def _chance(curve: list[tuple[float, float]], at: float) -> float:
    for (day, chance), (later, more) in pairwise(curve):
        if at <= later:
            return chance + (more - chance) * (max(at, day) - day) / (later - day)
    return curve[-1][1]


def _slices(
    curve: list[tuple[float, float]], start: float, end: float
) -> list[tuple[float, float, float]]:
    """Return equal stretches of the band, each as dark as responses are lost in it."""
    edges = [start + (end - start) * number / SLICES for number in range(SLICES + 1)]
    shares = [_chance(curve, edge) for edge in edges]
    lost = [after - before for before, after in pairwise(shares)]
    most = max(lost) or 1.0
    return [
        (begin, stop, share / most * min(1.0, (SLICES - number) / TAPER))
        for number, ((begin, stop), share) in enumerate(zip(pairwise(edges), lost, strict=True))
    ]
