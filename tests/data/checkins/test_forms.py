"""Filling in a form: what it shows, what it keeps, where it goes on, and what it never says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data.checkins.forms import (
    AlreadySubmitted,
    LinkOver,
    open_link,
    open_own,
    read_receipt,
    save_answer,
    save_extras,
    submit,
)
from models.checkins.forms import CHIPS, CRISIS_TEXT, OpenForm, Receipt
from models.errors import AnswerOutOfRange, NotFound, Refused
from models.policy import Denied, Person, Role
from models.tables import Assessment, CheckIn, CheckInLink
from tests.checkins import ask, patient_person
from tests.clinic import NOBODY, audit_of, everything, only_row, rows_of
from tests.histories import on


def answers_of(form):
    return [question.answer for question in form.questions if question.is_answered]


def test_a_form_asks_one_question_a_screen_in_order(asked):
    form = asked.form(asked.link().token)

    assert [q.key for q in form.questions] == [*(f"PHQ-9:{n}" for n in range(1, 10)), "NRS-11:1"]
    assert [(q.position, q.of) for q in form.questions] == [(n, 10) for n in range(1, 11)]
    first, last = form.questions[0], form.questions[-1]
    assert first.text == "Little interest or pleasure in doing things?"
    assert first.stem.startswith("Over the last 2 weeks")
    assert first.options[0] == (0, "Not at all")
    assert "Pfizer" in first.notice
    assert last.options[-1] == (10, "10 (the worst pain you can imagine)")
    assert not any(q.is_answered or q.answer is not None for q in form.questions)
    assert (form.due_on, form.mode, form.is_extra, form.resume_at) == (on(7), "link", False, 1)


def test_a_form_holds_no_name_no_number_and_no_score(clinic):
    asked = ask(clinic, name="Ada Lovelace")
    shown = repr(asked.form(asked.link().token))

    assert "Ada" not in shown
    assert "P-1" not in shown
    assert str(asked.patient_id) not in shown


def test_looking_uses_nothing_up_and_begins_the_form_once(asked):
    link = asked.link()
    first = asked.form(link.token)
    before = everything(asked.engine)

    assert all(asked.form(link.token) == first for _ in range(5))
    assert everything(asked.engine) == before
    opened = [line for line in audit_of(asked.engine) if line.detail.get("event") == "opened"]
    assert [(line.person, line.patient_id) for line in opened] == [("check-in", asked.patient_id)]


def test_ten_who_look_at_once_begin_one_form(asked):
    links = [asked.link().token for _ in range(10)]

    with ThreadPoolExecutor(10) as threads:
        forms = list(threads.map(asked.form, links))

    assert len({form.key for form in forms}) == 1
    opened = [line for line in audit_of(asked.engine) if line.detail.get("event") == "opened"]
    assert len(opened) == 1


def test_each_answer_is_kept_at_once_and_may_be_changed(asked):
    token = asked.link().token
    asked.form(token)
    for value in (0, 3, None, 2):
        save_answer(asked.engine, token, question="PHQ-9:1", value=value)
        question = asked.form(token).questions[0]
        assert (question.is_answered, question.answer) == (True, value)

    assert only_row(asked.engine, CheckIn).answers == {"PHQ-9": {"1": 2}}
    assert rows_of(asked.engine, Assessment, mode="link") == []


def test_to_rather_not_say_is_an_answer_and_not_a_zero(asked):
    token = asked.link().token
    asked.answer(token, 1, None)

    form = asked.form(token)
    assert form.resume_at == 3
    assert answers_of(form) == [1, None]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("PHQ-9:1", 4),
        ("PHQ-9:1", -1),
        ("PHQ-9:1", True),
        ("PHQ-9:1", "2"),
        ("PHQ-9:1", 1.0),
        ("PHQ-9:0", 1),
        ("PHQ-9:10", 1),
        ("GAD-7:1", 1),
        ("NRS-11:1", 11),
        ("'; drop table checkins", 1),
        ("", 1),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_is_no_answer_is_refused_and_changes_nothing(asked, question, value):
    token = asked.link().token
    asked.form(token)
    before = everything(asked.engine)

    with pytest.raises(AnswerOutOfRange):
        save_answer(asked.engine, token, question=question, value=value)

    assert everything(asked.engine) == before


def test_a_form_goes_on_by_another_link_and_signed_in(asked):
    first = asked.link().token
    asked.answer(first, 1, 2)
    second = asked.link().token
    asked.answer(second, 1, 2, 3)

    form = open_own(asked.engine, asked.person)

    assert isinstance(form, OpenForm)
    assert (answers_of(form), form.resume_at, form.expires_at) == ([1, 2, 3], 4, None)
    save_answer(asked.engine, asked.person, key=form.key, question="PHQ-9:4", value=0)
    assert answers_of(asked.form(first)) == [1, 2, 3, 0]
    assert len(rows_of(asked.engine, CheckIn)) == 1


def test_extras_are_kept_in_our_order_and_replace_earlier_ones(asked):
    token = asked.link().token
    asked.form(token)
    save_extras(asked.engine, token, chips=["unwell"], note="  a cold  ")
    save_extras(asked.engine, token, chips=["good_news", "poor_sleep"], note="<b>better</b>\x00")

    form = asked.form(token)
    assert form.chips == ("poor_sleep", "good_news")
    assert form.note == "<b>better</b>"
    assert set(form.chips) < set(CHIPS)


@pytest.mark.parametrize(("chips", "note"), [(["gossip"], ""), ([], "x" * 501)])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_other_chips_and_longer_notes_are_refused(asked, chips, note):
    token = asked.link().token
    asked.form(token)
    with pytest.raises(Refused):
        save_extras(asked.engine, token, chips=chips, note=note)
    assert only_row(asked.engine, CheckIn).note is None


# --- links that are over ------------------------------------------------------------------------


def test_an_expired_link_and_one_that_never_was_get_the_same_words(asked):
    token = asked.link().token
    asked.answer(token, 1, 2)
    asked.clinic.now += timedelta(hours=72)
    before = everything(asked.engine)

    for dead in (token, "x" * 43, "", "\ud800"):
        assert open_link(asked.engine, dead) is None
        for act in (
            lambda dead=dead: save_answer(asked.engine, dead, question="PHQ-9:3", value=1),
            lambda dead=dead: save_extras(asked.engine, dead, chips=[], note=""),
            lambda dead=dead: submit(asked.engine, dead),
            lambda dead=dead: read_receipt(asked.engine, dead),
        ):
            with pytest.raises(LinkOver, match=r"What you have answered is kept\."):
                act()

    assert everything(asked.engine) == before
    assert answers_of(asked.form(asked.link().token)) == [1, 2]


def test_a_link_lasts_to_its_last_second(asked):
    token = asked.link().token
    asked.clinic.now += timedelta(hours=72) - timedelta(seconds=1)

    asked.answer(token, 1)

    assert submit(asked.engine, token).answered == 1


def test_a_used_link_shows_a_receipt_that_says_nothing_of_the_answers(asked):
    token = asked.link().token
    asked.answer(token, *[3] * 9, 7)
    whole = submit(asked.engine, token)
    asked.clinic.now += timedelta(minutes=15)

    bare = open_link(asked.engine, token)

    assert whole.needs_support
    assert whole.points["NRS-11"] == ((on(7), 7.0),)
    assert isinstance(bare, Receipt)
    assert (bare.is_bare, bare.points, bare.answered, bare.needs_support) == (True, {}, 0, False)
    assert (bare.saved_at, bare.next_due_on) == (whole.saved_at, whole.next_due_on)
    assert bare.support.body == CRISIS_TEXT
    with pytest.raises(AlreadySubmitted):
        save_answer(asked.engine, token, question="PHQ-9:1", value=0)


def test_a_link_shows_no_history_and_whoever_signs_in_sees_their_own(asked):
    token = asked.link().token
    asked.answer(token, *[1] * 9, 4)

    on_the_link = submit(asked.engine, token)

    assert on_the_link.points["PHQ-9"] == ((on(7), 9.0),)
    signed_in = read_receipt(asked.engine, asked.person, key=on_the_link.key)
    assert signed_in.points["PHQ-9"] == ((on(-1), 20.0), (on(7), 9.0))


# --- signed in ----------------------------------------------------------------------------------


def test_nothing_is_due_until_it_is_but_an_extra_form_may_be_filled_in_once_a_day(asked):
    asked.clinic.set_day(6)
    assert open_own(asked.engine, asked.person) is None
    assert rows_of(asked.engine, CheckIn) == []

    extra = open_own(asked.engine, asked.person, extra=True)

    assert isinstance(extra, OpenForm)
    assert (extra.is_extra, extra.due_on) == (True, on(6))
    assert open_own(asked.engine, asked.person) == extra
    save_answer(asked.engine, asked.person, key=extra.key, question="PHQ-9:1", value=1)
    receipt = submit(asked.engine, asked.person, key=extra.key)
    assert receipt.next_due_on == on(7)
    assert open_own(asked.engine, asked.person) is None
    assert open_own(asked.engine, asked.person, extra=True) == receipt
    asked.clinic.set_day(7)
    assert open_own(asked.engine, asked.person).due_on == on(7)


def test_a_form_begun_before_midnight_may_be_finished_after_its_window(asked):
    asked.clinic.set_day(13)
    form = open_own(asked.engine, asked.person)
    save_answer(asked.engine, asked.person, key=form.key, question="PHQ-9:1", value=1)
    asked.clinic.set_day(14)

    assert open_own(asked.engine, asked.person).due_on == on(14)
    save_answer(asked.engine, asked.person, key=form.key, question="PHQ-9:2", value=1)
    assert submit(asked.engine, asked.person, key=form.key).due_on == on(7)


def test_a_form_begun_days_ago_is_not_finished_any_more(asked):
    form = open_own(asked.engine, asked.person)
    asked.clinic.now += timedelta(hours=72)

    with pytest.raises(Refused, match="begun too long ago"):
        submit(asked.engine, asked.person, key=form.key)


def test_somebody_elses_check_in_is_not_found_and_others_may_not_answer(asked):
    form = open_own(asked.engine, asked.person)
    other = asked.clinic.register("P-2")
    before = everything(asked.engine)

    for key in (form.key, "no key", None, "0" * 32):
        stranger = patient_person(other, "Eve")
        with pytest.raises(NotFound, match=r"There is no such check-in\."):
            save_answer(asked.engine, stranger, key=key, question="PHQ-9:1", value=1)
        with pytest.raises(NotFound):
            submit(asked.engine, stranger, key=key)
    staff_too = Person("Dr", frozenset({Role.CLINICIAN}), sites=None, patient_id=asked.patient_id)
    for person in (NOBODY, asked.clinic.anna, staff_too):
        with pytest.raises(Denied):
            open_own(asked.engine, person)
        with pytest.raises(Denied):
            submit(asked.engine, person, key=form.key)

    assert everything(asked.engine) == before


def test_a_link_stays_of_its_own_form_when_a_key_of_another_is_given(asked):
    other = asked.clinic.register("P-2", site=asked.clinic.denver)
    theirs = open_own(asked.engine, patient_person(other), extra=True)
    token = asked.link().token
    asked.answer(token, 1)

    assert submit(asked.engine, token, key=theirs.key).due_on == on(7)
    [submitted] = [row for row in rows_of(asked.engine, CheckIn) if row.submitted_at]
    assert submitted.patient_id == asked.patient_id
    assert all(row.used_at for row in rows_of(asked.engine, CheckInLink))
