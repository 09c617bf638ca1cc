"""Which passwords are refused: too short, tried first by everybody, or hardly more than one word.

No rule asks for digits, capitals or signs, and none for a change after some months: both make
people choose worse ones (NIST SP 800-63B, ASVS 6.2). Every character may be used, spaces too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container
from itertools import pairwise

MIN_ALONE = 15
MIN_WITH_SECOND_FACTOR = 12
MAX = 128

# So many characters must be left of a password once what anybody could guess is taken away.
OWN_PART = 6
# What a stranger would try here first, besides the names of the clinic and of the person.
OBVIOUS = ("ketamine", "afterglow", "password")
# Shorter pieces of a name, such as "Al" or "of", are in too many other words.
SHORTEST_NAME = 3
# Neighbours here are neighbours in a run, in either direction.
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
)
STEPS = frozenset(pair for run in RUNS for line in (run, run[::-1]) for pair in pairwise(line))

HALF_A_CHARACTER = "This holds a character that is broken: please type the password again."
COMMON = "This is on the list of passwords that are tried first, because many people use it."
GUESSABLE = (
    "This is little more than a name or a word that anybody would try here. "
    "Add something of your own, such as three or four words that do not belong together."
)
REPEATED = "This says the same again and again: say something longer once."
RUN = "This is little more than keys or letters in a row: choose words instead."


def normalise(password: str) -> str:
    """Return the form that is measured and hashed: two keyboards may write one letter in two ways.

    Spaces at the ends and capitals stay, as they are part of what was chosen.
    """
    return unicodedata.normalize("NFKC", password)


def find_weakness(
    password: str, *, context: Collection[str], blocklist: Container[str], least: int
) -> str | None:
    """Return in a sentence why a password cannot be taken, None for a good one.

    `context` are names an attacker knows: of clinic and sites, of the person and their sign-in.
    `blocklist` is asked for the password as it is, in small letters, and without its spaces.
    `least` is MIN_ALONE or MIN_WITH_SECOND_FACTOR.
    """
    plain = normalise(password)
    if any(unicodedata.category(char) == "Cs" for char in plain):
        return HALF_A_CHARACTER
    if len(plain) < least:
        return f"Use at least {least} characters: this has {len(plain)}. Several words are fine."
    if len(plain) > MAX:
        return f"Use at most {MAX} characters: this has {len(plain)}."
    folded = plain.casefold()
    if any(form in blocklist for form in (plain, folded, "".join(folded.split()))):
        return COMMON
    if _is_mostly_named(folded, context):
        return GUESSABLE
    if _repeats(folded, least):
        return REPEATED
    return RUN if _is_mostly_a_run(folded) else None


def _is_mostly_named(folded: str, context: Collection[str]) -> bool:
    """Tell whether there is an obvious word and, without these, few letters are left.

    Only letters are compared, so that "k.e.t.a.m.i.n.e" hides nothing, and digits around a name
    add nothing. Without an obvious word there is nothing to take away: digits alone may do.
    """
    names = _letters_by_word([*OBVIOUS, *context])
    named = re.compile("|".join(sorted(names, key=lambda name: (-len(name), name))))
    own, found = named.subn("", "".join(filter(str.isalpha, folded)))
    return found > 0 and len(own) < OWN_PART


def _letters_by_word(texts: Collection[str]) -> set[str]:
    """Return the words of some names, in small letters; nothing else can be in them."""
    words = {
        word for text in texts for word in re.findall(r"[^\W\d_]+", normalise(text).casefold())
    }
    return {word for word in words if len(word) >= SHORTEST_NAME}


def _repeats(folded: str, least: int) -> bool:
    """Tell whether this is a group said at least twice, which counts as long as the group is."""
    return any(
        folded.startswith(folded[size:]) for size in range(1, min(len(folded) // 2 + 1, least))
    )


def _is_mostly_a_run(folded: str) -> bool:
    """Tell whether few characters are left without those that repeat or follow the one before."""
    carried = sum(a == b or (a, b) in STEPS for a, b in pairwise(folded))
    return len(folded) - carried < OWN_PART
