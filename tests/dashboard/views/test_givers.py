"""Who gave an infusion: offered by name where it is recorded and corrected, or typed."""

from __future__ import annotations

from data.actions.infusions import record_infusion
from models.entries import LONGEST_NAME, InfusionEntry
from models.policy import OPERATOR, Role
from models.tables import Infusion
from tests.clinic import only_row
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment


def ready(clinic, given_by="Visiting Nurse"):
    """Return somebody to whom an infusion was given, at a site with two clinicians."""
    clinic.user("Robin Ellery", Role.CLINICIAN, clinic.denver)
    clinic.user("Sasha Quill", Role.CLINICIAN, clinic.denver)
    patient = clinic.register("DEN-1")
    entry = InfusionEntry(read_moment("51"), route="IV", given_by=given_by)
    record_infusion(clinic.engine, OPERATOR, patient_id=patient, entry=entry)
    return patient


def who(screen):
    return screen.field("selectbox", "Given by")


def latest(clinic):
    with clinic.engine.connect() as connection:
        table = Infusion.__table__
        query = table.select().order_by(table.c.given_on.desc(), table.c.infusion_id.desc())
        return connection.execute(query).first().given_by


def type_name(screen, name):
    """Type a name that is not offered; AppTest's own way only chooses."""
    who(screen).options.append(name)
    who(screen).set_value(name)
    return screen


def test_the_staff_of_the_site_and_who_gave_them_there_are_offered_and_oneself_chosen(clinic):
    screen = open_screen("record", id=ready(clinic))
    assert who(screen).options == [
        "Robin Ellery", "Sasha Quill", "Visiting Nurse", "Robin Local",
    ]  # fmt: skip
    assert who(screen).value == "Robin Local"


def test_one_is_chosen_and_another_typed_and_a_known_one_typed_in_other_letters(clinic):
    patient = ready(clinic)
    screen = open_screen("record", id=patient)
    who(screen).set_value("Sasha Quill")
    screen.press("Record the infusion")
    assert latest(clinic) == "Sasha Quill"
    for number, (typed, stored) in enumerate(
        [("  noor   Idowu ", "noor Idowu"), ("ROBIN ellery", "Robin Ellery")]
    ):
        screen = open_screen("record", id=patient)
        screen.field("text_area", "Note").set_value(f"again {number}")
        type_name(screen, typed).press("Record the infusion")
        assert latest(clinic) == stored
    assert "noor Idowu" in who(open_screen("record", id=patient)).options


def test_nobody_may_be_said_and_a_name_too_long_is_refused(clinic):
    patient = ready(clinic)
    screen = open_screen("record", id=patient)
    who(screen).set_value(None)
    screen.press("Record the infusion")
    assert latest(clinic) is None
    screen = open_screen("record", id=patient)
    type_name(screen, "x" * (LONGEST_NAME + 1)).press("Record the infusion")
    assert f"expected at most {LONGEST_NAME} characters" in screen.at.error[0].value


def test_a_correction_offers_the_same_and_keeps_what_is_recorded(clinic):
    patient = ready(clinic)
    row = only_row(clinic.engine, Infusion)
    here = {"id": patient, "kind": "infusion", "record": row.infusion_id}
    screen = open_screen("correct", **here)
    assert who(screen).value == "Visiting Nurse"
    assert "Robin Ellery" in who(screen).options
    who(screen).set_value("Robin Ellery")
    screen.field("text_input", "Why").set_value("It was Robin")
    screen.press("Save the correction")
    assert latest(clinic) == "Robin Ellery"
