"""Steps that several walks take, and what the database says afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

from data import clock
from data.actions.assessments import record_assessment
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.database import reading
from models.entries import AssessmentEntry, InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.registration import PatientEntry
from models.tables import Patient, Site, StoredEpisode
from tests.browser.visiting import settle, visit

EVERY_PAGE = (
    "/",
    "/patients",
    "/patient?id={id}",
    "/record",
    "/record?id={id}",
    "/record?id={id}&what=score",
    "/correct?id={id}&kind=infusion&record={infusion}",
    "/correct?id={id}&kind=assessment&record={assessment}",
    "/correct?id={id}&kind=patient&record={id}",
    "/durations",
    "/trust",
    "/compare",
    "/import",
    "/definitions",
    "/users",
    "/sites",
    "/sessions",
    "/audit",
)
# What looks otherwise for somebody else: by who it is.
PAGES_OF = {
    "patient": ("/mine",),
    "site manager": ("/trust", "/compare", "/sites", "/definitions"),
    "clinician elsewhere": ("/patients", "/patient?id={id}"),
}


def patient_with_courses(engine: Engine) -> UUID:
    """Return the patient with the most courses on PHQ-9 of whom a loss was seen."""
    lost = StoredEpisode.upper_days.is_not(None) & (StoredEpisode.instrument == "PHQ-9")
    with reading(engine) as connection:
        query = select(StoredEpisode.patient_id).where(lost)
        query = query.join(Patient, Patient.patient_id == StoredEpisode.patient_id)
        query = query.where(Patient.left_on.is_(None))
        query = query.order_by(StoredEpisode.course_no.desc(), StoredEpisode.patient_id).limit(1)
        return connection.scalars(query).one()


def rows_of(engine: Engine, model: Any, patient_id: UUID) -> list[Any]:
    table = model.__table__
    with reading(engine) as connection:
        query = select(table).where(table.c.patient_id == patient_id)
        return list(connection.execute(query.order_by(table.c.recorded_at)))


FOCUSED = "(e => ['A', 'BUTTON'].includes(e.tagName) ? e.innerText : '')(document.activeElement)"


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until the link or button of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"{name!r} cannot be reached with Tab")


def visit_each(
    page: Page, addresses: dict[str, Any], patterns: tuple[str, ...] = EVERY_PAGE
) -> Any:
    """Yield the address of every page in turn, once it is drawn."""
    for pattern in patterns:
        address = pattern.format(**addresses)
        visit(page, address)
        yield address


def lose_a_response(engine: Engine, name: str) -> None:
    """Register somebody whose course held and was lost lately, whatever day it is."""
    with reading(engine) as connection:
        site = connection.execute(select(Site.site_id, Site.time_zone).limit(1)).one()
    entry = PatientEntry("WALK-1", site.site_id, name=name)
    patient_id = register_patient(engine, OPERATOR, entry=entry)

    def ago(days: int) -> Moment:
        return Moment(clock.today(site.time_zone) - timedelta(days=days))

    given = InfusionEntry(ago(35), route="IV")
    record_infusion(engine, OPERATOR, patient_id=patient_id, entry=given)
    for days, total in ((36, 20), (28, 8), (21, 9), (14, 16), (7, 17)):
        form = AssessmentEntry(ago(days), "PHQ-9", stated_total=total)
        record_assessment(engine, OPERATOR, patient_id=patient_id, entry=form)


def open_from_today(page: Page, name: str) -> None:
    """Open somebody by a click on their line of Today, however far down it is."""
    visit(page, "/")
    more = page.get_by_role("button", name=re.compile(r"Show \d+ more"))
    if more.count():
        more.click()
        expect(more).to_have_count(0)
        settle(page)
    page.locator(".st-key-morning").get_by_role("link", name=name).click()
    page.wait_for_url("**/patient?id=*")
    settle(page)
