"""What a check-in shows and takes: questions one by one, what else happened, and the receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from models.errors import AnswerOutOfRange, Refused
from models.instrument import Instrument
from models.translation import Translation

CHIPS = (
    "side_effects",
    "new_medicine",
    "missed_medicine",
    "poor_sleep",
    "stressful_week",
    "alcohol_or_drugs",
    "unwell",
    "good_news",
)
LONGEST_NOTE = 500
# Shown until a site has written its own. 988 is the line of the United States.
CRISIS_TEXT = (
    "If you may be in danger, or think of ending your life, please do not wait for us: call your "
    "local emergency number now. In the United States you can call or text 988, day and night."
)
CRISIS_PHONE = "988"

Answers = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Support:
    """What the site tells somebody in danger; `is_own` once the site has written it."""

    body: str = CRISIS_TEXT
    phone: str | None = CRISIS_PHONE
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One screen. `key` names it; `stem` comes before `text` and says which days are meant.

    `is_answered` with `answer` None: they would rather not say.
    """

    key: str
    instrument: str
    title: str
    item: int
    position: int
    of: int
    stem: str
    recall: str
    text: str
    options: tuple[tuple[int, str], ...]
    notice: str
    is_answered: bool = False
    answer: int | None = None
    language: str = "en"
    translations: tuple[Translation, ...] = ()

    def in_language(self, language: str) -> Question:
        """Return the question in a language, or as it is where nobody has its words in it."""
        words = next((it for it in self.translations if it.language == language), None)
        if words is None:
            return self
        labels = zip(self.options, words.options, strict=True)
        return replace(
            self,
            language=language,
            stem=words.instruction,
            text=words.items[self.item - 1],
            options=tuple((value, label) for (value, _), label in labels),
            notice=words.notice,
        )


@dataclass(frozen=True)
class OpenForm:
    """A check-in that may be filled in. It holds no name and nothing from any chart.

    `key` names the check-in for whoever is signed in. `is_extra`: nothing was due, the patient
    wanted to say how they are. `expires_at` is None for whoever is signed in.
    """

    key: str
    due_on: date
    mode: str
    language: str
    is_extra: bool
    questions: tuple[Question, ...]
    chips: tuple[str, ...]
    note: str
    support: Support
    expires_at: datetime | None = None

    @property
    def resume_at(self) -> int:
        """The position of the first question not answered; one past the last where all are."""
        unanswered = (each.position for each in self.questions if not each.is_answered)
        return next(unanswered, len(self.questions) + 1)


@dataclass(frozen=True)
class Receipt:
    """What a patient gets for a submitted check-in. `saved_at` is their own clock.

    `points` are (day, total) by instrument, oldest first, for a small picture: their last ones for
    whoever is signed in, only the new one on a link. Seen again later on a link, it is bare: no
    points, and nothing that says how anything was answered.
    """

    key: str
    due_on: date
    saved_at: datetime
    asked: int
    answered: int
    next_due_on: date | None
    points: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    needs_support: bool = False
    support: Support = Support()
    language: str = "en"
    mode: str = ""
    is_bare: bool = False


def question_key(code: str, item: int) -> str:
    return f"{code}:{item}"


def list_questions(instruments: Sequence[Instrument], answers: Answers) -> tuple[Question, ...]:
    """Return the questions of some instruments in order, with the answers so far."""
    of = sum(instrument.items_count for instrument in instruments)
    return tuple(
        _question(instrument, item, position, of, answers.get(instrument.code, {}))
        for position, (instrument, item) in enumerate(_items(instruments), start=1)
    )


def _items(instruments: Sequence[Instrument]) -> Iterator[tuple[Instrument, int]]:
    for instrument in instruments:
        for item in range(1, instrument.items_count + 1):
            yield instrument, item


def _question(
    instrument: Instrument, item: int, position: int, of: int, given: Mapping[str, int | None]
) -> Question:
    return Question(
        key=question_key(instrument.code, item),
        instrument=instrument.code,
        title=instrument.title,
        item=item,
        position=position,
        of=of,
        stem=instrument.instruction,
        recall=instrument.recall,
        text=instrument.items[item - 1].text or "",
        options=tuple((option.value, option.label) for option in instrument.options_for(item)),
        notice=instrument.notice,
        is_answered=str(item) in given,
        answer=given.get(str(item)),
        translations=instrument.translations,
    )


def put_answer(
    answers: Answers, instruments: Sequence[Instrument], question: str, value: int | None
) -> dict[str, dict[str, int | None]]:
    """Return the answers with one more; None is "would rather not say".

    Raises AnswerOutOfRange for a question of another form, or for what is no answer to it.
    """
    known = {question_key(each.code, item): (each, item) for each, item in _items(instruments)}
    if question not in known:
        raise AnswerOutOfRange("This question is not part of this form.")
    instrument, item = known[question]
    allowed = {option.value for option in instrument.options_for(item)}
    if value is not None and (type(value) is not int or value not in allowed):
        raise AnswerOutOfRange("Please choose one of the answers.")
    merged = {code: dict(given) for code, given in answers.items()}
    merged.setdefault(instrument.code, {})[str(item)] = value
    return merged


def items_of(instrument: Instrument, answers: Answers) -> tuple[int | None, ...]:
    """Return an instrument's answers in order; what was not reached is a blank like any other."""
    given = answers.get(instrument.code, {})
    return tuple(given.get(str(item)) for item in range(1, instrument.items_count + 1))


def asks_for_support(instruments: Sequence[Instrument], answers: Answers) -> bool:
    """Tell whether an item about suicide was answered above zero, or not at all."""
    return any(
        items_of(each, answers)[each.safety_item - 1] != 0
        for each in instruments
        if each.safety_item is not None
    )


def check_extras(chips: Sequence[Any], note: str) -> tuple[list[str], str | None]:
    """Return chips in our order and a note without blanks around it. Raises Refused."""
    unknown = set(chips) - set(CHIPS)
    if unknown:
        raise Refused("Please choose from the list.")
    text = note.strip().replace("\x00", "")
    if len(text) > LONGEST_NOTE:
        raise Refused(f"A note has at most {LONGEST_NOTE} characters.")
    return [chip for chip in CHIPS if chip in chips], text or None
