"""A small picture of a patient's last answers, as SVG in the page: no script, a few hundred bytes.

The numbers stand in its label too, for whoever cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, EDGE, MARGIN = 320, 96, 12, 28
SCALE_HEIGHT = 44
Points = Sequence[tuple[date, float]]


def draw_points(points: Points, *, lowest: float, highest: float, label: str) -> Markup:
    """Draw totals over days, the newest filled; a single one, where it stands on its scale."""
    if len(points) == 1:
        return _frame(_draw_scale(points[0][1], lowest, highest), SCALE_HEIGHT, label)
    places = _places(points, lowest, highest)
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" class="{kind}"/>'
        for (x, y), kind in zip(places, _kinds(places), strict=True)
    )
    edges = f"M{MARGIN} {EDGE}H{WIDTH}M{MARGIN} {HEIGHT - EDGE}H{WIDTH}"
    ends = (
        f'<path class="edge" d="{edges}"/><text x="0" y="{EDGE + 4}">{highest:g}</text>'
        f'<text x="0" y="{HEIGHT - EDGE + 4}">{lowest:g}</text>'
    )
    return _frame(f'{ends}<polyline points="{path}"/>{dots}', HEIGHT, label)


def _draw_scale(value: float, lowest: float, highest: float) -> str:
    """Draw a line from the lowest to the highest number, and where on it the value is."""
    at = EDGE + (WIDTH - 2 * EDGE) * (value - lowest) / (highest - lowest)
    return (
        f'<path class="scale" d="M{EDGE} {EDGE}H{WIDTH - EDGE}"/>'
        f'<circle cx="{at:.0f}" cy="{EDGE}" r="8"/>'
        f'<text x="{EDGE}" y="40" text-anchor="middle">{lowest:g}</text>'
        f'<text x="{WIDTH - EDGE}" y="40" text-anchor="middle">{highest:g}</text>'
    )


def _frame(drawn: str, height: int, label: str) -> Markup:
    return Markup(
        f'<svg class="points" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(label)}">{drawn}</svg>'
    )


def _places(points: Points, lowest: float, highest: float) -> list[tuple[float, float]]:
    first, last = points[0][0], points[-1][0]
    days = max((last - first).days, 1)
    across, down = WIDTH - MARGIN - 2 * EDGE, HEIGHT - 2 * EDGE
    return [
        (
            MARGIN + EDGE + across * (day - first).days / days,
            HEIGHT - EDGE - down * (value - lowest) / (highest - lowest),
        )
        for day, value in points
    ]


def _kinds(places: Sequence[object]) -> list[str]:
    return ["old"] * (len(places) - 1) + ["new"]
