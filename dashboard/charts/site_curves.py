"""Sites' curves of response on the weeks that may be shown, with limits and numbers at risk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper, spread_labels
from models.outcomes.sites.durations import SiteCurve

DRAWN, ROW, LEFT = 260, 20, 96
DASHES = ("solid", "dash", "dashdot")  # dots are the reference
MOST_TICKS = 7
LONGEST_NAME = 12


def draw_site_curves(
    curves: Mapping[str, SiteCurve], *, reference: str = "", dark: bool = False
) -> go.Figure:
    """One line a site over days since the last infusion; the `reference` one is grey and dotted."""
    palette = choose_palette(dark=dark)
    bottom = 58 + ROW * (len(curves) + 1)
    figure = open_paper(
        palette, height=DRAWN + 20 + bottom, left=LEFT, right=112, top=20, bottom=bottom
    )
    last = max(float(curve.day[-1]) for curve in curves.values())
    ticks = _ticks(next(iter(curves.values())))
    figure.update_xaxes(
        range=[0, last * 1.02], tickvals=ticks, title_text="days since the last infusion"
    )
    figure.update_yaxes(
        range=[0, 1.02],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[formats.share(share) for share in (0, 0.25, 0.5, 0.75, 1)],
        title_text="still responding",
    )
    figure.add_hline(y=0.5, line={"width": 1, "dash": "dot", "color": palette.line}, layer="below")
    looks = {}
    for name in curves:
        place = len(looks)
        is_reference = name == reference
        color = palette.unknown if is_reference else palette.groups[place % len(palette.groups)]
        looks[name] = (color, "dot" if is_reference else DASHES[place % len(DASHES)])
    for name, curve in curves.items():
        _draw_curve(figure, name, curve, *looks[name])
    _label_ends(figure, curves, looks)
    _write_at_risk(figure, curves, looks, ticks, palette)
    return figure


def _ticks(curve: SiteCurve) -> list[int]:
    """The days that are shown, or every second or third of them."""
    days = [int(day) for day in curve.day]
    return days[:: -(-len(days) // MOST_TICKS)]


def _draw_curve(figure: go.Figure, name: str, curve: SiteCurve, color: str, dash: str) -> None:
    known = np.isfinite(curve.ci_lower) & np.isfinite(curve.ci_upper)
    days = curve.day[known].tolist()
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    # From day 0, where everybody responds, so that the band begins where the curve does.
    figure.add_trace(
        go.Scatter(
            name=f"{name} limits",
            x=[0, *days, *days[::-1], 0],
            y=[1, *curve.ci_upper[known], *curve.ci_lower[known][::-1], 1],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=f"rgba({red}, {green}, {blue}, 0.13)",
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            name=name,
            x=curve.day.tolist(),
            y=curve.survival.tolist(),
            mode="lines+markers",
            line={"width": 2.2, "color": color, "dash": dash},
            marker={"size": 6, "color": color, "opacity": 1},
            hovertext=[_describe(name, curve, at) for at in range(curve.day.size)],
            hoverinfo="text",
        )
    )


def _describe(name: str, curve: SiteCurve, at: int) -> str:
    low, high = curve.ci_lower[at], curve.ci_upper[at]
    limits = (
        ""
        if formats.is_blank(low)
        else f"<br>95 % limits {formats.number(low * 100, 0)} to {formats.share(high)}"
    )
    return (
        f"<b>{escape(name)}</b><br>day {formats.number(curve.day[at])}: "
        f"{formats.share(curve.survival[at])} still responding{limits}"
    )


def _label_ends(
    figure: go.Figure, curves: Mapping[str, SiteCurve], looks: Mapping[str, tuple[str, str]]
) -> None:
    places = spread_labels([float(curve.survival[-1]) for curve in curves.values()], 18 / DRAWN)
    for name, y in zip(curves, places, strict=True):
        figure.add_annotation(
            x=1.0,
            xref="paper",
            y=y,
            text=escape(_shorten(name)),
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": 12, "color": looks[name][0]},
        )


def _write_at_risk(
    figure: go.Figure,
    curves: Mapping[str, SiteCurve],
    looks: Mapping[str, tuple[str, str]],
    ticks: list[int],
    palette: Palette,
) -> None:
    """Write under the axis how many courses each curve rests on, on the days that are shown."""

    def write(text: str, row: int, color: str, **where: object) -> None:
        figure.add_annotation(
            text=text,
            y=0,
            yref="paper",
            yshift=-(52 + ROW * row),
            yanchor="middle",
            showarrow=False,
            font={"size": 11, "color": color},
            **where,
        )

    side = {"x": 0.0, "xref": "paper", "xanchor": "left", "xshift": 8 - LEFT}
    write("courses still followed", 0, palette.quiet, **side)
    for row, (name, curve) in enumerate(curves.items(), start=1):
        write(escape(_shorten(name)), row, looks[name][0], **side)
        followed = dict(zip(curve.day.tolist(), curve.at_risk.tolist(), strict=True))
        for tick in ticks:
            known = followed.get(float(tick))
            said = "" if known is None else formats.number(known, 0) if known else "few"
            write(said or "–", row, palette.text, x=tick, xanchor="center")


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
