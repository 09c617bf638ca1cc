"""The parts of the page that compares sites."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from dashboard import loaders, theme
from dashboard.charts.forest import ForestRow, draw_forest
from dashboard.charts.months import MonthPoint, draw_months
from dashboard.charts.site_funnel import draw_site_funnel
from dashboard.formats import plain
from dashboard.tables import table_of
from dashboard.wording import site_comparison as words
from dashboard.wording import site_curves, site_quality, site_sources, site_tables
from data.database import configured_engine
from data.instruments import catalogue
from data.queries.data_quality import read_data_quality
from data.queries.sites import SitesReport
from models.outcomes.sites.durations import SiteDuration
from models.outcomes.sites.facts import Breakdown
from models.outcomes.sites.verdicts import Measure
from models.policy import Operation, Person, Relation


def ask_instrument() -> str:
    stated = [code for code, it in catalogue().items() if it.response_drop is not None]
    usual = stated.index("PHQ-9") if "PHQ-9" in stated else 0
    return st.selectbox("Instrument", stated, usual, key="c_instrument", width=240)


def has_no_site(person: Person) -> bool:
    """Whether this person reads figures of their own sites only, and has none."""
    sees_group = person.may(Operation.READ_CURVES, Relation.OTHER_SITE)
    return not sees_group and person.sites is not None and not person.sites


def is_alone(report: SitesReport) -> bool:
    return len(site_tables.sites_of(report)) < 2


def has_something(report: SitesReport) -> bool:
    """Whether any site has eligible courses that may be shown."""
    eligible = report.funnel[report.funnel["step"] == "stated"]
    return bool((eligible["courses"] > 0).any())


def draw_sentence(report: SitesReport) -> None:
    """Lead with what may be repeated; the other measures stand under it in a smaller hand."""
    if is_alone(report):
        st.info(words.ALONE)
        return
    first = report.comparisons[Measure.HOLD_8_WEEKS]
    st.subheader(plain(words.headline(first.headline)))
    others = [each for each in report.comparisons.values() if each is not first]
    _note(" ".join(words.headline(each.headline) for each in others))


def draw_overview(report: SitesReport) -> None:
    _table(site_tables.FUNNEL_COLUMNS, site_tables.funnel(report))
    _note(words.FUNNEL_TABLE_KEY)
    st.subheader("Rates")
    _table(site_tables.RATE_COLUMNS, site_tables.rates(report))
    _draw_definitions(report)
    st.subheader("Month by month")
    _draw_months(report)
    with st.expander("By kind of course, indication and route"):
        for which, title in site_tables.BREAKDOWNS.items():
            rows = site_tables.breakdown(report.group, which)
            if rows:
                _table((title, *site_tables.BREAKDOWN_COLUMNS[1:]), rows, is_narrow=True)
    with st.expander(words.BESIDE):
        _table(site_sources.COLUMNS, site_sources.beside_ours(report))


def _draw_definitions(report: SitesReport) -> None:
    with st.expander(words.COUNTED):
        _table(
            ("Figure", "Of what"),
            words.definitions(report.instrument, report.rules),
            is_narrow=True,
        )
        _note(words.HIDING)


def _draw_months(report: SitesReport) -> None:
    """One small figure a site that has months to show, the group's first."""
    panels = {"All sites": _points(report.group)}
    for site in site_tables.sites_of(report):
        panels[site] = _points(report.rows[report.rows["site"] == site])
    shown = {name: points for name, points in panels.items() if any(p.stated for p in points)}
    if not shown:
        _note(words.NO_MONTHS)
        return
    columns = st.columns(min(3, len(shown)))
    for place, (name, points) in enumerate(shown.items()):
        with columns[place % len(columns)]:
            st.text(name)
            st.plotly_chart(
                draw_months(points, dark=theme.is_dark()),
                config=theme.CHART,
                theme=None,
                key=f"months-{place}",
                alt=f"{name}: share of eligible courses that responded, by month.",
            )
    _note(words.MONTHS_KEY)


def _points(rows: pd.DataFrame) -> list[MonthPoint]:
    months = rows[rows["breakdown"] == Breakdown.MONTH.value].sort_values("value")
    return [
        MonthPoint(row.value, None, None)
        if pd.isna(row.stated)
        else MonthPoint(row.value, int(row.stated), int(row.responded))
        for row in months.itertuples()
    ]


def draw_durations(report: SitesReport) -> None:
    options = words.LENGTHS[::2] if is_alone(report) else words.LENGTHS
    chosen = st.segmented_control(
        "What is shown", options, default=options[0], key="c_length", required=True
    )
    rows = [_forest_row(each, chosen) for each in report.durations]
    st.plotly_chart(
        draw_forest(
            rows,
            title=words.LENGTH_KEYS[chosen],
            reference=0.0 if chosen == words.LENGTHS[1] else None,
            dark=theme.is_dark(),
        ),
        config=theme.CHART,
        theme=None,
        key="forest",
        alt=f"{chosen}: {words.FOREST_ALT}",
    )
    _note(words.FOREST_KEY)
    with st.expander("In numbers"):
        _table(site_tables.DURATION_COLUMNS, site_tables.durations(report.durations))
        if len(site_curves.columns(report.durations)) > 1:
            _table(site_curves.columns(report.durations), site_curves.rows(report.durations))
            _note(words.CURVES_KEY)


def _forest_row(each: SiteDuration, chosen: str) -> ForestRow:
    if chosen == words.LENGTHS[2]:
        said, found = site_tables.median(each), each.median if each.is_shown else None
        if found is None:
            return ForestRow(each.site, None, None, None, said, said)
        return ForestRow(each.site, found.value, found.ci_lower, found.ci_upper, said, said)
    days = each.mean if chosen == words.LENGTHS[0] else each.mean_difference
    said = site_tables.length(each, days)
    if days is None:
        return ForestRow(each.site, None, None, None, said, said)
    return ForestRow(each.site, days.value, days.lower, days.upper, said, said)


def draw_funnels(report: SitesReport) -> None:
    if is_alone(report):
        st.text(words.ALONE)
        return
    first, second = st.columns(2)
    measure = first.segmented_control(
        "Measure",
        list(Measure),
        default=Measure.HOLD_8_WEEKS,
        format_func=lambda one: words.MEASURES[one].capitalize(),
        key="c_measure",
        required=True,
    )
    scale = second.segmented_control(
        "Rates",
        [words.ADJUSTED, words.NOT_ADJUSTED],
        default=words.ADJUSTED,
        format_func=str.capitalize,
        key="c_scale",
        required=True,
    )
    comparison = report.comparisons[measure]
    said = words.headline(comparison.headline)
    if measure is not Measure.HOLD_8_WEEKS:  # that one leads the page
        st.text(said)
    st.plotly_chart(
        draw_site_funnel(
            comparison,
            title=f"{words.MEASURES[measure]}, {scale}",
            is_adjusted=scale == words.ADJUSTED,
            dark=theme.is_dark(),
        ),
        config=theme.CHART,
        theme=None,
        key="site_funnel",
        alt=said,
    )
    _note(words.FUNNEL_KEY)
    with st.expander("In numbers"):
        _table(site_tables.COMPARED_COLUMNS, site_tables.compared(comparison))
        _note(words.SHRUNKEN)
    _note(f"{words.ADJUSTMENT} {words.about_limits(comparison)}")


def draw_quality(person: Person, report: SitesReport) -> None:
    sites = site_tables.sites_of(report)
    since = loaders.today(person) - timedelta(days=site_quality.PERIOD)
    quality = read_data_quality(configured_engine(), person, since=since)
    if quality.without_crisis_text:
        st.warning(plain(words.NO_CRISIS_TEXT.format(words.join(quality.without_crisis_text))))
    st.subheader(site_quality.MISSING)
    _table(site_quality.MISSING_COLUMNS, site_quality.missing(report, sites))
    _note(site_quality.MISSING_NOTE)
    st.subheader(site_quality.FORMS)
    _table(site_quality.FORM_COLUMNS, site_quality.forms(quality, sites))
    _note(site_quality.NOTES)


def draw_foot(report: SitesReport) -> None:
    address = f"/report/sites?instrument={escape(report.instrument, quote=True)}"
    st.html(f"<p class='ag-links'><a href='{address}'>{words.REPORT}</a></p>")
    _note(words.method(report.rules))


def _table(columns: tuple[str, ...], rows: list[list[str]], *, is_narrow: bool = False) -> None:
    """Draw a table; what is hidden in every row is named under it instead."""
    columns, rows, left_out = site_tables.leave_out_hidden(columns, rows)
    drawn = table_of(columns, rows, is_narrow=is_narrow)
    quiet = f"><span class='ag-quiet'>{site_tables.HIDDEN}</span><"
    st.html(drawn.replace(f">{site_tables.HIDDEN}<", quiet))
    if left_out:
        _note(words.HIDDEN_EVERYWHERE.format(", ".join(left_out)))


def _note(text: str) -> None:
    unbroken = text.replace(" %", "\u00a0%")
    st.html(f"<p class='ag-note'>{escape(unbroken)}</p>")
