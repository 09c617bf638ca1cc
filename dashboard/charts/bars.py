"""The marks of a course as plotly traces, on a time axis or on an axis of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dashboard.charts.marks import SIGNS, Look, Mark
from dashboard.charts.palette import Palette
from dashboard.charts.traces import Trace, bar, scatter

DAY = 86_400_000  # plotly measures the length of a bar on a time axis in milliseconds


def draw_mark(
    mark: Mark,
    palette: Palette,
    *,
    y: float,
    thick: float,
    text: str,
    day_zero: date | None,
) -> Trace:
    """One mark at height `y`; with `day_zero` on a time axis, without on one of days."""
    if mark.look in SIGNS:
        trace = _sign(mark, palette, y, day_zero)
    elif mark.look in (Look.SILENT, Look.UNSTATED):
        trace = _dotted(mark, palette, y, day_zero)
    else:
        trace = _bar(mark, palette, y, thick, day_zero)
    return trace | {"name": mark.look.value, "hovertext": text, "hoverinfo": "text"}


def _at(days: float, day_zero: date | None) -> date | float:
    return days if day_zero is None else day_zero + timedelta(days=days)


def _bar(mark: Mark, palette: Palette, y: float, thick: float, day_zero: date | None) -> Trace:
    length = mark.end - mark.start
    return bar(
        orientation="h",
        base=[_at(mark.start, day_zero)],
        x=[length if day_zero is None else length * DAY],
        y=[y],
        width=[thick],
        marker=_fill(mark.look, palette),
    )


def _fill(look: Look, palette: Palette) -> dict[str, Any]:
    clear = "rgba(0,0,0,0)"
    match look:
        case Look.FADING:
            return _hatch("/", palette.fading, palette.fading_faint, 1.2)
        case Look.POSSIBLE:
            return _hatch("/", palette.fading, clear, 1.2, solidity=0.2)
        case Look.UNSEEN:
            return _hatch("x", palette.unknown, clear, 1, solidity=0.16)
        case Look.BRIDGED:
            return {"color": palette.holds_faint, "line": {"width": 0}}
        case Look.NO_RESPONSE:
            return {"color": clear, "line": {"width": 1.2, "color": palette.unknown}}
        case _:
            return {"color": palette.bar, "line": {"width": 0}}


def _hatch(
    shape: str, ink: str, ground: str, outline: float, *, solidity: float = 0.34
) -> dict[str, Any]:
    return {
        "color": ground,
        "line": {"width": outline, "color": ink},
        "pattern": {
            "shape": shape,
            "fgcolor": ink,
            "bgcolor": ground,
            "size": 6,
            "solidity": solidity,
        },
    }


def _dotted(mark: Mark, palette: Palette, y: float, day_zero: date | None) -> Trace:
    width = 2.5 if mark.look is Look.SILENT else 1.5
    return scatter(
        x=[_at(mark.start, day_zero), _at(mark.end, day_zero)],
        y=[y, y],
        mode="lines",
        line={"width": width, "dash": "dot", "color": palette.unknown},
    )


def _sign(mark: Mark, palette: Palette, y: float, day_zero: date | None) -> Trace:
    if mark.look is Look.DOUBT:
        return scatter(
            x=[_at(mark.end, day_zero)],
            y=[y],
            mode="text",
            text=["<b>?</b>"],
            textposition="middle right",
            textfont={"size": 14, "color": palette.fading},
            cliponaxis=False,
        )
    marker: dict[str, Any] = {
        Look.ARROW: {"symbol": "triangle-right", "size": 17, "color": palette.bar},
        Look.CAP: {
            "symbol": "line-ns",
            "size": 24,
            "line": {"width": 4, "color": palette.next_course},
        },
        Look.STOP: {"symbol": "square", "size": 10, "color": palette.unknown},
    }[mark.look]
    return scatter(
        x=[_at(mark.end, day_zero)],
        y=[y],
        mode="markers",
        marker={"opacity": 1} | marker,
        cliponaxis=False,
    )
