"""How long responses hold in a group: Turnbull and Kaplan-Meier, with limits and numbers at risk.

Turnbull's is the curve to read: it knows that loss is only seen at check-ins. Kaplan-Meier is the
familiar one, thin and grey, drawn where there is a single group to compare it in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper, spread_labels
from models.outcomes.curves import CurveTable, Summary

DRAWN, ROW = 300, 20
MOST_LIMITS = 3  # more ribbons than this hide each other
WEEK = 7
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def draw_curves(groups: Mapping[str, Summary], *, dark: bool = False) -> go.Figure:
    """One curve a group over days since the last infusion; a sentence where there are none."""
    palette = choose_palette(dark=dark)
    shown = {name: summary for name, summary in groups.items() if summary.turnbull.courses}
    bottom = 58 + ROW * (len(shown) + 1)
    height = DRAWN + 20 + bottom
    figure = open_paper(palette, height=height, left=86, right=120, top=20, bottom=bottom)
    if not shown:
        return _say_empty(figure, palette)
    last = _last_day(shown)
    ticks = weekly_ticks(last)
    figure.update_xaxes(range=[0, last], tickvals=ticks, tickangle=0)
    figure.update_xaxes(
        title_text="days since the last infusion",
        minor={"dtick": WEEK, "ticks": "outside", "ticklen": 2, "tickcolor": palette.line},
    )
    figure.update_yaxes(
        range=[0, 1.02],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[formats.share(share) for share in (0, 0.25, 0.5, 0.75, 1)],
        title_text="still responding",
    )
    figure.add_hline(y=0.5, line={"width": 1, "dash": "dot", "color": palette.line}, layer="below")
    for number, (name, summary) in enumerate(shown.items()):
        color = palette.groups[number % len(palette.groups)]
        dash = DASHES[number % len(DASHES)]
        _draw_group(figure, name, summary, color, dash, limits=len(shown) <= MOST_LIMITS)
    if len(shown) == 1:
        _draw_familiar(figure, next(iter(shown.values())).tables[1], palette)
    _write_key(figure, len(shown), palette)
    _label_ends(figure, shown, palette, last)
    _write_at_risk(figure, shown, palette, ticks)
    return figure


def weekly_ticks(last: float) -> list[int]:
    """Days to name on the axis: every week, or every second, fourth ... so that they fit."""
    weeks = max(1, int(last // WEEK))
    every = next(step for step in (1, 2, 4, 8, 13, 26, 52, 10_000) if weeks / step <= 7)
    return list(range(0, int(last) + 1, WEEK * every))


def _last_day(groups: Mapping[str, Summary]) -> float:
    days = [float(day) for s in groups.values() for table in s.tables for day in table.day[-1:]]
    return max([WEEK, *days]) * 1.02


def _draw_group(
    figure: go.Figure, name: str, summary: Summary, color: str, dash: str, *, limits: bool
) -> None:
    table = summary.tables[0]
    if limits:
        figure.add_trace(_ribbon(name, table, color))
    days, survival = summary.turnbull.corners()
    figure.add_trace(
        go.Scatter(
            name=name,
            x=days.tolist(),
            y=survival.tolist(),
            mode="lines",
            line={"width": 2.4, "color": color, "dash": dash},
            hovertext=_describe(name, summary, days),
            hoverinfo="text",
        )
    )
    median = summary.medians[0].median.value
    if median is not None:
        figure.add_trace(_median(name, median, color))


def _ribbon(name: str, table: CurveTable, color: str) -> go.Scatter:
    known = np.isfinite(table.ci_lower) & np.isfinite(table.ci_upper)
    days = table.day[known].tolist()
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return go.Scatter(
        name=f"{name} limits",
        x=days + days[::-1],
        y=table.ci_upper[known].tolist() + table.ci_lower[known].tolist()[::-1],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({red}, {green}, {blue}, 0.13)",
        hoverinfo="skip",
    )


def _median(name: str, median: float, color: str) -> go.Scatter:
    return go.Scatter(
        name=f"{name} median",
        x=[median, median],
        y=[0.5, 0],
        mode="lines+markers",
        line={"width": 1, "color": color, "dash": "dot"},
        marker={"size": [8, 0], "color": color, "opacity": 1},
        hovertext=f"{escape(name)}: half had lost response by day {formats.number(median, 0)}",
        hoverinfo="text",
    )


def _draw_familiar(figure: go.Figure, table: CurveTable, palette: Palette) -> None:
    figure.add_trace(
        go.Scatter(
            name="Kaplan-Meier",
            x=table.day.tolist(),
            y=table.survival.tolist(),
            mode="lines",
            line={"width": 1.2, "color": palette.unknown, "shape": "hv"},
            hovertext=[
                f"Kaplan-Meier (mid-points)<br>day {formats.number(day)}: {formats.share(share)}"
                for day, share in zip(table.day, table.survival, strict=True)
            ],
            hoverinfo="text",
        )
    )


def _write_key(figure: go.Figure, groups: int, palette: Palette) -> None:
    said = [] if groups > MOST_LIMITS else ["band: 95 % limits"]
    said += ["thin grey: Kaplan-Meier"] if groups == 1 else []
    figure.add_annotation(
        text=", ".join(said),
        x=1,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="bottom",
        yshift=2,
        showarrow=False,
        font={"size": 11, "color": palette.quiet},
    )


def _describe(name: str, summary: Summary, days: Any) -> list[str]:
    row = summary.medians[0]
    size = f"{formats.count(row.courses, 'course')} of {formats.count(row.patients, 'patient')}"
    shares = summary.turnbull.survival_at(days)
    return [
        f"<b>{escape(name)}</b><br>day {formats.number(day)}: {formats.share(share)} "
        f"still responding<br>{size}"
        for day, share in zip(days, shares, strict=True)
    ]


def _label_ends(
    figure: go.Figure, groups: Mapping[str, Summary], palette: Palette, last: float
) -> None:
    """Name each curve and its median at the right edge."""
    ends = [float(summary.turnbull.corners()[1][-1]) for summary in groups.values()]
    places = spread_labels(ends, 32 / DRAWN)
    for number, ((name, summary), y) in enumerate(zip(groups.items(), places, strict=True)):
        median = summary.medians[0].median.value
        reached = "not reached" if median is None else f"{formats.number(median, 0)} d"
        figure.add_annotation(
            x=1.0,
            xref="paper",
            y=y,
            text=f"{escape(name)}<br>median {reached}",
            align="left",
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": 12, "color": palette.groups[number % len(palette.groups)]},
        )


def _write_at_risk(
    figure: go.Figure, groups: Mapping[str, Summary], palette: Palette, ticks: list[int]
) -> None:
    """Write how many patients each curve still rests on, under the axis."""
    shown = ticks if len(ticks) <= 8 else ticks[::2]
    title = _under(0, "patients still followed", palette.quiet, x=0.0, row=0)
    figure.add_annotation(**(title | {"xanchor": "left", "xshift": -74}))
    for row, (name, summary) in enumerate(groups.items(), start=1):
        color = palette.groups[(row - 1) % len(palette.groups)]
        label = escape(name if len(name) <= 12 else name[:11] + "…")
        figure.add_annotation(**_under(0, label, color, x=0.0, row=row))
        for day, count in zip(shown, summary.kaplan_meier.at_risk_at(shown), strict=True):
            # A patient whose other courses have ended weighs less than one and is still one.
            text = formats.number(math.ceil(count - 1e-9), 0)
            figure.add_annotation(**_under(day, text, palette.text, x=None, row=row))


def _under(day: float, text: str, color: str, *, x: float | None, row: int) -> dict[str, Any]:
    return {
        "x": day if x is None else x,
        "xref": "x" if x is None else "paper",
        "y": 0,
        "yref": "paper",
        "yshift": -(52 + ROW * row),
        "xshift": -34 if x is not None else 0,
        "text": text,
        "showarrow": False,
        "xanchor": "center" if x is None else "right",
        "yanchor": "middle",
        "font": {"size": 11, "color": color},
    }


def _say_empty(figure: go.Figure, palette: Palette) -> go.Figure:
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.add_annotation(
        text="no course with a response to follow",
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 13, "color": palette.quiet},
    )
