"""Severity bands behind a score: faint grey tints, named at the edge, never red or green."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard import formats
from dashboard.charts.canvas import Canvas
from models.instrument import Instrument

DARKEST = 0.11
# Two labels of 11 pixels need this much between their middles.
LABEL_PIXELS = 14
# Beyond the lowest and the highest value, as a share of the axis, for points at the very ends.
AIR = 0.035


@dataclass(frozen=True, slots=True)
class Stretch:
    label: str
    low: float
    high: float


def stretches(instrument: Instrument) -> Iterator[Stretch]:
    """The bands as stretches of the axis; whole-number ones meet half-way, at 4.5, 9.5, ..."""
    margin = 0.5 if instrument.whole_numbers and instrument.highest > 10 else 0.0
    low = instrument.lowest
    for band in instrument.bands:
        high = min(instrument.highest, band.up_to + margin)
        yield Stretch(band.label, low, high)
        low = high


def draw_bands(canvas: Canvas, instrument: Instrument, rule: float | None) -> None:
    """Tint the bands, worst darkest, and name them where the rule's own label leaves room."""
    bands = list(stretches(instrument))
    if instrument.direction == "higher_is_better":
        bands.reverse()
    beyond = (instrument.highest - instrument.lowest) * AIR
    for number, band in enumerate(bands):
        opacity = DARKEST * number / max(1, len(bands) - 1)
        low = band.low - (beyond if band.low == instrument.lowest else 0)
        high = band.high + (beyond if band.high == instrument.highest else 0)
        canvas.rule(
            type="rect",
            x=[0, 1],
            y=[low, high],
            axis=canvas.panels["score"].axis,
            fillcolor=f"rgba({canvas.palette.band}, {opacity:.3f})",
            line={"width": 0},
        )
        _name_band(canvas, instrument, band, rule)


def _name_band(canvas: Canvas, instrument: Instrument, band: Stretch, rule: float | None) -> None:
    pixels = canvas.panels["score"].height / (instrument.highest - instrument.lowest)
    height = (band.high - band.low) * pixels
    if height < LABEL_PIXELS:
        return
    middle = (band.low + band.high) / 2
    room = LABEL_PIXELS + (7 if canvas.narrow else 0)  # on a phone the rule takes two lines
    if rule is not None and abs(rule - middle) * pixels < room:
        aside = (room - abs(rule - middle) * pixels) / pixels
        middle += -aside if rule >= middle else aside
    style = {"size": 10 if canvas.narrow else 11, "color": canvas.palette.quiet}
    text = band.label.replace(" ", "<br>") if canvas.narrow else band.label
    canvas.write("score", text, x=1.0, y=middle, xshift=8, align="left", font=style)


def draw_remission(canvas: Canvas, instrument: Instrument, rule: float | None) -> None:
    """A fine dotted line at the remission cut, which itself counts.

    Its name stands inside the drawing; on a phone, where points would hide it, at the edge, unless
    the response rule's own label is in the way.
    """
    if instrument.remission is None:
        return
    canvas.rule(
        x=[0, 1],
        y=[instrument.remission, instrument.remission],
        axis=canvas.panels["score"].axis,
        line={"width": 1, "dash": "dot", "color": canvas.palette.quiet},
    )
    sign = "≤" if instrument.direction == "lower_is_better" else "≥"
    text = f"remission {sign} {formats.number(instrument.remission)}"
    style = {"size": 10, "color": canvas.palette.quiet}
    pixels = canvas.panels["score"].height / (instrument.highest - instrument.lowest)
    if not canvas.narrow:
        canvas.write("score", text, x=0.0, y=instrument.remission, xshift=4, yshift=-8, font=style)
    elif rule is None or abs(rule - instrument.remission) * pixels > 2 * LABEL_PIXELS:
        canvas.write("score", text, x=1.0, y=instrument.remission, xshift=8, font=style)


def ticks(instrument: Instrument) -> list[float]:
    """Where a number is written on the axis: the ends, and where each band begins."""
    if not instrument.bands:
        step = (instrument.highest - instrument.lowest) / 4
        return [instrument.lowest + step * number for number in range(5)]
    beginnings = [band.up_to + (1 if instrument.whole_numbers else 0) for band in instrument.bands]
    wanted = [instrument.lowest, *beginnings[:-1], instrument.highest]
    apart = (instrument.highest - instrument.lowest) * 0.06
    kept = [wanted[0]]
    for value in wanted[1:]:
        if value - kept[-1] >= apart:
            kept.append(value)
    return kept


def title(instrument: Instrument) -> str:
    """PHQ-9, depression, 0–27, lower is better"""
    ends = f"{formats.number(instrument.lowest)}–{formats.number(instrument.highest)}"
    better = instrument.direction.replace("_", " ")
    return f"<b>{instrument.code}</b>  {instrument.measures}, {ends}, {better}"
