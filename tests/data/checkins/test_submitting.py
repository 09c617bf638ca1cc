"""Submitting: one transaction, once, whatever happens in between or at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.actions.checkin_links import make_link
from data.actions.crisis_texts import set_crisis_text
from data.actions.results import refresh_results
from data.actions.site_contacts import set_site_contact
from data.checkins.forms import LinkOver, open_link, open_own, read_receipt, save_answer, submit
from data.clock import today
from models.checkins.forms import CRISIS_PHONE, CRISIS_TEXT
from models.errors import Refused
from models.flags import FlagRule
from models.policy import OPERATOR
from models.tables import Assessment, CheckIn, CheckInLink, Flag, Standing
from tests.clinic import audit_of, everything, only_row, rows_of
from tests.data.test_durability import FailAt, Failure
from tests.histories import on

ROOT = Path(__file__).resolve().parents[3]
AT_ONCE = 20


def recorded(asked):
    return {
        row.instrument: row
        for row in rows_of(asked.engine, Assessment)
        if row.recorded_by == "check-in"
    }


def test_each_instrument_becomes_an_assessment_as_if_staff_had_entered_it(asked):
    token = asked.link().token
    asked.answer(token, 0, 1, 2, 3, 0, 1, 2, 3, 0, 6)

    receipt = submit(asked.engine, token)

    found = recorded(asked)
    assert {code: row.total for code, row in found.items()} == {"PHQ-9": 12, "NRS-11": 6}
    assert found["PHQ-9"].items == [0, 1, 2, 3, 0, 1, 2, 3, 0]
    assert {row.mode for row in found.values()} == {"link"}
    assert {row.taken_on for row in found.values()} == {on(7)}
    assert {row.taken_at for row in found.values()} == {asked.clinic.now}
    assert only_row(asked.engine, CheckIn).submitted_at == asked.clinic.now
    assert only_row(asked.engine, CheckInLink).used_at == asked.clinic.now
    assert only_row(asked.engine, Standing).last_assessed_on == on(7)
    assert refresh_results(asked.engine, OPERATOR)[1] == 0
    assert (receipt.asked, receipt.answered) == (10, 10)
    assert f"{receipt.saved_at:%H:%M %Z}" == "11:00 MST"
    assert receipt.next_due_on == on(14)
    assert not receipt.needs_support


def test_the_audit_says_who_did_what_and_never_what_was_said(asked):
    token = asked.link().token
    asked.answer(token, *[3] * 9, 9)
    submit(asked.engine, token)

    lines = [line for line in audit_of(asked.engine) if line.operation == "answer_checkin"]
    assert [line.detail.get("event") for line in lines] == ["opened", None, None, "submitted"]
    assert {(line.person, line.role, line.patient_id) for line in lines} == {
        ("check-in", "patient", asked.patient_id)
    }
    assert lines[-1].record_id == only_row(asked.engine, CheckIn).checkin_id
    assert set(lines[-1].detail) == {"event", "mode", "instruments"}
    made = [line for line in audit_of(asked.engine) if line.operation == "plan_checkins"]
    assert [(line.person, line.detail["made"]) for line in made] == [("Anna", "link")]


@pytest.mark.parametrize(
    ("item_9", "is_shown", "flags"), [(0, False, 0), (1, True, 1), (3, True, 1), (None, True, 0)]
)
def test_item_9_above_zero_or_left_blank_shows_support(asked, item_9, is_shown, flags):
    token = asked.link().token
    asked.answer(token, *[1] * 8, item_9, 2)

    receipt = submit(asked.engine, token)

    assert receipt.needs_support is is_shown
    assert (receipt.support.body, receipt.support.phone) == (CRISIS_TEXT, CRISIS_PHONE)
    assert len(rows_of(asked.engine, Flag)) == flags
    answer = recorded(asked)["PHQ-9"]
    assert answer.safety_answer == item_9
    assert answer.total == (9 if item_9 is None else 8 + item_9)
    assert only_row(asked.engine, Standing).safety_blank_on == (on(7) if item_9 is None else None)


def test_the_sites_own_words_are_shown_to_somebody_in_danger(asked):
    set_crisis_text(
        asked.engine,
        OPERATOR,
        site_id=asked.clinic.denver,
        seen_revision=0,
        body="Call our line.",
        phone="303",
    )
    token = asked.link().token
    assert asked.form(token).support.body == "Call our line."
    asked.answer(token, *[1] * 9)

    support = submit(asked.engine, token).support

    assert (support.body, support.phone, support.is_own) == ("Call our line.", "303", True)


def test_too_few_answers_make_no_total_and_the_rest_is_kept(asked):
    token = asked.link().token
    asked.answer(token, 1, None, None, None, 1)

    receipt = submit(asked.engine, token)

    [kept] = recorded(asked).values()
    assert (kept.instrument, kept.total, kept.items[:5]) == (
        "PHQ-9",
        None,
        [1, None, None, None, 1],
    )
    assert (receipt.asked, receipt.answered, receipt.points) == (10, 2, {})
    assert receipt.needs_support


def test_a_form_left_blank_on_purpose_is_submitted_and_says_item_9_was_not_answered(asked):
    token = asked.link().token
    asked.answer(token, *[None] * 10)

    receipt = submit(asked.engine, token)

    [kept] = recorded(asked).values()
    assert (kept.items, kept.total, kept.safety_answer) == ([None] * 9, None, None)
    assert only_row(asked.engine, Standing).safety_blank_on == on(7)
    assert (receipt.answered, receipt.needs_support) == (0, True)
    assert refresh_results(asked.engine, OPERATOR)[1] == 0


def test_nothing_answered_at_all_is_not_submitted(asked):
    token = asked.link().token
    asked.form(token)

    with pytest.raises(Refused, match="Nothing has been answered yet"):
        submit(asked.engine, token)

    assert only_row(asked.engine, CheckInLink).used_at is None


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_twenty_submits_at_once_are_one_record_and_twenty_equal_receipts(asked, is_signed_in):
    token = asked.link().token
    asked.answer(token, *[2] * 9, 5)
    key = asked.form(token).key
    who = asked.person if is_signed_in else token

    with ThreadPoolExecutor(AT_ONCE) as threads:
        running = [threads.submit(submit, asked.engine, who, key=key) for _ in range(AT_ONCE)]
        receipts = [each.result() for each in running]

    assert receipts == [receipts[0]] * AT_ONCE
    assert receipts[0].answered == 10
    assert sorted(recorded(asked)) == ["NRS-11", "PHQ-9"]
    assert len(rows_of(asked.engine, Assessment)) == 3  # these two, and the one before treatment
    assert len(rows_of(asked.engine, Flag)) == 1
    submitted = [x for x in audit_of(asked.engine) if x.detail.get("event") == "submitted"]
    assert len(submitted) == 1


def test_a_link_and_somebody_signed_in_at_once_are_one_record(asked):
    tokens = [asked.link().token for _ in range(5)]
    asked.answer(tokens[0], *[2] * 9, 5)
    key = asked.form(tokens[0]).key

    with ThreadPoolExecutor(AT_ONCE) as threads:
        whose = [*tokens, asked.person] * 3
        running = [threads.submit(submit, asked.engine, who, key=key) for who in whose]
        saved = {each.result().saved_at for each in running}

    assert len(saved) == 1
    assert len(recorded(asked)) == 2
    assert all(row.used_at is not None for row in rows_of(asked.engine, CheckInLink))


def test_answers_saved_at_once_are_all_kept(asked):
    token = asked.link().token
    questions = [question.key for question in asked.form(token).questions]

    def save(question):
        save_answer(asked.engine, token, question=question, value=1)

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(save, questions))

    assert [question.answer for question in asked.form(token).questions] == [1] * 10


def test_submitted_once_nothing_said_later_is_recorded_again(asked):
    token = asked.link().token
    asked.answer(token, *[2] * 9, 5)
    first = submit(asked.engine, token)
    before = everything(asked.engine)

    assert submit(asked.engine, token) == first == read_receipt(asked.engine, token)
    assert open_own(asked.engine, asked.person) is None
    asked.clinic.now = asked.clinic.now.replace(day=25)
    assert submit(asked.engine, token).is_bare
    assert everything(asked.engine) == before


def test_a_rule_of_the_clinics_own_shows_support_too(asked):
    write_to(asked, FlagRule(name="strong pain", instrument="NRS-11", total_at_least=8))
    token = asked.link().token
    asked.answer(token, *[0] * 9, 8)

    receipt = submit(asked.engine, token)

    assert receipt.needs_support
    assert only_row(asked.engine, Flag).kind == "strong pain"


def write_to(asked, *rules):
    """Give the clinic an address for its flags, and rules of its own."""
    set_site_contact(
        asked.engine,
        OPERATOR,
        site_id=asked.clinic.denver,
        seen_revision=0,
        flag_mail="flags@example.org",
        rules=rules,
    )


def test_a_failure_at_any_statement_leaves_all_as_it_was(asked):
    write_to(asked)
    token = asked.link().token
    asked.answer(token, *[2] * 9, 5)
    before = everything(asked.engine)
    failed: list[str] = []
    for number in range(1, 200):
        with FailAt(asked.engine, number):
            try:
                submit(asked.engine, token)
            except Failure as failure:
                failed.append(str(failure))
            else:
                break
        assert everything(asked.engine) == before, f"after a failure at {failed[-1]}"

    wrote = {sql.split()[2] for sql in failed if sql.startswith("INSERT")}
    assert {"assessments", "flags", "outgoing_messages", "audit_lines"} <= wrote
    assert any(sql.startswith("UPDATE checkin_links") for sql in failed)
    assert any(sql.startswith("UPDATE checkins") for sql in failed)
    assert failed[-1] == "COMMIT"
    assert len(recorded(asked)) == 2
    assert len(rows_of(asked.engine, Flag)) == 1


def test_a_link_that_expires_between_opening_and_submitting_submits_nothing(asked, monkeypatch):
    token = asked.link().token
    asked.answer(token, *[2] * 9, 5)
    expires_at = only_row(asked.engine, CheckInLink).expires_at
    asked.clinic.now = expires_at
    before = everything(asked.engine)
    monkeypatch.setattr("data.checkins.filling.is_live", lambda link: True)

    with pytest.raises(LinkOver):
        submit(asked.engine, token)

    assert everything(asked.engine) == before


# Saves one answer after the other and says so only when the database has said so.
WRITER = """
import sys
from data.checkins.forms import save_answer
from data.database import configured_engine

token, first = sys.argv[1], int(sys.argv[2])
for number in range(first, first + 100_000):
    question, value = f"PHQ-9:{number % 9 + 1}", number // 9 % 4
    save_answer(configured_engine(), token, question=question, value=value)
    print(number, flush=True)
"""
ACKNOWLEDGED = 40


def save_until_killed(url: str, token: str, first: int) -> int:
    """Let a process save answers and kill it; return the last one it said was saved."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, token, str(first)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(ACKNOWLEDGED)]
        writer.kill()
        lines += writer.stdout.readlines()
    assert writer.returncode == -signal.SIGKILL
    return int([line for line in lines if line.endswith("\n")][-1])


def answers_after(last: int) -> dict[str, int]:
    return {str(number % 9 + 1): number // 9 % 4 for number in range(last + 1)}


def test_a_process_killed_while_saving_loses_no_answer_it_acknowledged(clinic, migrated_url):
    clinic.now = datetime.now(UTC)  # the process that is killed has the real clock
    patient = clinic.register("P-1")
    due_on = today("America/Denver")
    token = make_link(clinic.engine, clinic.anna, patient_id=patient, due_on=due_on).token
    assert open_link(clinic.engine, token) is not None
    next_one = 0
    for _ in range(3):
        last = save_until_killed(migrated_url, token, next_one)
        kept = only_row(clinic.engine, CheckIn).answers["PHQ-9"]
        # It may have been killed after one more was kept and before it could tell.
        assert kept in (answers_after(last), answers_after(last + 1))
        next_one = last + 1

    assert next_one >= 3 * ACKNOWLEDGED
    assert submit(clinic.engine, token).answered == 9
