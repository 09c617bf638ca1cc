"""The answers to the safety item: digits in squares, red above 0, hollow where left blank.

A 0 is grey, never green: most people later found at risk had not endorsed the item. Where
check-ins are too close for their squares, one without room keeps a small mark of its colour.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from datetime import date

import pandas as pd

from dashboard import formats
from dashboard.charts.canvas import NARROW_PIXELS, WIDE_PIXELS, Canvas
from dashboard.charts.hover import escape, stack, when
from dashboard.charts.traces import scatter
from models.instrument import Instrument

# Pixels of a square: at a desk, on a phone (where a week is ten pixels), one of two over each
# other, and a mere mark.
WIDE_BOX, NARROW_BOX, STACKED, MARK = 15, 9, 11, 5
# The strip's own axis, 0 to 1: where squares stand, and under them the marks.
ALONE, UPPER, LOWER, BELOW = 0.5, 0.77, 0.28, 0.04


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
    asked = asked.assign(height=arrange(list(asked["day"]), list(answer), _box_days(canvas)))
    quiet = {"bgcolor": canvas.palette.unknown_faint, "border": canvas.palette.unknown_faint}
    _draw_squares(canvas, asked[answer == 0], "0", canvas.palette.quiet, **quiet)
    hollow = {"bgcolor": canvas.palette.page, "border": canvas.palette.unknown}
    _draw_squares(canvas, asked[answer.isna()], "–", canvas.palette.quiet, **hollow)
    loud = {"bgcolor": canvas.palette.safety, "border": canvas.palette.safety}
    _draw_squares(canvas, asked[answer > 0], "above 0", canvas.palette.on_safety, **loud)


def arrange(days: Sequence[date], answers: Sequence[float], apart: float) -> list[float]:
    """Return the height of each answer's square, or BELOW where there is no room to write it.

    Squares nearer than `apart` days would cover each other. An answer above 0 is written first,
    two of them over each other; a blank, and last a 0, only where it leaves those alone.
    """
    above = sorted(day.toordinal() for day, answer in zip(days, answers, strict=True) if answer > 0)
    taken: dict[float, list[int]] = {ALONE: [], UPPER: [], LOWER: []}
    heights = [BELOW] * len(days)
    for at in sorted(range(len(days)), key=lambda at: _urgency(days[at], answers[at])):
        day = days[at].toordinal()
        if not answers[at] > 0:
            rows = [ALONE] if all(_near(day, row, apart) == 0 for row in taken.values()) else []
        elif _near(day, above, apart) == 1:  # itself
            rows = [ALONE]
        else:
            rows = [row for row in (UPPER, LOWER) if _near(day, taken[row], apart) == 0]
        if rows:
            heights[at] = rows[0]
            insort(taken[rows[0]], day)
    return heights


def _urgency(day: date, answer: float) -> tuple[float, int]:
    """Order by what must be readable: higher answers, blanks, zeros; each the latest first."""
    rank = 0.5 if answer != answer else answer
    return -rank, -day.toordinal()


def _near(day: int, others: Sequence[int], apart: float) -> int:
    """Count the sorted days less than `apart` from a day."""
    return bisect_left(others, day + apart) - bisect_right(others, day - apart)


def _box_days(canvas: Canvas) -> float:
    """How many days of the first view a square covers, the hair between two included."""
    pixels = NARROW_PIXELS if canvas.narrow else WIDE_PIXELS
    size = NARROW_BOX if canvas.narrow else WIDE_BOX
    return (size + 1) * (canvas.shown_to - canvas.shown_from).days / pixels


def _draw_squares(
    canvas: Canvas, scores: pd.DataFrame, name: str, ink: str, *, bgcolor: str, border: str
) -> None:
    if scores.empty:
        return
    size = NARROW_BOX if canvas.narrow else WIDE_BOX
    sizes = {ALONE: size, BELOW: MARK}
    digits = [
        "" if height == BELOW else formats.number(value) or "–"
        for value, height in zip(scores["safety_answer"], scores["height"], strict=True)
    ]
    canvas.add(
        "safety",
        scatter(
            name=f"safety {name}",
            x=list(scores["day"]),
            y=list(scores["height"]),
            mode="markers+text",
            marker={
                "symbol": "square",
                "size": [sizes.get(height, min(size, STACKED)) for height in scores["height"]],
                "color": bgcolor,
                "line": {"width": 1, "color": border},
                "opacity": 1,
            },
            text=digits,
            textposition="middle center",
            textfont={"size": 8 if canvas.narrow else 11, "color": ink},
            hovertext=[_describe(row) for row in scores.itertuples()],
            hoverinfo="text",
            cliponaxis=False,
        ),
    )


def _describe(row: object) -> str:
    answer = formats.number(row.safety_answer)  # type: ignore[attr-defined]
    said = f"safety item: {answer}" if answer else "safety item: left blank"
    return stack([when(row), escape(row.instrument), said])  # type: ignore[attr-defined]


def _has_items(items: object) -> bool:
    return isinstance(items, (list, tuple))
