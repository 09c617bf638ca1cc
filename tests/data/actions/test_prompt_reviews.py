"""Putting prompts aside: by name, with a reason, never about safety, and nobody over another."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from data.actions.policies import set_policy
from data.actions.prompt_reviews import LONGEST, bring_back, mark_seen, snooze
from data.policies import PROMPTS
from data.queries.morning import read_morning
from data.queries.work import Work, read_work
from models.errors import Conflict, Refused
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import OF_SAFETY, Prompt, PromptRules
from models.policy import OPERATOR, Denied, Operation, Person, Role
from models.tables import PromptReview
from tests.clinic import LOST, audit_of, rows_of
from tests.histories import on


@pytest.fixture
def lost(clinic):
    clinic.set_day(30)
    clinic.register("P-1", records=LOST)
    return clinic


def look(clinic, day=30):
    clinic.set_day(day)
    return read_morning(clinic.engine, OPERATOR, today=on(day))


def shown(row):
    """Return what a form knows of the line it was opened on."""
    return {
        "patient_id": row.patient_id,
        "seen_review": row.review.review_id if row.review else None,
        "prompts": row.reasons or row.aside,
        "evidence": row.evidence,
    }


def test_seen_hides_until_there_is_a_new_score(lost):
    [row] = look(lost).rows
    mark_seen(lost.engine, lost.anna, **shown(row), reason=" Rang  them. ")

    found = look(lost, 40)
    assert found.rows == ()
    [aside] = found.aside
    assert (aside.aside, aside.review.recorded_by, aside.review.reason) == (
        (Prompt.LOST,),
        "Anna",
        "Rang them.",
    )

    lost.set_day(41)
    lost.score(row.patient_id, Moment(on(41)), 17)
    assert [it.code for it in look(lost, 41).rows] == ["P-1"]


def test_a_score_that_came_while_the_form_was_open_brings_the_line_back_at_once(lost):
    [row] = look(lost).rows
    lost.score(row.patient_id, Moment(on(30)), 17)
    mark_seen(lost.engine, lost.anna, **shown(row), reason="Booked")

    assert [it.code for it in look(lost).rows] == ["P-1"]


def test_snoozed_comes_back_on_the_day_whatever_the_scores(lost):
    [row] = look(lost).rows
    snooze(lost.engine, lost.anna, **shown(row), until=on(40), reason="Booked")
    lost.set_day(35)
    lost.score(row.patient_id, Moment(on(35)), 17)

    assert [bool(look(lost, day).rows) for day in (30, 39, 40)] == [False, False, True]


def test_a_new_kind_of_reason_and_a_flag_come_through(lost):
    [row] = look(lost).rows
    snooze(lost.engine, lost.anna, **shown(row), until=on(58), reason="Booked")
    lost.set_day(35)
    lost.score(row.patient_id, Moment(on(35)), 17, safety_answer=1)

    [back] = look(lost, 35).rows

    assert (back.reasons, back.aside) == ((Prompt.SAFETY,), (Prompt.LOST,))


def test_what_was_put_aside_is_brought_back(lost):
    [row] = look(lost).rows
    mark_seen(lost.engine, lost.anna, **shown(row), reason="Booked")
    [aside] = look(lost).aside

    bring_back(
        lost.engine, lost.bert, patient_id=row.patient_id, seen_review=aside.review.review_id
    )

    [again] = look(lost).rows
    assert again.review.recorded_by == "Bert"
    with pytest.raises(Refused, match="Nothing is put aside"):
        bring_back(
            lost.engine, lost.anna, patient_id=row.patient_id, seen_review=again.review.review_id
        )


@pytest.mark.parametrize("prompt", sorted(OF_SAFETY))
def test_a_worry_about_safety_is_never_put_aside(lost, prompt):
    [row] = look(lost).rows
    wrong = {**shown(row), "prompts": (Prompt.LOST, prompt), "reason": "Known"}

    with pytest.raises(Refused, match="cannot be put aside"):
        mark_seen(lost.engine, lost.anna, **wrong)
    with pytest.raises(Refused, match="cannot be put aside"):
        snooze(lost.engine, lost.anna, **wrong, until=on(35))
    assert rows_of(lost.engine, PromptReview) == []


@pytest.mark.parametrize(("until", "is_fine"), [(30, False), (31, True), (58, True), (59, False)])
def test_a_prompt_is_snoozed_to_tomorrow_at_least_and_at_most_as_far_as_the_clinic_allows(
    lost, until, is_fine
):
    [row] = look(lost).rows
    said = {**shown(row), "until": on(until), "reason": "Booked"}
    if is_fine:
        assert snooze(lost.engine, lost.anna, **said)
        return
    with pytest.raises(Refused, match="choose a day from tomorrow to 04 Mar 2026"):
        snooze(lost.engine, lost.anna, **said)


def test_how_far_is_the_clinics_own_rule(lost):
    set_policy(lost.engine, OPERATOR, PROMPTS, PromptRules(snooze_days=3), reason="Shorter")
    [row] = look(lost).rows

    with pytest.raises(Refused):
        snooze(lost.engine, lost.anna, **shown(row), until=on(34), reason="Booked")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * (LONGEST + 1)])
def test_without_a_reason_nothing_is_put_aside(lost, reason):
    [row] = look(lost).rows
    with pytest.raises(Refused, match="say why"):
        mark_seen(lost.engine, lost.anna, **shown(row), reason=reason)


def test_nobody_else_may(lost):
    [row] = look(lost).rows
    manager = Person("Max", frozenset({Role.SITE_MANAGER}), frozenset({lost.denver}))
    for person in (lost.pia, manager):
        with pytest.raises(Denied):
            mark_seen(lost.engine, person, **shown(row), reason="Booked")
        with pytest.raises(Denied):
            snooze(lost.engine, person, **shown(row), until=on(35), reason="Booked")
        with pytest.raises(Denied):
            bring_back(lost.engine, person, patient_id=row.patient_id, seen_review=None)


def test_the_second_of_two_is_told_what_the_first_did(lost):
    [row] = look(lost).rows
    snooze(lost.engine, lost.anna, **shown(row), until=on(40), reason="Booked")

    with pytest.raises(Conflict) as told:
        mark_seen(lost.engine, lost.bert, **shown(row), reason="Rang them")

    assert str(told.value) == (
        "Meanwhile these prompts were snoozed until 14 Feb 2026 by Anna: Booked"
    )
    assert [it.recorded_by for it in rows_of(lost.engine, PromptReview)] == ["Anna"]


def test_of_two_at_the_very_same_moment_one_is_kept_and_one_is_told(lost):
    [row] = look(lost).rows
    start, outcomes = Barrier(2), []

    def put_aside(person):
        start.wait()
        try:
            mark_seen(lost.engine, person, **shown(row), reason=f"Seen by {person.name}")
            outcomes.append("kept")
        except Conflict:
            outcomes.append("told")

    threads = [Thread(target=put_aside, args=(each,)) for each in (lost.anna, lost.bert)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["kept", "told"]
    assert len(rows_of(lost.engine, PromptReview)) == 1


def test_the_audit_names_the_deed_and_the_kinds_but_no_reason(lost):
    [row] = look(lost).rows
    mark_seen(lost.engine, lost.anna, **shown(row), reason="Her mother rang")

    [line] = [it for it in audit_of(lost.engine) if it.operation == Operation.REVIEW_PROMPT]

    assert (line.person, line.patient_id) == ("Anna", row.patient_id)
    assert line.detail == {"action": "seen", "prompts": ["lost"]}


def test_work_is_counted_by_person_for_whoever_may_read_the_list(lost):
    other = lost.register("P-2", records=LOST)
    away = lost.register("X-1", site=lost.phoenix, records=LOST)
    rows = {row.patient_id: row for row in look(lost).rows}
    mark_seen(lost.engine, lost.anna, **shown(rows[other]), reason="Booked")
    mark_seen(lost.engine, lost.pia, **shown(rows.pop(away)), reason="Booked")
    [row] = [it for it in look(lost).rows if it.patient_id != other]
    snooze(lost.engine, lost.anna, **shown(row), until=on(35), reason="Booked")
    since = lost.now - timedelta(days=28)

    assert read_work(lost.engine, lost.bert, since=since) == (Work("Anna", seen=1, snoozed=1),)
    assert read_work(lost.engine, OPERATOR, since=since, site_id=lost.phoenix) == (
        Work("Pia", seen=1),
    )
    assert read_work(lost.engine, lost.bert, since=lost.now + timedelta(seconds=1)) == ()
    with pytest.raises(Denied):
        read_work(
            lost.engine,
            Person("Max", frozenset({Role.SITE_MANAGER}), frozenset({lost.denver})),
            since=since,
        )
