"""The answers to the safety item: digits in squares, red above 0, hollow where left blank.

A 0 is grey, never green: most people later found at risk had not endorsed the item.
"""

from __future__ import annotations

import pandas as pd

from dashboard import formats
from dashboard.charts.canvas import Canvas
from dashboard.charts.hover import escape, stack, when
from dashboard.charts.traces import scatter
from models.instrument import Instrument


def has_safety_answers(scores: pd.DataFrame, instrument: Instrument) -> bool:
    """Whether there is anything for the strip to show, asked or answered."""
    return instrument.safety_item is not None or bool(scores["safety_answer"].notna().any())


def draw_safety(canvas: Canvas, scores: pd.DataFrame, instrument: Instrument) -> None:
    """Draw the strip "safety" of one instrument's scores."""
    canvas.set_strip("safety")
    asked = scores[scores["safety_answer"].notna() | scores["items"].map(_has_items)]
    if asked.empty:
        canvas.write("safety", "no answer recorded", x=0.0, y=0.5, xshift=4)
        return
    answer = pd.to_numeric(asked["safety_answer"])
    quiet = {"bgcolor": canvas.palette.unknown_faint, "border": canvas.palette.unknown_faint}
    _draw_squares(canvas, asked[answer == 0], "0", canvas.palette.quiet, **quiet)
    hollow = {"bgcolor": canvas.palette.page, "border": canvas.palette.unknown}
    _draw_squares(canvas, asked[answer.isna()], "–", canvas.palette.quiet, **hollow)
    loud = {"bgcolor": canvas.palette.safety, "border": canvas.palette.safety}
    _draw_squares(canvas, asked[answer > 0], "above 0", canvas.palette.on_safety, **loud)


def _draw_squares(
    canvas: Canvas, scores: pd.DataFrame, name: str, ink: str, *, bgcolor: str, border: str
) -> None:
    if scores.empty:
        return
    digits = [formats.number(value) or "–" for value in scores["safety_answer"]]
    size = 11 if canvas.narrow else 15
    canvas.add(
        "safety",
        scatter(
            name=f"safety {name}",
            x=list(scores["day"]),
            y=[0.5] * len(scores),
            mode="markers+text",
            marker={
                "symbol": "square",
                "size": size,
                "color": bgcolor,
                "line": {"width": 1, "color": border},
                "opacity": 1,
            },
            text=digits,
            textposition="middle center",
            textfont={"size": size - 4 if canvas.narrow else 11, "color": ink},
            hovertext=[_describe(row) for row in scores.itertuples()],
            hoverinfo="text",
        ),
    )


def _describe(row: object) -> str:
    answer = formats.number(row.safety_answer)  # type: ignore[attr-defined]
    said = f"safety item: {answer}" if answer else "safety item: left blank"
    return stack([when(row), escape(row.instrument), said])  # type: ignore[attr-defined]


def _has_items(items: object) -> bool:
    return isinstance(items, (list, tuple))
