"""Estimates with their limits under one another: a forest plot of sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.rows import open_rows, say_nothing, write_at_right

NOTHING = "nothing that may be shown"


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One site. `value` None is hidden or not reached; `upper` None goes on beyond the figure."""

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    said: str
    about: str


def draw_forest(
    rows: Sequence[ForestRow],
    *,
    title: str,
    reference: float | None = None,
    dark: bool = False,
) -> go.Figure:
    """One row a site: a square at the estimate, a line over its limits, the numbers beside it."""
    palette = choose_palette(dark=dark)
    figure = open_rows(palette, [row.name for row in rows], title=title, right=112)
    low, high = _reach(rows, reference)
    if not any(row.value is not None or row.lower is not None for row in rows):
        return say_nothing(figure, NOTHING, palette)
    figure.update_xaxes(range=[low, high])
    if reference is not None:
        figure.add_vline(
            x=reference, line={"width": 1, "dash": "dot", "color": palette.unknown}, layer="below"
        )
    for place, row in enumerate(rows):
        _draw_row(figure, place, row, high, palette)
    write_at_right(
        figure, [row.said for row in rows], palette, quiet=[row.value is None for row in rows]
    )
    return figure


def _reach(rows: Sequence[ForestRow], reference: float | None) -> tuple[float, float]:
    """The stretch of the axis that holds every limit, with a little room."""
    numbers = [n for row in rows for n in (row.value, row.lower, row.upper) if n is not None]
    numbers += [] if reference is None else [reference]
    if not numbers:
        return 0.0, 1.0
    room = (max(numbers) - min(numbers) or 1.0) * 0.06
    return min(numbers) - room, max(numbers) + room


def _draw_row(figure: go.Figure, place: int, row: ForestRow, edge: float, palette: Palette) -> None:
    if row.lower is not None:
        is_open = row.upper is None
        figure.add_trace(
            go.Scatter(
                name=f"{row.name} limits",
                x=[row.lower, edge if row.upper is None else row.upper],
                y=[place, place],
                mode="lines+markers",
                line={"width": 1.6, "color": palette.unknown},
                marker={
                    "symbol": ["line-ns", "triangle-right" if is_open else "line-ns"],
                    "size": [9, 10 if is_open else 9],
                    "color": palette.unknown,
                    "line": {"width": 1.6, "color": palette.unknown},
                    "opacity": 1,
                },
                hoverinfo="skip",
            )
        )
    if row.value is not None:
        figure.add_trace(
            go.Scatter(
                name=row.name,
                x=[row.value],
                y=[place],
                mode="markers",
                marker={"symbol": "square", "size": 10, "color": palette.bar, "opacity": 1},
                hovertext=[escape(row.about)],
                hoverinfo="text",
            )
        )
