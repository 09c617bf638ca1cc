from __future__ import annotations

import pytest

from dashboard.charts.palette import DARK, LIGHT
from tests.dashboard.charts.colours import contrast, severe_band

TEXTS = ("text", "quiet", "holds", "fading", "safety")
MARKS = ("holds", "bar", "fading", "unknown", "next_course", "safety")


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
    assert contrast(palette.quiet, severe_band(palette)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_what_holds_and_what_fades_differ_in_lightness_too(palette):
    # On a printer without colour a hatched bar must not look like a solid one.
    assert contrast(palette.bar, palette.fading_faint) >= 1.5
    assert palette.safety not in palette.groups
