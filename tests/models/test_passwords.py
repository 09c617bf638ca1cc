"""Forty passwords, what is said of each, and why it should be so: a table to be reviewed."""

from __future__ import annotations

import pytest

from models.passwords import (
    COMMON,
    GUESSABLE,
    HALF_A_CHARACTER,
    MAX,
    MIN_ALONE,
    MIN_WITH_SECOND_FACTOR,
    REPEATED,
    RUN,
    find_weakness,
    normalise,
)

CONTEXT = ("Front Range Wellness", "Denver", "Mara O'Neill", "mara.oneill@frontrange.example")
BLOCKLIST = frozenset({
    "iloveyou1234567", "correcthorsebatterystaple", "Trustno1Trustno2", "mypasswordisgood",
})  # fmt: skip
WIDE = "".join(chr(ord(char) + 0xFEE0) for char in "mypasswordisgood")
SHORT = "Use at least 15 characters"
LONG = "Use at most 128 characters"

ALONE = [
    # password, what is said of it, why
    ("", SHORT, "nothing"),
    ("kobalt tasse 9", SHORT, "one character short"),
    ("kobalt tasse 93", None, "exactly long enough"),
    ("Xk9#mQ2$vL7!pR", SHORT, "signs and digits make up for no length"),
    ("lantern gravel mostly oboe", None, "words, small letters only: nothing else is required"),
    ("LANTERN GRAVEL MOSTLY OBOE", None, "capitals only"),
    ("8304 1179 5526 0937", None, "digits only, not in a row"),
    ("!%)=$&?(+*#;:/{]", None, "signs only"),
    ("  lantern gravel  ", None, "spaces at both ends are characters as well"),
    ("tab\tand\nline end", None, "what a password manager pastes"),
    ("grünes Fahrrad, Öl", None, "letters with marks"),
    ("зимний вечер на реке", None, "another script"),
    ("海辺の静かな朝に珈琲を飲む人たち", None, "a script without spaces"),
    ("🦊🪵🧊🎺🥝🚲🪁🧵🌋🦉🍄🧭🪴🛶🧲", None, "fifteen pictures"),
    ("e\u0301" * 14, SHORT, "fourteen letters, whose accents are not counted apart"),
    ("x9 lantern gravel " * 7 + "ab", None, "128 characters, and the group said again is long"),
    ("x9 lantern gravel " * 7 + "abc", LONG, "129 characters"),
    ("lantern \ud83e gravel mostly", HALF_A_CHARACTER, "half of a picture cannot be stored"),
    ("iloveyou1234567", COMMON, "on the list"),
    ("ILoveYou1234567", COMMON, "on the list but for its capitals"),
    ("Trustno1Trustno2", COMMON, "on the list with its capitals"),
    ("correct horse battery staple", COMMON, "on the list but for its spaces"),
    (WIDE, COMMON, "on the list in wide letters"),
    ("correct horse battery stapler", None, "only resembles one on the list"),
    ("FrontRange2026!", GUESSABLE, "the clinic and a year"),
    ("Front-Range-Wellness-Denver", GUESSABLE, "all names there are"),
    ("mara.oneill.1984", GUESSABLE, "the sign-in name and a year"),
    ("MaraMaraMara1234", GUESSABLE, "the first name three times"),
    ("k.e.t.a.m.i.n.e.2.0.2.6", GUESSABLE, "signs between letters hide nothing"),
    ("Ketamine#Ketamine#1", GUESSABLE, "the drug"),
    ("afterglow-password-1", GUESSABLE, "the program"),
    ("passwordAbcde12345", GUESSABLE, "five letters of one's own"),
    ("passwordAxolotl12345", None, "six and more letters of one's own"),
    ("mara likes gravel roads", None, "a name among other words"),
    ("aaaaaaaaaaaaaaaaaaaa", REPEATED, "one character"),
    ("Abc!aBc!abC!abc!A", REPEATED, "a short group, whatever its capitals"),
    ("gravelroadgravelroad", REPEATED, "ten characters said twice are ten"),
    ("abcdefghijklmno", RUN, "the alphabet"),
    ("123456789012345", RUN, "digits in a row, round the corner"),
    ("qwertyuiopasdfghjkl", RUN, "rows of keys"),
    ("987654321zyxwvu", RUN, "backwards"),
    ("aaaaabbbbbcccccd", RUN, "each letter a few times"),
]


@pytest.mark.parametrize(
    ("password", "said"), [row[:2] for row in ALONE], ids=[r[2] for r in ALONE]
)
def test_what_is_said_of_a_password(password, said):
    found = find_weakness(password, context=CONTEXT, blocklist=BLOCKLIST, least=MIN_ALONE)
    assert found is None if said is None else (found or "").startswith(said)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("kobalt tass", "Use at least 12 characters: this has 11."),
        ("kobalt tasse", None),
        ("kobaltkobalt", REPEATED),
        ("kobalt tasse" * 2, None),  # twice what is long enough once
        ("qwertyuiopas", RUN),
    ],
)
def test_with_a_second_factor_twelve_do(password, said):
    found = find_weakness(password, context=(), blocklist=(), least=MIN_WITH_SECOND_FACTOR)
    assert found is None if said is None else (found or "").startswith(said)


def test_no_sentence_repeats_what_was_typed():
    for password, *_ in ALONE:
        said = find_weakness(password, context=CONTEXT, blocklist=BLOCKLIST, least=MIN_ALONE)
        assert said is None or len(password) < 8 or password not in said


@pytest.mark.parametrize("context", [(), ("",), ("-", "12"), ("A. B.", "of")])
def test_names_without_letters_or_very_short_take_nothing_away(context):
    password = "lantern of a b gravel"
    assert find_weakness(password, context=context, blocklist=(), least=MIN_ALONE) is None


def test_a_name_is_found_however_it_is_written():
    for name in ("Müller", "Mu\u0308ller", "MÜLLER"):
        said = find_weakness("müller-müller-2026", context=[name], blocklist=(), least=MIN_ALONE)
        assert said == GUESSABLE


def test_two_ways_to_write_a_letter_are_one_password():
    assert normalise("Cafe\u0301 ﬁn") == normalise("Café fin") == "Café fin"
    assert normalise(" A b ") == " A b "


def test_what_the_rules_promise():
    assert (MIN_ALONE, MIN_WITH_SECOND_FACTOR) == (15, 12)
    assert MAX >= 128
