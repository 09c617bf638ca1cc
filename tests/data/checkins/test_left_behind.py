"""A worrying answer reaches the clinic even where the form was never sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data.checkins.forms import open_link, save_answer
from data.checkins.left_behind import send_left_behind
from models.checkins.forms import Receipt
from models.tables import Assessment, CheckIn, Flag
from tests.clinic import audit_of, everything, only_row, rows_of
from tests.histories import on

HOUR = timedelta(hours=1)


def leave(asked, item_9):
    """Answer up to item 9, and put the telephone away."""
    token = asked.link().token
    asked.answer(token, *[1] * 8, item_9)
    return token


def test_it_is_recorded_for_the_moment_of_the_last_answer_and_raises_its_flag(asked):
    token = leave(asked, 2)
    answered_at = asked.clinic.now
    asked.clinic.now += HOUR

    assert send_left_behind(asked.engine) == 1

    [kept] = rows_of(asked.engine, Assessment, recorded_by="check-in")
    assert (kept.instrument, kept.total, kept.taken_at) == ("PHQ-9", 10, answered_at)
    flag = only_row(asked.engine, Flag)
    assert (flag.answer, flag.answered_on) == (2, on(7))
    submitted = audit_of(asked.engine)
    [line] = [each for each in submitted if each.detail.get("event") == "submitted"]
    assert line.detail["left_behind"] == "yes"
    assert isinstance(open_link(asked.engine, token), Receipt)
    assert send_left_behind(asked.engine) == 0


@pytest.mark.parametrize("item_9", [0, None])
def test_what_is_not_worrying_stays_theirs_to_send(asked, item_9):
    leave(asked, item_9)
    asked.clinic.now += HOUR
    before = everything(asked.engine)

    assert send_left_behind(asked.engine) == 0
    assert everything(asked.engine) == before


def test_within_the_hour_and_after_coming_back_it_waits(asked):
    token = leave(asked, 2)
    asked.clinic.now += HOUR - timedelta(seconds=1)
    assert send_left_behind(asked.engine) == 0
    save_answer(asked.engine, token, question="NRS-11:1", value=4)
    asked.clinic.now += timedelta(seconds=1)
    assert send_left_behind(asked.engine) == 0
    assert only_row(asked.engine, CheckIn).submitted_at is None


def test_several_workers_at_once_send_it_once(asked):
    leave(asked, 3)
    asked.clinic.now += HOUR

    with ThreadPoolExecutor(5) as threads:
        sent = list(threads.map(lambda _: send_left_behind(asked.engine), range(5)))

    assert sum(sent) == 1
    assert len(rows_of(asked.engine, Flag)) == 1
