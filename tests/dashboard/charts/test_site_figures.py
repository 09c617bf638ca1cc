from __future__ import annotations

import numpy as np
import pytest

from dashboard.charts.forest import NOTHING, ForestRow, draw_forest
from dashboard.charts.months import MonthPoint, draw_months, draw_sizes
from dashboard.charts.site_curves import draw_site_curves
from dashboard.charts.site_funnel import draw_site_funnel, order_sites
from models.outcomes.sites.durations import SiteCurve
from models.outcomes.sites.verdicts import (
    Comparison,
    Measure,
    Reason,
    Share,
    SiteResult,
    Verdict,
)

HOLD = Measure.HOLD_8_WEEKS


def site(name, verdict, courses, rate, half):
    """A site whose 95 % limits are 0.5 give or take `half`, and 99.8 % half as wide again."""
    return SiteResult(
        name,
        HOLD,
        verdict,
        denominator=courses,
        crude=Share(rate - 0.1, rate - 0.2, rate),
        adjusted=Share(rate, rate - 0.1, rate + 0.1),
        watch=(0.5 - half, 0.5 + half),
        differs=(0.5 - 1.5 * half, 0.5 + 1.5 * half),
        crude_watch=(0.4 - half, 0.4 + half),
        crude_differs=(0.4 - 1.5 * half, 0.4 + 1.5 * half),
    )


HIDDEN = SiteResult("Reno", HOLD, Verdict.HIDDEN, Reason.TOO_FEW)
SITES = (
    site("Tucson", Verdict.SAME, 40, 0.55, 0.2),
    HIDDEN,
    site("Denver", Verdict.ABOVE, 200, 0.8, 0.1),
    site("Mesa", Verdict.WATCH, 90, 0.3, 0.15),
    site("Dallas", Verdict.BELOW, 80, 0.2, 0.16),
)


def compare(results=SITES, target=0.5):
    return Comparison(HOLD, tuple(results), target, 0.1, 0.5, 1.0, 0.2)


def marks(figure):
    return {trace.name: trace for trace in figure.data if trace.type == "scatter"}


def bars(figure):
    return {trace.name: trace for trace in figure.data if trace.type == "bar"}


def written(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def test_most_courses_stand_first_and_hidden_sites_last_whatever_they_reached():
    assert [each.site for each in order_sites(SITES)] == [
        "Denver",
        "Mesa",
        "Dallas",
        "Tucson",
        "Reno",
    ]


def test_every_verdict_has_a_shape_of_its_own_and_a_word_beside_it():
    figure = draw_site_funnel(compare(), title="hold")

    symbols = {name: trace.marker.symbol for name, trace in marks(figure).items()}
    assert symbols == {
        "Denver": "triangle-right",
        "Mesa": "diamond-open",
        "Dallas": "triangle-left",
        "Tucson": "circle",
    }
    beside = written(figure)
    assert "80\u00a0% above" in beside
    assert "30\u00a0% watch" in beside
    assert "20\u00a0% below" in beside


def test_each_row_carries_its_sites_own_limits_and_the_outer_ones_are_hatched():
    drawn = bars(draw_site_funnel(compare(), title="hold"))

    inner, outer = drawn["95 % limits of Denver"], drawn["99.8 % limits of Denver"]
    assert (inner.base[0], inner.base[0] + inner.x[0]) == pytest.approx((0.4, 0.6))
    assert (outer.base[0], outer.base[0] + outer.x[0]) == pytest.approx((0.35, 0.65))
    assert outer.marker.pattern.shape == "/"
    assert inner.y == outer.y == marks(draw_site_funnel(compare(), title="hold"))["Denver"].y


def test_crude_rates_stand_between_crude_limits():
    figure = draw_site_funnel(compare(), title="hold", is_adjusted=False)

    assert marks(figure)["Denver"].x[0] == pytest.approx(0.7)
    inner = bars(figure)["95 % limits of Denver"]
    assert (inner.base[0], inner.base[0] + inner.x[0]) == pytest.approx((0.3, 0.5))


def test_a_hidden_site_is_named_as_hidden_and_has_neither_mark_nor_limits():
    figure = draw_site_funnel(compare(), title="hold")

    assert "hidden: too few" in written(figure)
    assert "Reno" in figure.layout.yaxis.ticktext
    assert not any("Reno" in str(trace.name) for trace in figure.data)


def test_a_site_whose_rate_is_hidden_shows_it_nowhere():
    known = site("Yuma", Verdict.SAME, 30, 0.123, 0.2)
    quiet = SiteResult(
        known.site,
        HOLD,
        Verdict.SAME,
        denominator=30,
        watch=known.watch,
        differs=known.differs,
        crude_watch=known.crude_watch,
        crude_differs=known.crude_differs,
    )
    figure = draw_site_funnel(compare([*SITES, quiet]), title="hold")

    assert "rate hidden" in written(figure)
    assert "Yuma" not in marks(figure)
    assert "rate hidden" in bars(figure)["95 % limits of Yuma"].hovertext[0]


def test_without_a_group_rate_the_figure_says_that_there_is_nothing():
    figure = draw_site_funnel(compare([HIDDEN], target=None), title="hold")
    assert not figure.data
    assert "fewer than two sites have enough courses to be compared" in written(figure)


def test_names_of_sites_write_no_markup():
    nasty = site("<b>x</b>", Verdict.SAME, 30, 0.5, 0.2)
    figure = draw_site_funnel(compare([nasty]), title="hold")
    assert not any("<b>x" in text for text in figure.layout.yaxis.ticktext)
    assert "<b>x" not in marks(figure)["<b>x</b>"].hovertext[0]


def forest(**changed):
    rows = [
        ForestRow("Denver", 30.0, 25.0, 40.0, "30 (25 to 40)", "30"),
        ForestRow("Mesa", 44.0, 22.0, None, "44 (from 22)", "44"),
        ForestRow("Reno", None, None, None, "hidden", "hidden"),
    ]
    return draw_forest(rows, title="days", **changed)


def test_a_forest_holds_every_limit_and_its_numbers():
    figure = forest()
    low, high = figure.layout.xaxis.range
    assert low < 22
    assert high > 44
    assert marks(figure)["Denver limits"].x == (25.0, 40.0)
    assert {"30 (25 to 40)", "44 (from 22)", "hidden"} <= set(written(figure))
    assert "Reno" not in marks(figure)


def test_a_limit_that_was_not_reached_is_an_arrow_to_the_edge():
    mesa = marks(forest())["Mesa limits"]
    assert mesa.x[1] == forest().layout.xaxis.range[1]
    assert mesa.marker.symbol[1] == "triangle-right"
    assert marks(forest())["Denver limits"].marker.symbol[1] == "line-ns"


def test_differences_are_drawn_around_none():
    low, high = forest(reference=0.0).layout.xaxis.range
    assert low < 0 < high


def test_a_forest_of_hidden_sites_says_so():
    figure = draw_forest([ForestRow("Reno", None, None, None, "hidden", "")], title="days")
    assert written(figure) == [NOTHING]


def test_hidden_months_break_the_run_and_carry_no_number():
    points = [
        MonthPoint("2026-01", 40, 20),
        MonthPoint("2026-02", None, None),
        MonthPoint("2026-03", 50, 40),
    ]
    figure = draw_months(points)
    run, hidden = figure.data
    assert run.y == (0.5, None, 0.8)
    assert run.connectgaps is False
    assert hidden.x == ("2026-02",)
    assert hidden.hovertext == ("Feb 2026: hidden",)
    assert run.hovertext[0] == "Jan 2026: 50\u00a0% responded, 20 of 40 courses"
    assert np.allclose(figure.layout.yaxis.range, [0, 1.04])


def curve(*survival, followed=100):
    height = np.array([1.0, *survival])
    days = np.arange(height.size) * 28.0
    low = np.array([np.nan, *(height[1:] - 0.1)])
    high = np.array([np.nan, *(height[1:] + 0.1)])
    return SiteCurve(days, height, low, high, np.full(height.size, float(followed)))


def test_curves_have_limits_and_numbers_at_risk_and_the_group_is_grey():
    curves = {"Denver": curve(0.7, 0.5), "Reno <b>": curve(0.6, 0.4, followed=0)}
    curves["All sites"] = curve(0.65, 0.45)
    figure = draw_site_curves(curves, reference="All sites")
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    bands = {trace.name for trace in figure.data if trace.fill == "toself"}

    assert list(lines) == list(curves)
    assert list(lines["Denver"].x) == [0, 28, 56]
    assert list(lines["Denver"].y) == [1.0, 0.7, 0.5]
    assert len({(line.line.color, line.line.dash) for line in lines.values()}) == 3
    assert bands == {f"{name} limits" for name in curves}
    assert "95 % limits 60 to 80" in lines["Denver"].hovertext[1]
    assert written(figure).count("100") == 6
    assert written(figure).count("few") == 3
    assert "Reno &lt;b&gt;" in written(figure)


def test_a_month_of_one_site_stands_before_the_group_s_line():
    own = [MonthPoint("2026-01", 20, 10), MonthPoint("2026-02", None, None)]
    group = [MonthPoint("2026-01", 100, 40), MonthPoint("2026-02", 100, 60)]
    shares = {trace.name: list(trace.y) for trace in draw_months(own, beside=group).data}
    assert shares["all sites"] == [0.4, 0.6]
    assert shares["responded"] == [0.5, None]
    [sizes] = draw_sizes(own).data
    assert list(sizes.y) == [20, None]
    assert "hidden" in sizes.hovertext[1]
