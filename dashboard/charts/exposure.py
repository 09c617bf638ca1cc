"""Infusions a month of one drug by one route, and the pressure each infusion rose to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper
from models.outcomes.exposure import Amount, Exposure, Given, Pressure

MONTHS_HEIGHT, PRESSURE_HEIGHT = 150, 240
LEAST_DAYS = 28
AIR = 12  # mmHg over the highest and under the lowest


def draw_months(exposure: Exposure, way: Amount, *, dark: bool = False) -> go.Figure:
    """Bars of infusions, with the milligrams over each; "+" where a dose is missing in the sum."""
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=MONTHS_HEIGHT, left=28, right=8, top=22, bottom=34)
    parts = [_of(month.amounts, way) for month in exposure.months]
    names = [f"{formats.MONTHS[it.first.month - 1]}<br>{it.first:%y}" for it in exposure.months]
    counts = [part.infusions if part else 0 for part in parts]
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=[_tick(name, place) for place, name in enumerate(names)],
        tickangle=0,
        ticklen=0,
        tickfont={"size": 10},
        range=[-0.6, len(names) - 0.4],
    )
    most = max([*counts, 1])
    figure.update_yaxes(range=[0, most * 1.02], tickvals=[0, most], rangemode="tozero")
    figure.add_trace(
        go.Bar(
            name="infusions",
            x=list(range(len(names))),
            y=counts,
            width=0.62,
            marker={"color": palette.bar, "line": {"width": 0}},
            text=[_label(part) for part in parts],
            textposition="outside",
            textfont={"size": 10, "color": palette.quiet},
            textangle=0,
            constraintext="none",
            cliponaxis=False,
            hovertext=[_about(name, part) for name, part in zip(names, parts, strict=True)],
            hoverinfo="text",
        )
    )
    return figure


def _of(amounts: Sequence[Amount], way: Amount) -> Amount | None:
    same = [it for it in amounts if (it.drug, it.route) == (way.drug, way.route)]
    return same[0] if same else None


def _tick(name: str, place: int) -> str:
    """The year stands under the first month and under each January."""
    month, _, _ = name.partition("<br>")
    return name if place == 0 or month == "Jan" else month


def _label(part: Amount | None) -> str:
    if part is None or part.infusions == part.without_dose:
        return ""
    return f"{round(part.milligrams):,}{'+' if part.without_dose else ''}"


def _about(name: str, part: Amount | None) -> str:
    month = name.replace("<br>", " 20")
    if part is None:
        return f"<b>{month}</b><br>none"
    missing = f"<br>{part.without_dose} without a dose" if part.without_dose else ""
    given = formats.count(part.infusions, "infusion")
    return f"<b>{month}</b><br>{given}, {formats.number(part.milligrams)} mg{missing}"


def draw_pressure(pressure: Pressure, *, dark: bool = False) -> go.Figure:
    """A stem from the pressure before to the peak of each infusion; the clinic's line across."""
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=PRESSURE_HEIGHT, left=40, right=12, top=26, bottom=40)
    peaks = pressure.peaks
    first, last = peaks[0].day, peaks[-1].day
    wide = max((last - first).days, LEAST_DAYS)
    air = timedelta(days=max(3, wide // 30))
    figure.update_xaxes(
        type="date",
        range=[first - air, first + timedelta(days=wide) + air],
        tickformat="%-d %b\n%Y",
    )
    known = [it for one in peaks for it in (one.systolic_before, one.systolic_peak) if it]
    low, high = min(known) - AIR, max([*known, pressure.line]) + AIR
    figure.update_yaxes(range=[low, high], title_text="systolic mmHg", nticks=5)
    figure.add_hline(y=pressure.line, line={"width": 1, "dash": "dash", "color": palette.fading})
    # Over the picture: beside the line a peak over it would lie on the words.
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", showarrow=False,
        text=f"dashed: the clinic's line, {pressure.line}",
        font={"size": 11, "color": palette.fading},
    )  # fmt: skip
    figure.add_trace(_stems(peaks, palette))
    is_over = [one in pressure.over for one in peaks]
    for over, name in ((False, "peak"), (True, "over the line")):
        some = [one for one, high in zip(peaks, is_over, strict=True) if high is over]
        figure.add_trace(_dots(some, name, palette, over=over))
    return figure


def _stems(peaks: Sequence[Given], palette: Palette) -> go.Scatter:
    x: list[Any] = []
    y: list[float | None] = []
    for one in peaks:
        if one.systolic_before is not None:
            x += [one.day, one.day, None]
            y += [one.systolic_before, one.systolic_peak, None]
    return go.Scatter(
        name="from before to peak",
        x=x,
        y=y,
        mode="lines",
        line={"width": 1.2, "color": palette.unknown},
        hoverinfo="skip",
    )


def _dots(some: Sequence[Given], name: str, palette: Palette, *, over: bool) -> go.Scatter:
    marker = {"symbol": "diamond", "size": 10, "color": palette.fading}
    return go.Scatter(
        name=name,
        x=[one.day for one in some],
        y=[one.systolic_peak for one in some],
        mode="markers",
        marker={"opacity": 1} | (marker if over else {"size": 7, "color": palette.text}),
        hovertext=[_about_peak(one) for one in some],
        hoverinfo="text",
    )


def _about_peak(one: Given) -> str:
    lower = f"/{formats.number(one.diastolic_peak)}" if one.diastolic_peak is not None else ""
    before = formats.number(one.systolic_before)
    lines = [
        f"<b>{formats.weekday(one.day)} {one.day.year}</b>",
        f"peak {formats.number(one.systolic_peak)}{lower} mmHg",
        f"before {before} mmHg" if before else "",
        escape(formats.dose(one.dose_mg, one.mg_kg)),
    ]
    return "<br>".join(line for line in lines if line)
