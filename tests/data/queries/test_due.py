"""What is due and done, to whom it may be told, and the counts of whole sites."""

from __future__ import annotations

import pytest

from data.actions.checkin_wishes import set_wishes
from data.checkins.forms import save_extras, submit
from data.queries.due import completion_by_site, read_due, read_missed, read_remarks
from models.checkins.schedule import State
from models.errors import NotFound
from models.policy import OPERATOR, Denied, Person, Role
from tests.checkins import ask, patient_person
from tests.clinic import NOBODY, audit_of
from tests.histories import on


@pytest.fixture
def asked(clinic):
    return ask(clinic)


def test_the_patient_and_their_clinician_read_the_same(asked):
    token = asked.link().token
    asked.answer(token, *[1] * 10)
    submit(asked.engine, token)

    mine = read_due(asked.engine, asked.person, asked.patient_id)

    assert mine == read_due(asked.engine, asked.clinic.anna, asked.patient_id)
    assert (mine.done, mine.expected) == (1, 5)  # of two before the infusion, two pulses, a week
    assert (mine.missed_in_a_row, mine.today, mine.zone) == (0, on(7), "America/Denver")
    looks = [(line.person, line.operation) for line in audit_of(asked.engine)]
    assert {("Pat", "read_own"), ("Anna", "read_chart")} <= set(looks)


def test_nobody_else_reads_it_and_nobody_has_nothing(asked):
    other = patient_person(asked.clinic.register("P-2"), "Eve")
    for person in (other, asked.clinic.pia, NOBODY):
        for read in (read_due, read_remarks):
            with pytest.raises(Denied):
                read(asked.engine, person, asked.patient_id)
    with pytest.raises(NotFound):
        read_due(asked.engine, OPERATOR, asked.clinic.denver)


def test_a_remark_is_read_once_it_is_submitted(asked):
    token = asked.link().token
    asked.answer(token, 1)
    save_extras(asked.engine, token, chips=["unwell"], note="a cold")
    assert read_remarks(asked.engine, asked.clinic.anna, asked.patient_id) == ()

    submit(asked.engine, token)

    [remark] = read_remarks(asked.engine, asked.clinic.anna, asked.patient_id)
    assert (remark.due_on, remark.chips, remark.note) == (on(7), ("unwell",), "a cold")
    assert remark.submitted_at == asked.clinic.now


def test_whoever_was_asked_and_missed_two_full_forms_is_listed_the_latest_first(asked):
    clinic = asked.clinic
    longer = asked.patient_id
    clinic.set_day(7)
    wish(asked, longer)
    shorter = clinic.register("P-2", name="Ada")
    never_asked = clinic.register("P-3")
    left = clinic.register("P-4", left_on=on(21))
    for patient in (shorter, left):
        wish(asked, patient)
    clinic.set_day(14)
    assert [row.patient_id for row in read_missed(clinic.engine, clinic.anna)] == [longer]
    clinic.set_day(21)

    rows = read_missed(clinic.engine, clinic.anna)

    assert [(row.code, row.name, row.missed, row.due_on) for row in rows] == [
        ("P-2", "Ada", 2, on(14)),
        ("P-1", None, 4, on(14)),
    ]
    assert rows[0].last_on is None
    assert never_asked not in {row.patient_id for row in rows}
    assert read_missed(clinic.engine, clinic.pia) == []
    assert read_missed(clinic.engine, clinic.anna, clinic.phoenix) == []
    clinic.record(longer, "day | PHQ-9 | NRS-11 \n 21 | 9 | 4")
    assert [row.code for row in read_missed(clinic.engine, clinic.anna)] == ["P-2"]


def test_the_latest_form_missed_is_a_full_one(asked):
    """A pulse that was missed after it is no silence, and its day is not told."""
    clinic = asked.clinic
    wish(asked, asked.patient_id)
    clinic.set_day(15)
    clinic.record(asked.patient_id, "day | infusion \n 15 | yes")
    clinic.set_day(20)
    dues = read_due(asked.engine, clinic.anna, asked.patient_id).dues
    assert [due.due_on for due in dues if due.state is State.MISSED and due.is_pulse][-1] == on(18)

    [row] = read_missed(clinic.engine, clinic.anna)

    assert row.due_on == on(14)


def test_whoever_has_stopped_long_ago_is_not_listed_for_ever(asked):
    clinic = asked.clinic
    wish(asked, asked.patient_id)
    clinic.set_day(28)
    assert len(read_missed(clinic.engine, clinic.anna)) == 1
    set_wishes(
        clinic.engine,
        asked.person,
        patient_id=asked.patient_id,
        seen_version=1,
        changes={"stopped": True},
    )
    for day, listed in ((28, 1), (55, 1), (56, 0), (400, 0)):
        clinic.set_day(day)
        assert len(read_missed(clinic.engine, clinic.anna)) == listed, day


def test_the_last_form_of_a_plan_is_counted_long_after_the_infusion(asked):
    anna = asked.clinic.anna
    asked.clinic.set_day(380)
    [denver] = completion_by_site(asked.engine, anna, since=on(364), until=on(364))
    assert (denver.done, denver.expected) == (0, 1)
    [after] = completion_by_site(asked.engine, anna, since=on(372), until=on(380))
    assert (after.patients, after.expected) == (0, 0)


def wish(asked, patient_id):
    set_wishes(asked.engine, OPERATOR, patient_id=patient_id, seen_version=0, changes={"hour": 9})


def test_sites_are_counted_and_few_are_not_told_to_who_may_not_know_them(asked):
    clinic = asked.clinic
    clinic.set_day(21)
    manager = Person("Max", frozenset({Role.GROUP_MANAGER}), sites=frozenset())
    span = {"since": on(1), "until": on(14)}

    denver, phoenix = completion_by_site(clinic.engine, OPERATOR, **span)
    assert (denver.site, denver.patients, denver.done, denver.expected) == ("Denver", 1, 0, 4)
    assert (phoenix.patients, phoenix.done, phoenix.expected) == (0, 0, 0)
    assert [row.site for row in completion_by_site(clinic.engine, clinic.anna, **span)] == [
        "Denver"
    ]
    hidden, shown = completion_by_site(clinic.engine, manager, **span)
    assert (hidden.patients, hidden.done, hidden.expected) == (None, None, None)
    assert shown.patients == 0
    with pytest.raises(Denied):
        completion_by_site(clinic.engine, patient_person(asked.patient_id), **span)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_eleven_patients_are_enough_to_be_counted(asked):
    clinic = asked.clinic
    clinic.set_day(0)
    for number in range(2, 12):
        clinic.register(f"P-{number}")
    clinic.set_day(14)
    manager = Person("Max", frozenset({Role.GROUP_MANAGER}), sites=frozenset())

    [denver, _] = completion_by_site(clinic.engine, manager, since=on(0), until=on(7))

    assert (denver.patients, denver.done) == (11, 0)
    assert denver.expected == 10 * 2 + 4
