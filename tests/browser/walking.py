"""Steps that several walks take, and what the database says afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import Engine, select

from data.database import reading
from models.tables import Patient, StoredEpisode
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
    "/durations",
    "/import",
    "/definitions",
)


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


def visit_each(page: Page, addresses: dict[str, Any]) -> Any:
    """Yield the address of every page in turn, once it is drawn."""
    for pattern in EVERY_PAGE:
        address = pattern.format(**addresses)
        visit(page, address)
        yield address


def open_first_of_today(page: Page) -> str:
    """Open Today's first patient by a click; return the name."""
    visit(page, "/")
    link = page.locator(".st-key-morning a").first
    name = link.inner_text()
    link.click()
    page.wait_for_url("**/patient?id=*")
    settle(page)
    return name
