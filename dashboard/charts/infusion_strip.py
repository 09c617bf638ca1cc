"""The infusions under a score: a tick each, and one dose label a course where it fits."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard import formats
from dashboard.charts.canvas import Canvas
from dashboard.charts.hover import describe_infusion
from dashboard.charts.traces import scatter

TICK, LABEL = 0.62, 0.18


def draw_infusions(canvas: Canvas, infusions: pd.DataFrame) -> None:
    """Draw the strip "infusions"."""
    canvas.set_strip("infusions")
    canvas.add(
        "infusions",
        scatter(
            name="infusions",
            x=list(infusions["day"]),
            y=[TICK] * len(infusions),
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 17,
                "line": {"width": 2, "color": canvas.palette.text},
            },
            hovertext=[describe_infusion(row) for row in infusions.itertuples()],
            hoverinfo="text",
        ),
    )
    _label_courses(canvas, infusions)


def draw_booked(canvas: Canvas, booked_on: date) -> None:
    """A hollow, faint tick on the day for which the next infusion is booked."""
    canvas.add(
        "infusions",
        scatter(
            name="booked",
            x=[booked_on],
            y=[TICK],
            mode="markers",
            marker={
                "symbol": "diamond-tall-open",
                "size": 15,
                "opacity": 1,
                "line": {"width": 1.4},
                "color": canvas.palette.unknown,
            },
            hovertext=[f"next infusion booked for {formats.weekday(booked_on)} {booked_on.year}"],
            hoverinfo="text",
        ),
    )


def _label_courses(canvas: Canvas, infusions: pd.DataFrame) -> None:
    """Write "6 × 40 mg" under each course, skipping one that would run into its neighbour."""
    free_from: date | None = None
    for _, course in infusions.groupby("course_no"):
        text = name_doses(course["dose_mg"])
        starts = course["day"].iloc[0]
        if not text or (free_from is not None and starts < free_from):
            continue
        canvas.write("infusions", text, x=starts, y=LABEL, xshift=-2)
        free_from = starts + pd.Timedelta(days=canvas.days_wide(text + "  ")).to_pytimedelta()


def name_doses(doses: pd.Series) -> str:
    """The doses of one course in short: 40 mg, 6 × 40 mg, 6 × 35–50 mg; "" where none is known."""
    known = pd.to_numeric(doses).dropna()
    if known.empty:
        return ""
    low, high = formats.number(known.min()), formats.number(known.max())
    dose = f"{low} mg" if low == high else f"{low}–{high} mg"
    return dose if len(doses) == 1 else f"{len(doses)} × {dose}"
