"""The sheet a timeline is drawn on: panels over one time axis, and how much room words have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dashboard.charts.palette import FONT, Palette
from dashboard.charts.template import TEMPLATE
from dashboard.charts.traces import Trace

# Width of the drawing itself, without margins, that label fitting counts on: a desk, a phone.
WIDE_PIXELS, NARROW_PIXELS = 960, 280
# One character of the label size, on the generous side: a label too many is worse than one less.
CHARACTER_PIXELS = 6.2
# What is shown first; a phone's year would be 6 pixels a week.
WIDE_DAYS, NARROW_DAYS = 366, 184
GAP = 8
NAME_PIXELS = 16
LEAST_DAYS = 42


@dataclass(frozen=True, slots=True)
class Panel:
    """A stretch of the sheet with its own y axis ("y", "y2", ...), measured from the top."""

    name: str
    axis: str
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where to draw, in what colours, how many days a pixel is, and which day it is."""

    palette: Palette
    narrow: bool
    first: date
    last: date
    today: date
    shown_from: date
    panels: dict[str, Panel]
    traces: list[Trace] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return 11 if self.narrow else 12

    @property
    def shown_to(self) -> date:
        """A little beyond the last day, so that an arrow or a mark there is not cut."""
        return self.last + timedelta(days=max(2, (self.last - self.shown_from).days // 40))

    def days_wide(self, text: str) -> float:
        """How many days of the axis a label covers in the first view."""
        pixels = NARROW_PIXELS if self.narrow else WIDE_PIXELS
        return len(text) * CHARACTER_PIXELS * (self.shown_to - self.shown_from).days / pixels

    def set_strip(self, panel: str) -> None:
        """Give a strip an axis from 0 to 1; on a phone its name stands above, in its own room."""
        strip = self.panels[panel]
        top = strip.height / (strip.height - NAME_PIXELS) if self.narrow else 1.0
        self.set_axis(panel, range=[0, top], visible=False)

    def set_axis(self, panel: str, **settings: Any) -> None:
        """Settings of a panel's y axis, over those it has."""
        self.layout.setdefault(f"yaxis{self.panels[panel].axis[1:]}", {}).update(settings)

    def add(self, panel: str, trace: Trace) -> None:
        """Add a trace to a panel; nothing here has a legend, everything is labelled in place."""
        self.traces.append(trace | {"yaxis": self.panels[panel].axis, "showlegend": False})

    def rule(self, *, x: list[Any], y: list[float], axis: str | None = None, **how: Any) -> None:
        """A line, or with type="rect" a tint, behind everything.

        On the axis of a panel x runs across the drawing from 0 to 1; without one x are days and
        y runs over the whole height from 0 to 1.
        """
        ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "layer": "below", "type": "line"}
        refs = {"xref": "paper" if axis else "x", "yref": axis or "paper"}
        self.shapes.append(ends | refs | how)

    def write(self, panel: str, text: str, *, x: Any, y: float, **how: Any) -> None:
        """Write a note; x is a day, or a number for a place across the drawing (0 to 1)."""
        across = isinstance(x, (int, float))
        settings: dict[str, Any] = {
            "xref": "paper" if across else "x",
            "yref": self.panels[panel].axis,
            "showarrow": False,
            "font": {"size": self.size, "color": self.palette.quiet},
            "xanchor": "left",
            "yanchor": "middle",
        }
        self.notes.append({"x": x, "y": y, "text": text} | settings | how)

    def finish(self) -> dict[str, Any]:
        """The figure as plain data."""
        layout = self.layout | {"annotations": self.notes, "shapes": self.shapes}
        return {"data": self.traces, "layout": layout}


def stack_panels(names_and_heights: dict[str, int]) -> dict[str, Panel]:
    """Panels under each other, the first on top."""
    panels: dict[str, Panel] = {}
    top = 0
    for number, (name, height) in enumerate(names_and_heights.items(), start=1):
        axis = "y" if number == 1 else f"y{number}"
        panels[name] = Panel(name, axis, top, height)
        top += height + GAP
    return panels


def lay_out(canvas: Canvas, *, top: int) -> None:
    """Give the figure its height, margins, axes and range buttons."""
    drawn = max(panel.top + panel.height for panel in canvas.panels.values())
    bottom = 44  # two lines: the month, and the year under the first of it
    left, right = (30, 68) if canvas.narrow else (76, 116)
    canvas.layout.update(
        height=top + drawn + bottom,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": canvas.size, "color": canvas.palette.text},
        hoverlabel={
            "bgcolor": canvas.palette.page,
            "bordercolor": canvas.palette.line,
            "font": {"family": FONT, "size": 12, "color": canvas.palette.text},
            "align": "left",
            "namelength": -1,
        },
        hovermode="closest",
        hoverdistance=12,
        dragmode=False if canvas.narrow else "pan",
        barmode="overlay",
        showlegend=False,
        uirevision="timeline",
        template=TEMPLATE,
    )
    for panel in canvas.panels.values():
        low = 1 - (panel.top + panel.height) / drawn
        _lay_out_panel(canvas, panel, [max(0.0, low), 1 - panel.top / drawn])
    _lay_out_time(canvas, drawn)


def _lay_out_panel(canvas: Canvas, panel: Panel, domain: list[float]) -> None:
    canvas.set_axis(
        panel.name,
        domain=domain,
        anchor="x",
        fixedrange=True,
        zeroline=False,
        showgrid=False,
        tickfont={"size": canvas.size, "color": canvas.palette.quiet},
    )


def _lay_out_time(canvas: Canvas, drawn: int) -> None:
    lowest = list(canvas.panels.values())[-1]
    palette = canvas.palette
    canvas.layout["xaxis"] = dict(
        type="date",
        anchor=lowest.axis,
        range=[canvas.shown_from, canvas.shown_to],
        showgrid=False,
        zeroline=False,
        ticks="outside",
        ticklen=4,
        tickcolor=palette.line,
        showline=True,
        linecolor=palette.line,
        tickfont={"size": canvas.size, "color": palette.quiet},
        nticks=5 if canvas.narrow else 12,
        tickformatstops=[
            {"dtickrange": [None, 86_400_000 * 27], "value": "%-d %b\n%Y"},
            {"dtickrange": ["M1", "M6"], "value": "%b\n%Y"},
            {"dtickrange": ["M6", None], "value": "%b %Y"},
        ],
        hoverformat="%-d %b %Y",
    )
    if (canvas.last - canvas.first).days > (90 if canvas.narrow else 120):
        canvas.layout["xaxis"]["rangeselector"] = _range_buttons(canvas, drawn)


def _range_buttons(canvas: Canvas, drawn: int) -> dict[str, Any]:
    palette = canvas.palette
    steps = [(3, "3 months"), (6, "6 months"), (12, "1 year")]
    length = (canvas.last - canvas.first).days
    buttons: list[dict[str, Any]] = [
        {"count": months, "label": label, "step": "month", "stepmode": "backward"}
        for months, label in steps
        if length > months * 30
    ]
    return {
        "buttons": [*buttons, {"step": "all", "label": "all"}],
        "x": 0 if canvas.narrow else 1,
        "xanchor": "left" if canvas.narrow else "right",
        "y": 1 + 8 / drawn,
        "yanchor": "bottom",
        "bgcolor": "rgba(0,0,0,0)",
        "activecolor": palette.unknown_faint,
        "bordercolor": palette.line,
        "borderwidth": 1,
        "font": {"size": 12, "color": palette.text},
    }
