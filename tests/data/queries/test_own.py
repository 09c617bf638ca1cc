"""What a patient reads of themselves: their own scores and infusions, and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from data import clock
from data.actions.withdrawals import withdraw_record
from data.database import writing
from data.queries.own import read_own
from models.policy import OPERATOR, Denied, Operation, Person, Role
from models.tables import Assessment, CrisisText
from tests.clinic import LOST, NOBODY, audit_of, rows_of
from tests.histories import on, read_moment


def patient_person(patient_id, name="Mara Kent"):
    return Person(name, frozenset({Role.PATIENT}), patient_id=patient_id)


@pytest.fixture
def mara(clinic):
    neighbour = clinic.register("DEN-2", records="day | infusion | GAD-7\n0 | yes | 15")
    assert neighbour
    return clinic.register("DEN-1", name="Mara Kent", records=LOST)


def write_crisis_text(engine, site_id, revision, body, phone="303 555 0100"):
    with writing(engine) as connection:
        row = {"site_id": site_id, "revision": revision, "body": body, "phone": phone}
        stamp = {"recorded_at": clock.now(), "recorded_by": "Ada"}
        connection.execute(insert(CrisisText), {**row, **stamp})


def test_it_holds_their_own_scores_and_infusions(clinic, mara):
    own = read_own(clinic.engine, patient_person(mara))

    assert (own.name, own.site) == ("Mara Kent", "Denver")
    assert dict(own.scores) == {
        "PHQ-9": ((on(-1), 20), (on(7), 8), (on(14), 9), (on(21), 15), (on(28), 16))
    }
    assert own.infusions == (on(0),)
    assert own.today == date(2026, 1, 5) + timedelta(60)


def test_of_two_on_one_day_the_later_counts_and_a_withdrawn_one_does_not(clinic, mara):
    clinic.score(mara, read_moment("35 14:00"), 11)
    clinic.score(mara, read_moment("35"), 19)
    clinic.score(mara, read_moment("36"), 4)
    [last] = rows_of(clinic.engine, Assessment, patient_id=mara, total=4)
    withdraw_record(
        clinic.engine,
        OPERATOR,
        "assessment",
        patient_id=mara,
        record_id=last.assessment_id,
        seen_version=1,
        reason="another person's form",
    )

    assert read_own(clinic.engine, patient_person(mara)).scores["PHQ-9"][-1] == (on(35), 11)


def test_a_form_without_a_total_says_nothing(clinic, mara):
    clinic.score(mara, read_moment("40"), None, items=(1, *[None] * 8))
    assert read_own(clinic.engine, patient_person(mara)).scores["PHQ-9"][-1][0] == on(28)


def test_the_newest_words_of_their_own_site_for_somebody_in_danger(clinic, mara):
    person = patient_person(mara)
    assert read_own(clinic.engine, person).crisis is None
    write_crisis_text(clinic.engine, clinic.phoenix, 1, "Phoenix only")
    write_crisis_text(clinic.engine, clinic.denver, 1, "Old words")
    write_crisis_text(clinic.engine, clinic.denver, 2, "Call the nurse on duty.")
    assert read_own(clinic.engine, person).crisis == ("Call the nurse on duty.", "303 555 0100")
    write_crisis_text(clinic.engine, clinic.denver, 3, "  ")
    assert read_own(clinic.engine, person).crisis is None, "blank words help nobody"


def test_a_look_is_written_once_a_minute(clinic, mara):
    for _ in range(2):
        read_own(clinic.engine, patient_person(mara))
    looks = [line for line in audit_of(clinic.engine) if line.operation == Operation.READ_OWN]
    assert [(line.person, line.patient_id, line.chain_id) for line in looks] == [
        ("Mara Kent", mara, clinic.denver)
    ]


@pytest.mark.parametrize("who", ["nobody", "clinician", "administrator", "patient of nobody"])
def test_whoever_is_no_patient_has_nothing_of_their_own(clinic, mara, who):
    person = {
        "nobody": NOBODY,
        "clinician": clinic.anna,
        "administrator": Person("Ada", frozenset({Role.ADMINISTRATOR}), sites=None),
        "patient of nobody": Person("Lost", frozenset({Role.PATIENT})),
    }[who]
    with pytest.raises(Denied):
        read_own(clinic.engine, person)
