"""What people type is shown as typed: no tag, link, picture or formula in it comes to life."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import update

from dashboard.wording.chart import COURSES, DOMAINS, RECORDS, STEPS
from dashboard.wording.exposure import TAB as EXPOSURE
from data.actions.crisis_texts import set_crisis_text
from data.actions.infusions import correct_infusion, record_infusion
from data.actions.patients import register_patient
from data.actions.planned_infusions import plan_infusion, withdraw_planned
from data.actions.screens import record_screen
from data.actions.sites import open_site
from data.database import writing
from models.entries import LONGEST_NAME, InfusionEntry
from models.policy import OPERATOR, Role
from models.registration import PatientEntry
from models.screening import ScreenEntry, ScreenKind
from models.tables import Patient, User
from tests.clinic import LOST, only_row
from tests.dashboard.views.people import ADA, patient_of
from tests.dashboard.views.screens import open_screen
from tests.histories import on, read_moment

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    '"><b onmouseover="alert(1)">',
    "</td></tr></table><h1>Owned</h1>",
    "[press](javascript:alert(1))",
    "![x](http://tracker.invalid/x.png)",
    "**bold** _it_ `code` $x^2$ :smile: :red[text]",
    "&lt;b&gt;&#60;i&#62;",
    "# Heading\n- item",
]
# The same in fewer charts: what would come to life does so after other text too.
TOGETHER = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)> </td></tr></table><h1>Owned</h1>",
    '"><b onmouseover="alert(1)"> [press](javascript:alert(1)) **bold** _it_',
    "![x](http://tracker.invalid/x.png) `code` $x^2$ :smile: &lt;b&gt;",
    "# Heading\n- item",
]
MARKUP = re.compile(r"(?<!\\)[*_`\[\]<>$!#&]")


# Our own, around a name that is heard and not seen.
HEARD = re.compile(r" :small\[(.*)\]$", re.DOTALL)
OURS = ("**What it says now**", "**What you entered**")


@pytest.fixture
def hostile(clinic):
    """For each payload a patient whose number, name, site, covariate, notes and reason are it."""
    clinic.set_day(30)
    return {text: enter(clinic, text) for text in PAYLOADS}


def enter(clinic, text):
    site = open_site(clinic.engine, OPERATOR, name=text, time_zone="America/Denver")
    entry = PatientEntry(text, site, name=text, sex="other", covariates={"told": text})
    patient = register_patient(clinic.engine, OPERATOR, entry=entry)
    clinic.record(patient, LOST)
    given = InfusionEntry(
        read_moment("29"), adverse_events=(text,), note=text, given_by=text[:LONGEST_NAME]
    )
    infusion = record_infusion(clinic.engine, OPERATOR, patient_id=patient, entry=given)
    correct_infusion(
        clinic.engine,
        OPERATOR,
        patient_id=patient,
        infusion_id=infusion,
        seen_version=1,
        entry=replace(given, route="IV"),
        reason=text,
    )
    clinic.score(patient, read_moment("29"), 12, safety_answer=2, note=text)
    screen = ScreenEntry(ScreenKind.URINARY, on(29), is_finding=True, remark=text)
    record_screen(clinic.engine, OPERATOR, patient_id=patient, entry=screen)
    theirs = {"patient_id": patient}
    plan_infusion(clinic.engine, OPERATOR, **theirs, planned_on=on(40), seen_version=0)
    withdraw_planned(clinic.engine, OPERATOR, **theirs, seen_version=1, reason=text)
    return patient, infusion


@pytest.mark.parametrize("name", ["today", "durations", "patients"])
def test_the_lists_show_all_of_it_as_typed(hostile, name):
    screen = open_screen(name)
    assert_inert(screen)
    shown = readable(screen)
    assert all(text in shown for text in PAYLOADS)


def test_each_chart_form_and_record_shows_it_as_typed(clinic):
    clinic.set_day(30)
    for text in TOGETHER:
        patient, infusion = enter(clinic, text)
        address = {"id": patient, "kind": "infusion", "record": infusion}
        for screen in (
            *(
                open_screen("patient", id=patient).open_tab(f"tabs-{patient}", tab)
                for tab in (COURSES, STEPS, DOMAINS, EXPOSURE, RECORDS)
            ),
            open_screen("record", id=patient),
            open_screen("correct", **address),
        ):
            assert_inert(screen)
            assert text in readable(screen)


def test_a_search_for_it_finds_the_patient_and_the_button_is_plain(hostile):
    screen = open_screen("record")
    for text in PAYLOADS:
        screen.field("text_input", "Whom is this for?").set_value(text)
        screen.run()
        [button] = [it for it in screen.at.button if it.label != "Register"]
        assert not MARKUP.search(button.label)
        assert unescaped(button.label).count(text) == 3


def assert_inert(screen):
    for body in screen.html:
        for text in (*PAYLOADS, *TOGETHER):
            assert text not in body or not set("<>&\"'") & set(text), f"raw in HTML: {body}"
    for markdown in markdown_of(screen):
        if markdown not in OURS:
            said = HEARD.sub(r"\1", markdown)
            assert not MARKUP.search(said), f"alive in Markdown: {markdown}"


def markdown_of(screen):
    """Everything Streamlit reads as Markdown and that holds words of a person."""
    labelled = [*screen.links, *screen.at.button, *screen.at.expander]
    said = [it for kind in ("error", "warning", "success") for it in getattr(screen.at, kind)]
    return [it.label for it in labelled] + [it.value for it in said]


def readable(screen):
    """What reaches the eye: HTML unescaped, Markdown without its escapes, tables as they are."""
    tables = [str(cell) for it in screen.at.dataframe for cell in it.value.to_numpy().ravel()]
    figures = [chart.proto.spec for chart in screen.at.get("plotly_chart")]
    options = [option for it in screen.at.selectbox for option in it.options]
    html = [unescape(body) for body in screen.html]
    labels = [unescaped(markdown) for markdown in markdown_of(screen)]
    return "\n".join([*tables, *figures, *options, *html, *labels])


def unescaped(markdown):
    return re.sub(r"\\(.)", r"\1", markdown)


def test_administration_shows_names_and_texts_as_typed(clinic):
    for number, payload in enumerate(PAYLOADS):
        site = open_site(clinic.engine, OPERATOR, name=payload, time_zone="America/Denver")
        user_id = clinic.user(f"user-{number}", Role.CLINICIAN, site)
        with writing(clinic.engine) as connection:
            named = update(User).where(User.user_id == user_id).values(name=payload)
            connection.execute(named)
        clinic.session_of(user_id)
        set_crisis_text(
            clinic.engine,
            OPERATOR,
            site_id=site,
            seen_revision=0,
            body=payload,
            phone=f"988 {payload}",
        )
    users = open_screen("users", person=ADA)
    for name, screen in {
        "users": users,
        "sites": open_screen("sites", person=ADA),
        "sessions": open_screen("sessions", person=ADA),
        "audit": open_screen("audit", person=ADA),
    }.items():
        assert_inert(screen)
        shown = readable(screen)
        assert all(text in shown for text in PAYLOADS), name
    users.field("selectbox", "User").set_value(user_id)
    assert_inert(users.run())


def test_a_patients_own_page_shows_the_clinics_words_as_typed(hostile, clinic):
    for text, (patient, _) in hostile.items():
        site = only_row(clinic.engine, Patient, patient_id=patient).site_id
        set_crisis_text(
            clinic.engine, OPERATOR, site_id=site, seen_revision=0, body=text, phone=f"988 {text}"
        )
        screen = open_screen("mine", person=patient_of(patient, "Mara"))
        assert_inert(screen)
        assert text in readable(screen)
