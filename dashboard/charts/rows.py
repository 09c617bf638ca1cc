"""The sheet of figures with one row a name: names at the left, numbers at the right."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette
from dashboard.charts.paper import open_paper

ROW = 30
TOP, BOTTOM, LEFT = 22, 48, 108
LONGEST_NAME = 15


def open_rows(
    palette: Palette, names: Sequence[str], *, title: str, row: int = ROW, right: int = 96
) -> go.Figure:
    """An empty figure with the first name on top; row k is at y = k."""
    count = max(len(names), 1)
    figure = open_paper(
        palette, height=TOP + BOTTOM + row * count, left=LEFT, right=right, top=TOP, bottom=BOTTOM
    )
    figure.update_yaxes(
        range=[count - 0.5, -0.5],
        tickvals=list(range(len(names))),
        ticktext=[escape(shorten(name)) for name in names],
        ticks="",
        ticklabelstandoff=6,
        showline=False,
    )
    figure.update_xaxes(title_text=title, tickangle=0)
    return figure


def shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def write_at_right(
    figure: go.Figure, texts: Sequence[str], palette: Palette, *, quiet: Sequence[bool] = ()
) -> None:
    """Write each row's numbers beside it: a hand has no pointer to ask with."""
    for row, text in enumerate(texts):
        is_quiet = bool(quiet) and quiet[row]
        figure.add_annotation(
            text=escape(text),
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=row,
            yanchor="middle",
            showarrow=False,
            font={"size": 12, "color": palette.quiet if is_quiet else palette.text},
        )


def say_nothing(figure: go.Figure, sentence: str, palette: Palette) -> go.Figure:
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.add_annotation(
        text=escape(sentence),
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 13, "color": palette.quiet},
    )
