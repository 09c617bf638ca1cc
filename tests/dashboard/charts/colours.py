"""How well one colour can be read on another, by WCAG 2.2."""

from __future__ import annotations

from dashboard.charts.palette import Palette


def channels(color: str) -> list[int]:
    """Return red, green and blue of #rrggbb, 0 to 255."""
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def luminance(color: str) -> float:
    parts = [channel / 255 for channel in channels(color)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(over: str, under: str, opacity: float) -> str:
    """Return the colour of one over another."""
    both = zip(channels(over), channels(under), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(opacity * o + (1 - opacity) * u) for o, u in both))


def severe_band(palette: Palette) -> str:
    """Return the darkest severity tint on the page."""
    ink = "#{:02x}{:02x}{:02x}".format(*(int(part) for part in palette.band.split(",")))
    return mix(ink, palette.page, 0.11)
