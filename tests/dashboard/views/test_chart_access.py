"""Who opened a chart, for its clinicians; and a chart of another site, opened in an emergency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.wording import emergencies as words
from dashboard.wording.chart import ACCESS, RECORDS
from data.actions.emergencies import open_emergency
from data.queries.chart import read_chart
from models.policy import Role
from models.tables import Emergency
from tests.clinic import LOST, audit_of, only_row, rows_of
from tests.dashboard.views.people import clinician_at
from tests.dashboard.views.screens import open_screen

REASON = "collapsed in our <b>waiting room</b>"


@pytest.fixture
def mara(clinic):
    return clinic.register("DEN-1", name="Mara Kent", records=LOST)


@pytest.fixture
def pia(clinic):
    """A clinician of Phoenix."""
    user_id = clinic.user("pia", Role.CLINICIAN, clinic.phoenix)
    return replace(clinician_at(clinic.phoenix, name="Pia Lund"), user_id=user_id)


@pytest.fixture
def opened(clinic, mara, pia):
    open_emergency(clinic.engine, pia, code="DEN-1", reason=REASON)
    return replace(pia, emergencies=frozenset({mara}))


def test_the_clinicians_of_a_chart_see_who_opened_it(clinic, mara, opened):
    read_chart(clinic.engine, opened, mara)
    anna = clinician_at(clinic.denver)
    screen = open_screen("patient", person=anna, id=mara).open_tab(f"tabs-{mara}", ACCESS)
    [table] = [body for body in screen.html if "Pia Lund, clinician" in body]
    assert "in an emergency: opened, gave the reason" in table
    assert "Anna Kent, clinician" in table
    assert "command line" in table, "who registered and recorded"


def test_the_list_is_not_read_before_its_tab_is_open(clinic, mara):
    open_screen("patient", person=clinician_at(clinic.denver), id=mara)
    assert "read_access" not in {line.operation for line in audit_of(clinic.engine)}


def test_another_sites_chart_is_refused_without_an_emergency(clinic, mara, pia):
    screen = open_screen("patient", person=pia, id=mara)
    assert "Mara" not in screen.said
    assert len(screen.at.error) == 1


def test_an_emergency_is_warned_of_and_needs_a_reason(clinic, mara, pia):
    screen = open_screen("patients", person=pia)
    assert words.WARNING in screen.said
    screen.field("text_input", words.NUMBER).set_value("DEN-1")
    screen.field("text_input", words.REASON).set_value("now")
    screen.press(words.OPEN_NOW)
    assert screen.at.error[0].value.startswith(words.NOT_OPENED)
    assert not rows_of(clinic.engine, Emergency)

    screen.field("text_input", words.REASON).set_value(REASON)
    screen.press(words.OPEN_NOW)
    assert only_row(clinic.engine, Emergency).reason == REASON
    assert [link.label for link in screen.links] == [words.GO]


def test_a_number_that_nobody_has_opens_nothing(clinic, mara, pia):
    screen = open_screen("patients", person=pia)
    screen.field("text_input", words.NUMBER).set_value("DEN-9")
    screen.field("text_input", words.REASON).set_value(REASON)
    screen.press(words.OPEN_NOW)
    assert "no patient with this number" in screen.at.error[0].value
    assert not screen.links


def test_the_chart_says_that_it_is_open_in_an_emergency_until_when_and_why(clinic, mara, opened):
    screen = open_screen("patient", person=opened, id=mara)
    [banner] = [body for body in screen.html if "ag-emergency" in body and "Opened" in body]
    assert "Opened in an emergency until 12:00, reason: collapsed in our &lt;b&gt;" in banner
    assert "Every look is recorded; read only." in banner
    assert "Mara Kent" in screen.said


def test_such_a_chart_is_read_only(clinic, mara, opened):
    screen = open_screen("patient", person=opened, id=mara)
    assert not screen.links, "neither an infusion nor a score can be recorded"
    screen.open_tab(f"tabs-{mara}", RECORDS)
    assert len(screen.table) == 6
    screen.choose_row(f"records-{mara}", 0)
    assert screen.place == "patient"
    assert ACCESS not in [tab.label for tab in screen.at.tabs]


@pytest.mark.parametrize("name", ["record", "correct"])
def test_the_pages_that_write_refuse_such_a_chart(clinic, mara, opened, name):
    record = only_row(clinic.engine, Emergency).emergency_id
    screen = open_screen(name, person=opened, id=mara, kind="infusion", record=record)
    assert not screen.at.button, "no form is drawn for what may not be sent"


def test_when_the_hour_is_over_the_chart_is_shut(clinic, mara, opened, pia):
    clinic.now += timedelta(minutes=61)
    assert "Mara" not in open_screen("patient", person=pia, id=mara).said


def test_whoever_is_at_every_site_needs_no_emergency(clinic, mara):
    everywhere = replace(clinician_at(), sites=None)
    assert words.OPEN not in [
        it.label for it in open_screen("patients", person=everywhere).at.expander
    ]
