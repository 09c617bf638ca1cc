"""What a telephone makes of what a site has written for its crisis line."""

from __future__ import annotations

import pytest

from models.checkins.crisis_lines import read_line

CALLS, TEXTS, BOTH = (True, False), (False, True), (True, True)


@pytest.mark.parametrize(
    ("written", "number", "takes"),
    [
        ("988", "988", BOTH),
        ("988 (24 hours)", "988", BOTH),
        ("988 or 911", "988", BOTH),
        ("(303) 555-0100", "3035550100", CALLS),
        ("+1 (303) 555-0100", "+13035550100", CALLS),
        ("call 303.555.0100, day or night", "3035550100", CALLS),
        ("Call 303-555-0100 or text 50808", "3035550100", CALLS),
        ("Text HOME to 741741", "741741", TEXTS),
        ("Envíe HOLA por mensaje al 741741", "741741", TEXTS),
        ("Call or text 303-555-0100", "3035550100", BOTH),
        ("(303) 555-0100 <b>day</b>", "3035550100", CALLS),
    ],
)
def test_the_first_number_is_for_what_the_words_before_it_say(written, number, takes):
    line = read_line(written)
    assert (line.number, (line.takes_calls, line.takes_texts)) == (number, takes)


@pytest.mark.parametrize("written", ["Ask at the desk", "javascript:alert(1)", "24 h", "", None])
def test_without_a_number_there_is_nothing_to_press(written):
    line = read_line(written)
    assert (line.number, line.takes_calls, line.takes_texts) == ("", False, False)
