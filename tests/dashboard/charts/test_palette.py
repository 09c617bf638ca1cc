from __future__ import annotations

import pytest

from dashboard.charts.palette import DARK, LIGHT

TEXTS = ("text", "quiet", "holds", "fading", "safety")
MARKS = ("holds", "bar", "fading", "unknown", "next_course", "safety")


def luminance(color: str) -> float:
    """WCAG 2.2 relative luminance of #rrggbb."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_texts_and_marks_can_be_read_on_the_page(palette):
    for name in TEXTS:
        assert contrast(getattr(palette, name), palette.page) >= 4.5, name
    for name in MARKS:
        assert contrast(getattr(palette, name), palette.page) >= 3, name
    for color in palette.groups:
        assert contrast(color, palette.page) >= 4.5, color
    assert contrast(palette.on_safety, palette.safety) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_digit_on_a_grey_square_and_a_rule_on_the_darkest_band_can_be_read(palette):
    assert contrast(palette.quiet, palette.unknown_faint) >= 4.5
    ink = [int(part) for part in palette.band.split(",")]
    page = [int(palette.page[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [round(0.11 * i + 0.89 * p) for i, p in zip(ink, page, strict=True)]
    darkest = "#{:02x}{:02x}{:02x}".format(*mixed)
    assert contrast(palette.quiet, darkest) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_what_holds_and_what_fades_differ_in_lightness_too(palette):
    # On a printer without colour a hatched bar must not look like a solid one.
    assert contrast(palette.bar, palette.fading_faint) >= 1.5
    assert palette.safety not in palette.groups
