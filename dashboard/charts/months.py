"""Response month by month, one small figure a site: a run of points, never a trend line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.palette import choose_palette
from dashboard.charts.paper import open_paper

HEIGHT = 170


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """One month, as "2026-04". `stated` None is hidden."""

    month: str
    stated: int | None
    responded: int | None


def draw_months(
    points: Sequence[MonthPoint], *, beside: Sequence[MonthPoint] = (), dark: bool = False
) -> go.Figure:
    """Shares on one scale from nobody to all; hidden months are grey crosses on the axis.

    `beside` is drawn in grey behind them, to hold a site against the group.
    """
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=HEIGHT, left=44, right=12, top=8, bottom=30)
    figure.update_yaxes(
        range=[0, 1.04],
        tickvals=[0, 0.5, 1],
        ticktext=[formats.share(share) for share in (0, 0.5, 1)],
        showgrid=True,
        gridcolor=palette.line,
    )
    figure.update_xaxes(type="category", tickvals=_ticks(points), ticktext=_labels(points))
    if beside:
        figure.add_trace(
            go.Scatter(
                name="all sites",
                x=[point.month for point in beside],
                y=[share_of(point) for point in beside],
                mode="lines",
                connectgaps=False,
                line={"width": 1.2, "color": palette.unknown},
                hovertext=[f"all sites, {_about(point)}" for point in beside],
                hoverinfo="text",
            )
        )
    figure.add_trace(
        go.Scatter(
            name="responded",
            x=[point.month for point in points],
            y=[share_of(point) for point in points],
            mode="lines+markers",
            connectgaps=False,
            line={"width": 1.4, "color": palette.bar},
            marker={"size": 6, "color": palette.bar, "opacity": 1},
            hovertext=[_about(point) for point in points],
            hoverinfo="text",
        )
    )
    hidden = [point.month for point in points if point.stated is None]
    if hidden:
        figure.add_trace(
            go.Scatter(
                name="hidden",
                x=hidden,
                y=[0.03] * len(hidden),
                mode="markers",
                marker={
                    "symbol": "x-thin",
                    "size": 6,
                    "opacity": 1,
                    "line": {"width": 1.2, "color": palette.unknown},
                },
                hovertext=[f"{name_month(month)}: hidden" for month in hidden],
                hoverinfo="text",
            )
        )
    return figure


def draw_sizes(points: Sequence[MonthPoint], *, dark: bool = False) -> go.Figure:
    """How many courses each month's share is of: bars; hidden months have none."""
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=HEIGHT, left=44, right=12, top=8, bottom=30)
    figure.update_xaxes(type="category", tickvals=_ticks(points), ticktext=_labels(points))
    figure.update_yaxes(rangemode="tozero", nticks=4, showgrid=True, gridcolor=palette.line)
    figure.add_trace(
        go.Bar(
            name="eligible courses",
            x=[point.month for point in points],
            y=[point.stated for point in points],
            marker={"color": palette.unknown, "line": {"width": 0}},
            hovertext=[_about(point) for point in points],
            hoverinfo="text",
        )
    )
    return figure


def share_of(point: MonthPoint) -> float | None:
    if not point.stated or point.responded is None:
        return None
    return point.responded / point.stated


def name_month(month: str) -> str:
    """Turn 2026-04 into Apr 2026."""
    return f"{formats.MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def _about(point: MonthPoint) -> str:
    share = share_of(point)
    if share is None:
        return f"{name_month(point.month)}: hidden"
    of = f"{point.responded:,} of {formats.count(point.stated or 0, 'course')}"
    return f"{name_month(point.month)}: {formats.share(share)} responded, {of}"


def _ticks(points: Sequence[MonthPoint]) -> list[str]:
    """The first month, and every sixth after it."""
    return [point.month for point in points][::6]


def _labels(points: Sequence[MonthPoint]) -> list[str]:
    return [name_month(month) for month in _ticks(points)]
