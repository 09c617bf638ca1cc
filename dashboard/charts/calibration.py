"""Chances that were said against shares that came true: on the line, what was said is what came."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.palette import choose_palette
from dashboard.charts.paper import open_paper
from models.outcomes.backtest import Bin

TICKS = (0, 0.25, 0.5, 0.75, 1)


def draw_calibration(bins: Sequence[Bin], *, dark: bool = False) -> go.Figure:
    """One point a bin with its 95 % limits, beside the line of a teller who is always right."""
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=380, left=64, right=16, top=12, bottom=54)
    words = [formats.share(tick) for tick in TICKS]
    figure.update_xaxes(range=[-0.02, 1.02], tickvals=TICKS, ticktext=words)
    figure.update_yaxes(range=[-0.02, 1.02], tickvals=TICKS, ticktext=words, showline=True)
    figure.update_xaxes(title_text="chance said to lose response within 14 days")
    figure.update_yaxes(title_text="share that did")
    figure.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, layer="below",
        line={"width": 1.2, "dash": "dot", "color": palette.unknown},
    )  # fmt: skip
    for x, y, anchor, text in (
        (0.02, 0.98, "left", "lost more often than said"),
        (0.98, 0.02, "right", "lost less often than said"),
    ):
        figure.add_annotation(
            x=x, y=y, text=text, xanchor=anchor, showarrow=False,
            font={"size": 12, "color": palette.quiet},
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            name="calibration",
            x=[one.said for one in bins],
            y=[one.lost.value for one in bins],
            mode="markers",
            marker={"size": 10, "color": palette.holds},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.lost.ci_upper - one.lost.value for one in bins],
                "arrayminus": [one.lost.value - one.lost.ci_lower for one in bins],
                "color": palette.holds,
                "thickness": 1.4,
                "width": 4,
            },
            hovertext=[_describe(one) for one in bins],
            hoverinfo="text",
        )
    )
    return figure


def _describe(one: Bin) -> str:
    low, high = one.lost.ci_lower, one.lost.ci_upper
    return (
        f"said {formats.share(one.said)}<br>{formats.share(one.lost.value)} lost response"
        f"<br>{formats.share(0.95)} limits {formats.number(low * 100, 0)} to {formats.share(high)}"
    )
