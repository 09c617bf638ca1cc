"""What the check-in says, by name: one `Words` a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language. Names in braces are filled in."""

    language: str
    other: str  # the language one may change to
    other_name: str
    title: str
    position: str
    back: str
    rather_not: str
    chosen: str
    saved_as_you_go: str
    not_watched: str
    more_title: str
    more_hint: str
    note: str
    note_hint: str
    send: str
    problem: str
    nothing_yet: str
    note_too_long: str
    not_saved: str
    too_late: str
    to_form: str
    saved_at: str
    answered: str
    next_due: str
    next_unknown: str
    adds_up: str
    one_answer: str
    lower_is_better: str
    higher_is_better: str
    picture: str
    support_title: str
    crisis: str
    support_saved: str
    call: str
    text: str
    go_on: str
    done_bare: str
    hand_back: str
    next_person: str
    close: str
    to_start: str
    code_title: str
    code: str
    code_hint: str
    open_form: str
    code_wrong: str
    code_later: str
    over_title: str
    over: str
    nothing_due_title: str
    nothing_due: str
    extra: str
    in_english: str
    chips: Mapping[str, str]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
