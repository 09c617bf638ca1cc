"""The bars of a year and the pressure of each infusion: what they show, where and how."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.charts.exposure import draw_months, draw_pressure
from dashboard.charts.palette import DARK, LIGHT
from models.outcomes.exposure import Given, read_pressure, sum_up_year

TODAY = date(2026, 11, 21)
GIVEN = [
    Given(date(2025, 11, 25), "ketamine", "IV", 40.0, 0.5, 120.0, 150.0, 90.0),
    Given(date(2026, 3, 2), "ketamine", "IV", None, 0.5, 125.0, 186.0, 101.0),
    Given(date(2026, 3, 9), "ketamine", "IV", 41.4, 0.5, None, 149.0),
    Given(date(2026, 3, 20), "esketamine", "IN", 56.0),
]


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def dark(request):
    return request.param


def test_a_bar_a_month_with_its_milligrams_and_a_plus_where_some_are_missing(dark):
    year = sum_up_year(GIVEN, today=TODAY)
    [bars] = draw_months(year, year.amounts[0], dark=dark).data

    assert list(bars.y) == [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert [bars.text[0], bars.text[1], bars.text[4]] == ["40", "", "41+"]
    assert "1 without a dose" in bars.hovertext[4]
    assert "none" in bars.hovertext[1]
    assert bars.marker.color == (DARK if dark else LIGHT).bar


def test_each_way_has_bars_of_its_own():
    year = sum_up_year(GIVEN, today=TODAY)

    [bars] = draw_months(year, year.amounts[1]).data

    assert (sum(bars.y), bars.text[4]) == (1, "56")


def test_the_axis_names_each_month_and_the_year_where_it_begins():
    year = sum_up_year(GIVEN, today=TODAY)
    axis = draw_months(year, year.amounts[0]).layout.xaxis

    assert axis.ticktext[:4] == ("Nov<br>25", "Dec", "Jan<br>26", "Feb")


def test_peaks_stand_on_their_days_and_those_over_the_line_are_told_by_their_shape(dark):
    palette = DARK if dark else LIGHT
    figure = draw_pressure(read_pressure(GIVEN, line=180), dark=dark)
    stems, peaks, over = figure.data

    assert list(stems.y) == [120, 150, None, 125, 186, None]  # none where nothing was before
    assert (list(peaks.x), list(peaks.y)) == ([date(2025, 11, 25), date(2026, 3, 9)], [150, 149])
    assert (list(over.y), over.marker.symbol, over.marker.color) == (
        [186],
        "diamond",
        palette.fading,
    )
    assert "peak 186/101 mmHg<br>before 125 mmHg<br>0.5 mg/kg" in over.hovertext[0]
    assert [(line.y0, line.line.dash) for line in figure.layout.shapes] == [(180, "dash")]
    [label] = figure.layout.annotations  # over the picture, where no peak can lie on it
    assert (label.yref, label.y, label.yanchor) == ("paper", 1, "bottom")
    low, high = figure.layout.yaxis.range
    assert low < 120 < 186 < high


def test_one_infusion_alone_has_room_on_the_axis():
    figure = draw_pressure(read_pressure(GIVEN[:1], line=180))

    first, last = (date.fromisoformat(str(end)[:10]) for end in figure.layout.xaxis.range)
    assert first < GIVEN[0].day < last
    assert (last - first).days >= 28
