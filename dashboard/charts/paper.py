"""The plain sheet of the smaller figures: one pair of axes in the look of the house."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.charts.palette import FONT, Palette
from dashboard.charts.template import TEMPLATE


def open_paper(
    palette: Palette,
    *,
    height: int,
    left: int = 48,
    right: int = 24,
    top: int = 24,
    bottom: int = 44,
) -> go.Figure:
    """An empty figure of fixed height, transparent, without legend."""
    axis: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "linecolor": palette.line,
        "tickcolor": palette.line,
        "tickfont": {"size": 12, "color": palette.quiet},
        "title": {"font": {"size": 12, "color": palette.quiet}, "standoff": 8},
    }
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12, "color": palette.text},
            "hoverlabel": {
                "bgcolor": palette.page,
                "bordercolor": palette.line,
                "font": {"family": FONT, "size": 12, "color": palette.text},
                "align": "left",
            },
            "hovermode": "closest",
            "dragmode": False,
            "barmode": "overlay",
            "showlegend": False,
            "template": TEMPLATE,
            "xaxis": axis | {"ticks": "outside", "ticklen": 4, "showline": True},
            "yaxis": axis,
        }
    )


def spread_labels(wanted: list[float], apart: float) -> list[float]:
    """Move labels up or down from where they belong until each is `apart` from the next.

    The order is kept and neighbours in a crowd share the displacement.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    crowds: list[list[int]] = []
    for index in order:
        crowds.append([index])
        while len(crowds) > 1 and _too_close(crowds[-2], crowds[-1], wanted, apart):
            crowds[-2:] = [crowds[-2] + crowds[-1]]
    placed = [0.0] * len(wanted)
    for crowd in crowds:
        begin = _middle(crowd, wanted) - apart * (len(crowd) - 1) / 2
        for number, index in enumerate(crowd):
            placed[index] = begin + apart * number
    return placed


def _middle(crowd: list[int], wanted: list[float]) -> float:
    return sum(wanted[index] for index in crowd) / len(crowd)


def _too_close(below: list[int], above: list[int], wanted: list[float], apart: float) -> bool:
    needed = apart * (len(below) + len(above)) / 2
    return _middle(above, wanted) - _middle(below, wanted) < needed
