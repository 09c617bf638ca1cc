"""Putting a prompt aside on Today with the keyboard alone, and after somebody else was quicker."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from data import clock
from data.actions.prompt_reviews import bring_back, mark_seen
from data.database import reading
from data.prompt_reviews import latest_reviews
from data.queries.morning import read_morning
from models.outcomes.prompt_rules import OF_SAFETY
from models.outcomes.reviews import Deed
from models.policy import OPERATOR
from models.tables import PromptReview
from tests.browser.visiting import settle, visit
from tests.browser.walking import tab_to
from tests.clinic import rows_of

WHY = "Rang her, booked for Wednesday"


def put_aside_another(engine):
    """Put somebody's prompts aside who is far down the list."""
    rows = read_morning(engine, OPERATOR, today=clock.today("America/Denver")).rows
    row = [row for row in rows if OF_SAFETY.isdisjoint(row.reasons)][-1]
    mark_seen(
        engine,
        OPERATOR,
        patient_id=row.patient_id,
        seen_review=row.review.review_id if row.review else None,
        prompts=row.reasons,
        evidence=row.evidence,
        reason="Rang them, too",
    )


def open_form(page):
    visit(page, "/")
    tab_to(page, "Put aside")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why it can wait")).to_be_visible()
    settle(page)
    page.keyboard.press("Tab")
    page.keyboard.type(WHY)


def newest(engine):
    [patient_id] = {row.patient_id for row in rows_of(engine, PromptReview, reason=WHY)}
    with reading(engine) as connection:
        return patient_id, latest_reviews(connection, [patient_id])[patient_id]


def test_with_the_keyboard_alone_and_back_again_and_after_somebody_quicker(page, application):
    put_aside_another(application.engine)
    open_form(page)
    tab_to(page, "Seen")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why it can wait")).to_have_count(0)
    settle(page)
    patient_id, review = newest(application.engine)
    assert (review.deed, review.reason) == (Deed.SEEN, WHY)

    folded = page.get_by_text(re.compile(r"^\d+ put aside$"))
    folded.click()
    line = page.locator("[class*='st-key-row-aside']").filter(has_text=WHY)
    expect(line.get_by_text(f"until there is something new: {WHY}")).to_be_visible()
    whose = line.get_by_role("link").inner_text()
    line.get_by_role("button", name=f"Bring back {whose}").press("Enter")
    expect(line).to_have_count(0)
    settle(page)
    expect(page.get_by_text("Rang them, too")).to_be_visible()  # it has not folded
    patient_id, review = newest(application.engine)
    assert review.deed is Deed.BROUGHT_BACK

    open_form(page)
    theirs = mark_seen(
        application.engine,
        OPERATOR,
        patient_id=patient_id,
        seen_review=review.review_id,
        prompts=review.prompts,
        evidence="",
        reason="On the phone",
    )
    page.keyboard.press("Enter")
    expect(page.get_by_text("Meanwhile these prompts were seen by command line")).to_be_visible()
    settle(page)
    expect(page.get_by_label("Why it can wait")).to_have_value(WHY)
    bring_back(application.engine, OPERATOR, patient_id=patient_id, seen_review=theirs)
