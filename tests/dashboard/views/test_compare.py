"""Compare sites: a sentence first, nobody's name, and what is small stays hidden."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard import loaders
from dashboard.wording import site_comparison as words
from dashboard.wording import (
    site_curves,
    site_definitions,
    site_lengths,
    site_quality,
    site_sources,
    site_tables,
)
from data.actions.sites import open_site
from data.site_reports import report_sites
from models.outcomes.rules import Rules
from models.outcomes.sites.compare import compare_sites
from models.outcomes.sites.durations import SiteCurve, SiteDuration
from models.outcomes.sites.verdicts import Headline, Measure
from models.policy import OPERATOR
from tests.clinic import LOST, audit_of
from tests.dashboard.views.people import GROUP_MANAGER, clinician_at, manager_at
from tests.dashboard.views.screens import open_screen
from tests.simulated_sites import Truth, simulate

TABS = (words.OVERVIEW, words.DURATIONS, words.FUNNELS, words.QUALITY)
NO_RESPONSE = "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 18"
NAME = "Zebulon Quagmire"


@pytest.fixture
def sites(clinic, copies):
    """At Denver 12 of 24 respond, at Phoenix 11 of 22, and Reno has three patients."""
    copies.fill(clinic.engine, "three sites", lambda: fill(clinic))
    return clinic


def fill(clinic):
    reno = open_site(clinic.engine, OPERATOR, name="Reno", time_zone="America/Denver")
    for site, code, each in (
        (clinic.denver, "DEN", 12),
        (clinic.phoenix, "PHX", 11),
        (reno, "REN", 3),
    ):
        for number in range(each):
            clinic.register(f"{code}-{number}", site=site, name=NAME, records=LOST)
            if each > 10:
                clinic.register(f"{code}-{number + 50}", site=site, records=NO_RESPONSE)


def on_each_tab(screen):
    """Return all that reaches the browser: text, tables, and figures with their hover texts."""
    said = []
    for tab in TABS:
        screen.open_tab("c_tabs", tab)
        said += [screen.said, *screen.html]
        said += [chart.proto.spec + chart.proto.alt for chart in screen.at.get("plotly_chart")]
        assert not [it.value for it in screen.at.error]
    return "\n".join(said)


def figure_of(screen):
    [chart] = screen.at.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_the_sentence_to_repeat_comes_first_and_names_what_is_hidden(sites):
    screen = open_screen("compare", person=GROUP_MANAGER)
    first = screen.at.subheader[0].value
    assert "sites cannot be told apart on 8" in first
    assert "Reno has too few courses to show" in screen.said
    assert "2 of 3 sites cannot be told apart on response" in screen.said


def test_a_manager_gets_no_patient_s_number_or_name(sites):
    for person in (GROUP_MANAGER, manager_at(sites.denver), clinician_at(sites.denver)):
        said = on_each_tab(open_screen("compare", person=person))
        assert "Denver" in said
        assert not re.search(r"(DEN|PHX|REN)-\d", said)
        assert "Zebulon" not in said
        assert "Quagmire" not in said


def test_nothing_of_a_site_of_three_is_told(sites):
    said = on_each_tab(open_screen("compare", person=GROUP_MANAGER))
    for row in re.findall(r"<tr><td>Reno</td>(.*?)</tr>", said):
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)]
        numbers = {cell for cell in cells if re.search(r"[1-9]", cell)}
        assert not numbers, "a number of a site of three"
    assert "Reno</td>" in said


def test_one_more_course_changes_no_word_and_no_hover_text(sites):
    before = on_each_tab(open_screen("compare", person=GROUP_MANAGER))
    sites.register("DEN-99", site=sites.denver, records=LOST)
    loaders.forget()
    assert on_each_tab(open_screen("compare", person=GROUP_MANAGER)) == before


def test_each_step_has_its_count_and_who_fell_out_before_it(sites):
    said = open_screen("compare", person=GROUP_MANAGER).html
    [table] = [body for body in said if "Eligible</th>" in body and "Treated" in body]
    denver = re.search(r"<tr><td>Denver</td>(.*?)</tr>", table).group(1)
    assert "data-label='Treated'>24<" in denver
    assert "data-label='Eligible'>24<" in denver
    assert "data-label='Responded'>12\u00a0(\u221212)<" in denver


def test_rates_have_their_denominators_and_every_figure_its_definition(sites):
    screen = open_screen("compare", person=GROUP_MANAGER)
    assert "50\u00a0% of 24" in screen.said
    hold = compare_sites({}, Measure.HOLD_8_WEEKS)
    for tab, columns, defined in (
        (
            words.OVERVIEW,
            (*site_tables.FUNNEL_COLUMNS, *site_tables.RATE_COLUMNS),
            site_definitions.overview("PHQ-9", Rules()),
        ),
        (words.DURATIONS, site_lengths.COLUMNS, site_definitions.lengths(Rules())),
        (words.FUNNELS, site_tables.COMPARED_COLUMNS, site_definitions.comparison(hold)),
        (
            words.QUALITY,
            (*site_quality.MISSING_COLUMNS, *site_quality.FORM_COLUMNS),
            site_definitions.quality("the quarter"),
        ),
    ):
        screen.open_tab("c_tabs", tab)
        assert words.COUNTED in [it.label for it in screen.at.expander]
        names = " ".join(name for name, _ in defined).casefold()
        for column in set(columns) - {"Site"}:
            name = column.casefold().removeprefix("still at ").removesuffix(" weeks")
            assert name in names, f"{tab}: {column}"
        for name, _ in defined:
            assert name in screen.said


def test_published_figures_stand_beside_ours_with_why_not(sites):
    said = open_screen("compare", person=GROUP_MANAGER).said
    for source, found, _, why in site_sources.SOURCES:
        assert source in said
        assert found in said
        assert why in said
    assert "50\u00a0% of 46 courses" in said


def test_the_funnel_plot_names_the_hidden_site_as_hidden(sites):
    screen = open_screen("compare", person=GROUP_MANAGER).open_tab("c_tabs", words.FUNNELS)
    screen.at.session_state["c_measure"] = "response"
    figure = figure_of(screen.run())
    beside = [note["text"] for note in figure["layout"]["annotations"]]
    assert "hidden: too few" in beside
    assert beside.count("50\u00a0%") == 2
    assert not any("Reno" in str(trace) for trace in figure["data"])


def test_a_manager_of_one_site_sees_their_own_and_no_other(sites):
    screen = open_screen("compare", person=manager_at(sites.denver))
    said = on_each_tab(screen)
    assert words.ALONE in said
    assert "Phoenix" not in said
    assert "Reno" not in said
    assert "cannot be told apart on" not in said


def test_whoever_looks_is_written_down_even_where_another_looked_before(sites):
    other = manager_at(sites.denver, sites.phoenix, name="Una Other")
    same = manager_at(sites.denver, sites.phoenix, name="Mo Site")
    for person in (other, same):
        open_screen("compare", person=person)
    looks = [it.person for it in audit_of(sites.engine) if it.operation == "read_curves"]
    assert {"Una Other", "Mo Site"} <= set(looks)


def test_the_quality_tab_names_sites_without_a_crisis_text(sites):
    screen = open_screen("compare", person=GROUP_MANAGER).open_tab("c_tabs", words.QUALITY)
    assert "Denver, Phoenix and Reno" in screen.at.warning[0].value
    assert site_quality.MISSING in screen.said


def test_the_report_is_one_click_away_with_the_instrument(sites):
    screen = open_screen("compare", person=GROUP_MANAGER)
    assert any("href='/report/sites?instrument=PHQ-9'" in body for body in screen.html)


def test_an_instrument_nobody_answers_says_so_and_draws_nothing(sites):
    screen = open_screen("compare", person=GROUP_MANAGER)
    screen.field("selectbox", "Instrument").set_value("GAD-7")
    screen.run()
    assert [it.value for it in screen.at.info] == [words.NOTHING]
    assert not screen.at.get("plotly_chart")


def test_a_manager_without_a_site_reads_why(clinic):
    screen = open_screen("compare", person=manager_at())
    assert [it.value for it in screen.at.info] == [words.NO_SITE]


def said_of(**named):
    groups = {"alike": (), "above": (), "below": (), "watched": (), "too_few": ()}
    groups |= {"not_followed": ()} | named
    sites = sum(len(names) for name, names in groups.items() if name != "watched")
    return words.headline(Headline(Measure.HOLD_8_WEEKS, sites, **groups))


def test_the_sentence_in_every_case():
    nine = tuple("ABCDEFGHI")
    assert said_of(alike=nine, above=("Denver",), too_few=("Mesa", "Reno")) == (
        "9 of 12 sites cannot be told apart on 8-week hold; Denver is above by more than chance; "
        "Mesa and Reno have too few courses to show."
    )
    assert said_of(alike=("A", "B"), watched=("B",), not_followed=("C",)) == (
        "2 of 3 sites cannot be told apart on 8-week hold; none is above or below by more than "
        "chance; B is outside 95 % limits, to watch; C was not followed for long enough."
    )
    assert said_of(alike=("A",), too_few=("B",)) == (
        "Only 1 of 2 sites can be shown on 8-week hold, and none compared; B has too few courses "
        "to show."
    )
    assert said_of(too_few=("A", "B")) == (
        "No site can be compared on 8-week hold; A and B have too few courses to show."
    )


def test_the_sentence_about_one_s_own_site_names_no_other():
    def said(**named):
        groups = {"alike": (), "above": (), "below": (), "watched": (), "too_few": ()}
        groups |= {"not_followed": ()} | named
        return words.headline(Headline(Measure.RESPONSE, 1, **groups), others=11)

    assert said(alike=("Denver",)) == "Denver cannot be told apart from the group on response."
    assert said(below=("Denver",)) == ("Denver is below the group by more than chance on response.")
    assert said(alike=("Denver", "Reno"), watched=("Reno",)) == (
        "Denver and Reno cannot be told apart from the group on response; Reno is outside 95 % "
        "limits, to watch."
    )
    assert said(too_few=("Denver",)) == "Denver has too few courses to show on response."


def test_it_is_said_since_when_the_figures_stand():
    at = datetime(2026, 11, 2, tzinfo=UTC)
    assert words.published({"Denver": at}).startswith("As of 2 Nov 2026. Figures are published")
    both = words.published({"Denver": at, "Reno": at - timedelta(days=30)})
    assert both.startswith("As of 3 Oct 2026 to 2 Nov 2026, site by site.")
    assert words.published({}) == words.PUBLISHED


def test_a_curve_says_how_many_hold_with_limits_and_how_many_are_followed():
    curve = SiteCurve(
        np.array([0.0, 21.0, 35.0]),
        np.array([1.0, 0.6, 0.25]),
        np.array([np.nan, 0.5, 0.15]),
        np.array([np.nan, 0.7, 0.4]),
        np.array([130.0, 60.0, 0.0]),
    )
    found = [
        SiteDuration("Denver", is_shown=True, curve=curve),
        SiteDuration("Reno", is_shown=False),
    ]
    assert site_curves.columns(found) == ("Site", "Day 21", "Day 35")
    assert site_curves.rows(found) == [
        [
            "Denver",
            "60\u00a0% (50 to 70\u00a0%), 60 followed",
            "25\u00a0% (15 to 40\u00a0%), few followed",
        ],
        ["Reno", site_tables.HIDDEN, site_tables.HIDDEN],
    ]


def test_a_single_site_has_no_difference_from_others(sites):
    screen = open_screen("compare", person=manager_at(sites.denver))
    screen.open_tab("c_tabs", words.DURATIONS)
    assert words.HIDDEN_EVERYWHERE.format("Difference of medians, Difference") in screen.said
    [choice] = screen.at.get("button_group")
    assert words.LENGTHS[2] not in choice.options


@pytest.fixture
def large(clinic, monkeypatch):
    """Four sites of 220 patients each, large enough for curves and months of their own."""
    clinic.register("P-1", records=LOST)
    tally, names = simulate(Truth(sizes=(220,) * 4), np.random.default_rng(3))
    report = report_sites(tally, "PHQ-9", names, Rules(), {})
    monkeypatch.setattr("dashboard.loaders.sites", lambda person, instrument: report)
    return report


def test_up_to_three_sites_are_drawn_against_all(large):
    screen = open_screen("compare", person=GROUP_MANAGER).open_tab("c_tabs", words.DURATIONS)
    [choice] = screen.at.multiselect
    assert choice.proto.max_selections == 3
    choice.set_value(choice.options[:2])
    screen.run()
    drawn = json.loads(screen.at.get("plotly_chart")[-1].proto.spec)["data"]
    assert [it["name"] for it in drawn if it["mode"] == "lines+markers"] == [
        *choice.options[:2],
        site_lengths.GROUP,
    ]
    assert words.CURVE_DRAWN.replace(" %", "\u00a0%") in screen.said


def test_differences_of_means_and_medians_stand_beside_one_another(large):
    screen = open_screen("compare", person=GROUP_MANAGER)
    screen.at.session_state["c_length"] = words.LENGTHS[2]
    screen.open_tab("c_tabs", words.DURATIONS)
    said = [chart.proto.alt for chart in screen.at.get("plotly_chart")]
    assert any(words.MEAN_DIFFERENCE in alt for alt in said)
    assert any(words.MEDIAN_DIFFERENCE in alt for alt in said)


def test_one_site_s_months_are_drawn_against_the_group_s(large):
    screen = open_screen("compare", person=GROUP_MANAGER)
    assert len(screen.at.get("plotly_chart")) == 5
    screen.field("selectbox", words.CHOOSE_SITE).set_value("Site 01")
    screen.run()
    first, second = (json.loads(it.proto.spec)["data"] for it in screen.at.get("plotly_chart"))
    assert [it["name"] for it in first][:2] == ["all sites", "responded"]
    assert second[0]["name"] == "eligible courses"
