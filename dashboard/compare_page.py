"""The parts of the page that compares sites."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from dashboard import loaders, theme, timing_shares
from dashboard.charts.months import MonthPoint, draw_months, draw_sizes
from dashboard.charts.site_funnel import draw_site_funnel
from dashboard.compare_parts import draw_definitions, draw_note, draw_table
from dashboard.formats import count, plain
from dashboard.wording import site_comparison as words
from dashboard.wording import (
    site_definitions,
    site_lengths,
    site_quality,
    site_sources,
    site_tables,
)
from data.database import configured_engine
from data.instruments import catalogue
from data.queries.data_quality import read_data_quality
from data.site_reports import SitesReport
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
    """Whether there is nothing to hold the sites of this reader against."""
    return len(site_tables.sites_of(report)) < 2 and not report.others


def has_something(report: SitesReport) -> bool:
    """Whether any site has eligible courses that may be shown."""
    eligible = report.funnel[report.funnel["step"] == "stated"]
    return bool((eligible["courses"] > 0).any())


def draw_sentence(report: SitesReport) -> None:
    """Lead with what may be repeated; the other measures stand under it in a smaller hand."""
    if is_alone(report):
        st.info(words.ALONE)
        return
    first, *rest = report.in_order()
    st.subheader(plain(words.headline(first.headline, report.others)))
    draw_note(" ".join(words.headline(each.headline, report.others) for each in rest))
    if report.others:
        draw_note(words.UNNAMED.format(count(report.others, "other site")))


def draw_overview(person: Person, report: SitesReport) -> None:
    draw_table(site_tables.FUNNEL_COLUMNS, site_tables.funnel(report))
    draw_note(words.FUNNEL_TABLE_KEY)
    st.subheader("Rates")
    draw_table(site_tables.RATE_COLUMNS, site_tables.rates(report))
    draw_definitions(site_definitions.overview(report.instrument, report.rules))
    timing_shares.draw_by_site(person, report.instrument)
    st.subheader("Month by month")
    _draw_months(report)
    with st.expander("By kind of course, indication and route"):
        for which, title in site_tables.BREAKDOWNS.items():
            rows = site_tables.breakdown(report.group, which)
            if rows:
                draw_table((title, *site_tables.BREAKDOWN_COLUMNS[1:]), rows, is_narrow=True)
    with st.expander(words.BESIDE):
        draw_table(site_sources.COLUMNS, site_sources.beside_ours(report))


def _draw_months(report: SitesReport) -> None:
    """One small figure a site that has months to show, the group's first; or one site's own."""
    group = _points(report.group)
    panels = {site_lengths.GROUP: group}
    for site in site_tables.sites_of(report):
        panels[site] = _points(report.rows[report.rows["site"] == site])
    shown = {name: points for name, points in panels.items() if any(p.stated for p in points)}
    if not shown:
        draw_note(words.NO_MONTHS)
        return
    sites = site_tables.sites_of(report)
    chosen = words.EVERY_SITE
    if len(sites) > 1:
        chosen = st.selectbox(
            words.CHOOSE_SITE, [words.EVERY_SITE, *sites], key="c_months", width=240
        )
    if chosen == words.EVERY_SITE:
        _draw_panels({name: draw_months(it, dark=theme.is_dark()) for name, it in shown.items()})
    elif chosen not in shown:
        draw_note(words.NO_MONTHS_HERE.format(chosen))
        return
    else:
        own = shown[chosen]
        _draw_panels(
            {
                f"{chosen}: responded": draw_months(own, beside=group, dark=theme.is_dark()),
                f"{chosen}: eligible courses": draw_sizes(own, dark=theme.is_dark()),
            }
        )
        draw_note(words.ONE_SITE_KEY)
    draw_note(words.MONTHS_KEY)


def _draw_panels(figures: dict[str, Figure]) -> None:
    columns = st.columns(min(3, len(figures)))
    for place, (name, figure) in enumerate(figures.items()):
        with columns[place % len(columns)]:
            st.text(name)
            st.plotly_chart(
                figure,
                config=theme.CHART,
                theme=None,
                key=f"months-{place}",
                alt=f"{name}: {words.MONTHS_ALT}",
            )


def _points(rows: pd.DataFrame) -> list[MonthPoint]:
    months = rows[rows["breakdown"] == Breakdown.MONTH.value].sort_values("value")
    return [
        MonthPoint(row.value, None, None)
        if pd.isna(row.stated)
        else MonthPoint(row.value, int(row.stated), int(row.responded))
        for row in months.itertuples()
    ]


def draw_funnels(report: SitesReport) -> None:
    if is_alone(report):
        st.text(words.ALONE)
        return
    first, second = st.columns(2)
    measure = first.segmented_control(
        "Measure",
        list(Measure),
        default=report.in_order()[0].measure,
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
    said = words.headline(comparison.headline, report.others)
    if comparison is not report.in_order()[0]:  # that one leads the page
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
    draw_note(words.FUNNEL_KEY)
    with st.expander("In numbers"):
        draw_table(site_tables.COMPARED_COLUMNS, site_tables.compared(comparison))
        draw_note(words.SHRUNKEN)
    draw_definitions(site_definitions.comparison(comparison))
    draw_note(f"{words.ADJUSTMENT} {words.about_limits(comparison)}")


def draw_quality(person: Person, report: SitesReport) -> None:
    sites = site_tables.sites_of(report)
    today = loaders.today(person)
    quality = read_data_quality(configured_engine(), person, today=today)
    if quality.without_crisis_text:
        st.warning(plain(words.NO_CRISIS_TEXT.format(words.join(quality.without_crisis_text))))
    st.subheader(site_quality.MISSING)
    draw_table(site_quality.MISSING_COLUMNS, site_quality.missing(report, sites))
    draw_note(site_quality.MISSING_NOTE)
    quarter = site_quality.name_quarter(quality.quarter)
    st.subheader(site_quality.FORMS.format(quarter))
    draw_table(site_quality.FORM_COLUMNS, site_quality.forms(quality, sites))
    draw_note(site_quality.NOTES)
    draw_definitions(site_definitions.quality(quarter))


def draw_foot(report: SitesReport) -> None:
    address = f"/report/sites?instrument={escape(report.instrument, quote=True)}"
    st.html(f"<p class='ag-links'><a href='{address}'>{words.REPORT}</a></p>")
    draw_note(words.published(report.renewed))
    draw_note(words.method(report.rules))
