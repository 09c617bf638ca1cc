"""A small picture of a patient's last answers, as SVG in the page: no script, a few hundred bytes.

The numbers stand in its label too, for whoever cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, EDGE, MARGIN = 320, 96, 12, 28
Points = Sequence[tuple[date, float]]


def draw_points(points: Points, *, lowest: float, highest: float, label: str) -> Markup:
    """Draw totals over days, the scale's lowest number at the foot and the newest point filled."""
    places = _places(points, lowest, highest)
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" class="{kind}"/>'
        for (x, y), kind in zip(places, _kinds(places), strict=True)
    )
    edges = f"M{MARGIN} {EDGE}H{WIDTH}M{MARGIN} {HEIGHT - EDGE}H{WIDTH}"
    frame = (
        f'<path class="edge" d="{edges}"/><text x="0" y="{EDGE + 4}">{highest:g}</text>'
        f'<text x="0" y="{HEIGHT - EDGE + 4}">{lowest:g}</text>'
    )
    return Markup(
        f'<svg class="points" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{frame}<polyline points="{path}"/>{dots}</svg>'
    )


def _places(points: Points, lowest: float, highest: float) -> list[tuple[float, float]]:
    first, last = points[0][0], points[-1][0]
    days = max((last - first).days, 1)
    across, down = WIDTH - MARGIN - 2 * EDGE, HEIGHT - 2 * EDGE
    alone = first == last
    return [
        (
            (WIDTH + MARGIN) / 2 if alone else MARGIN + EDGE + across * (day - first).days / days,
            HEIGHT - EDGE - down * (value - lowest) / (highest - lowest),
        )
        for day, value in points
    ]


def _kinds(places: Sequence[object]) -> list[str]:
    return ["old"] * (len(places) - 1) + ["new"]
