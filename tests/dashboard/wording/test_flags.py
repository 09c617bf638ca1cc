"""How long flags wait, in words that agree with how many there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.wording.flags import first_action
from data.queries.first_action import FirstAction


@pytest.mark.parametrize(
    ("flags", "waiting", "median", "said"),
    [
        (1, 1, None, "at least half still wait for somebody, over the last 90 days (1 flag, of "
            "which 1 waits for somebody still)"),
        (9, 2, timedelta(hours=3), "median 3 h, over the last 90 days (9 flags, of which 2 wait "
            "for somebody still)"),
        (4, 0, timedelta(hours=3), "median 3 h, over the last 90 days (4 flags)"),
    ],
)  # fmt: skip
def test_first_actions_are_told_with_their_number(flags, waiting, median, said):
    assert said in first_action(FirstAction(None, flags, waiting, median), days=90)


def test_where_no_flag_was_raised_nothing_is_said():
    assert first_action(FirstAction(None, 0, 0, None), days=90) == ""
