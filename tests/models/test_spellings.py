"""One name however somebody typed it."""

from __future__ import annotations

import pytest

from models.spellings import fold, join_spellings, settle, tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("Robin Ellery", "Robin Ellery"),
        ("  Robin   Ellery ", "Robin Ellery"),
        ("Robin\tEllery\n", "Robin Ellery"),
        ("Robin\u00a0Ellery", "Robin Ellery"),
        ("   ", ""),
    ],
)
def test_spaces_are_one_each_and_none_around(typed, tidied):
    assert tidy(typed) == tidied


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Robin Ellery", " robin  ELLERY ", True),
        ("Zoë Ázimi", "ZOË ÁZIMI", True),
        ("Strauß", "STRAUSS", True),
        ("Robin Ellery", "Robin Elery", False),
        ("Robin Ellery", "RobinEllery", False),
        ("Zoe", "Zoë", False),
    ],
)
def test_case_and_spaces_make_no_other_name_and_letters_do(one, other, are_same):
    assert (fold(one) == fold(other)) is are_same


def test_a_typed_name_is_written_as_the_one_known_or_as_it_was_typed():
    known = ["Robin Ellery", "Sasha Quill"]
    assert settle(" robin ellery", known) == "Robin Ellery"
    assert settle("Noor  Idowu ", known) == "Noor Idowu"
    assert settle("Noor Idowu", []) == "Noor Idowu"


def test_of_several_spellings_the_usual_one_stands_for_all_and_the_first_of_equals():
    used = {"anna": 2, "Anna": 5, "ANNA ": 1, "bert": 3, "Bert": 3}
    assert join_spellings(used) == {
        "anna": "Anna", "Anna": "Anna", "ANNA ": "Anna", "bert": "Bert", "Bert": "Bert",
    }  # fmt: skip
    assert join_spellings({}) == {}
