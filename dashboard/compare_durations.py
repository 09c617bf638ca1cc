"""The Durations tab of the page that compares sites: how long responses hold, and where longer."""

from __future__ import annotations

import streamlit as st

from dashboard import theme
from dashboard.charts.forest import ForestRow, draw_forest
from dashboard.charts.site_curves import draw_site_curves
from dashboard.compare_parts import draw_definitions, draw_note, draw_table
from dashboard.wording import site_comparison as words
from dashboard.wording import site_curves, site_definitions, site_lengths
from data.site_reports import SitesReport
from models.outcomes.sites.durations import SiteDuration
from models.outcomes.sites.verdicts import Share

MOST_DRAWN = 3


def draw_durations(report: SitesReport) -> None:
    found = site_lengths.with_group(report)
    is_compared = len(report.durations) > 1 or report.others > 0
    options = words.LENGTHS if is_compared else words.LENGTHS[:2]
    chosen = st.segmented_control(
        "What is shown", options, default=options[0], key="c_length", required=True
    )
    if chosen == words.LENGTHS[2]:
        _draw_differences(report.durations)
    else:
        row = _mean_row if chosen == words.LENGTHS[0] else _median_row
        _draw_forest([row(each) for each in found], title=words.LENGTH_KEYS[chosen], key="forest")
    draw_note(words.FOREST_KEY)
    with st.expander("In numbers"):
        draw_table(site_lengths.COLUMNS, site_lengths.rows(found))
    st.subheader(words.CURVES)
    _draw_curves(found)
    draw_definitions(site_definitions.lengths(report.rules))


def _draw_differences(found: list[SiteDuration]) -> None:
    """Restricted means and medians beside one another; under one another on a phone."""
    first, second = st.columns(2)
    with first:
        _draw_forest(
            [
                _row(it.site, it.mean_difference, site_lengths.length(it, it.mean_difference))
                for it in found
            ],
            title=words.MEAN_DIFFERENCE,
            key="forest-mean",
            reference=0.0,
        )
    with second:
        _draw_forest(
            [
                _row(it.site, it.median_difference, site_lengths.median_difference(it))
                for it in found
            ],
            title=words.MEDIAN_DIFFERENCE,
            key="forest-median",
            reference=0.0,
        )
    draw_note(words.DIFFERENCE_KEY)


def _draw_forest(
    rows: list[ForestRow], *, title: str, key: str, reference: float | None = None
) -> None:
    st.plotly_chart(
        draw_forest(rows, title=title, reference=reference, dark=theme.is_dark()),
        config=theme.CHART,
        theme=None,
        key=key,
        alt=f"{title}: {words.FOREST_ALT}",
    )


def _mean_row(each: SiteDuration) -> ForestRow:
    return _row(each.site, each.mean, site_lengths.length(each, each.mean))


def _median_row(each: SiteDuration) -> ForestRow:
    said, found = site_lengths.median(each), each.median if each.is_shown else None
    if found is None:
        return ForestRow(each.site, None, None, None, said, said)
    return ForestRow(each.site, found.value, found.ci_lower, found.ci_upper, said, said)


def _row(site: str, days: Share | None, said: str) -> ForestRow:
    if days is None:
        return ForestRow(site, None, None, None, said, said)
    return ForestRow(site, days.value, days.lower, days.upper, said, said)


def _draw_curves(found: list[SiteDuration]) -> None:
    """All sites, and up to three chosen ones: more bands hide each other."""
    curves = {each.site: each.curve for each in found if each.curve is not None}
    named = [site for site in curves if site != site_lengths.GROUP]
    if not curves:
        draw_note(words.NO_CURVES)
        return
    chosen = named[:1]
    if len(named) > 1:
        chosen = st.multiselect(
            words.CHOOSE_SITES, named, named[:1], max_selections=MOST_DRAWN, key="c_curves"
        )
    drawn = {name: curves[name] for name in (*chosen, site_lengths.GROUP) if name in curves}
    if drawn:
        st.plotly_chart(
            draw_site_curves(drawn, reference=site_lengths.GROUP, dark=theme.is_dark()),
            config=theme.CHART,
            theme=None,
            key="site_curves",
            alt=f"{words.join(list(drawn))}: {words.CURVE_ALT}",
        )
        draw_note(words.CURVE_DRAWN)
    with st.expander("In numbers"):
        draw_table(site_curves.columns(found), site_curves.rows(found))
        draw_note(words.CURVES_KEY)
