"""Which item an answer belongs to, and what it is worth, in FHIR of any version.

The item: by LOINC code of the item, of its definition, of the questionnaire, of its linkId; then
by a linkId that names the instrument. The worth: by ordinal extension, then answer code, then
number, then words. The extension comes first because real files carry the code of "Not at all"
on every answer, with the true value beside it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from data.importers.fhir_resources import Json, codes_of, dicts_of, list_of, text_of
from data.importers.rows import BadCell
from data.instruments import catalogue
from models.instrument import Instrument, normalise_name

LOINC_AT_END = re.compile(r"(?:^|[/#:|])([0-9]{3,7}-[0-9])$")
ORDINAL = re.compile(r"(ordinalValue|itemWeight|iso21090-CO-value)$")
NUMBERED = re.compile(r"(?P<name>.*?)[\W_]*(?:q|item|i)?(?P<number>[0-9]{1,2})", re.IGNORECASE)
# A declined answer is a blank, not a score.
DECLINED = {"asked-declined", "asked-unknown", "unknown", "masked", "asku", "unk", "nask"} | {
    "prefernottoanswer", "prefer-not-to-answer", "declined",
}  # fmt: skip
SNOMED_TOTALS = {"720433000": "PHQ-9"}
PANEL, TOTAL = -1, 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs: item number from 1, TOTAL or PANEL."""

    instrument: str
    number: int


@dataclass
class Answers:
    """One instrument's answers as a file gives them."""

    instrument: Instrument
    items: dict[int, float | None] = field(default_factory=dict)
    total: float | None = None
    remarks: list[str] = field(default_factory=list)

    def put(self, number: int, value: float | None) -> None:
        if number in self.items and self.items[number] != value:
            raise BadCell(f"item_{number}", "is answered twice, differently")
        # 2 and 2.0 are the same answer, however the version writes it.
        self.items[number] = int(value) if value is not None and value == int(value) else value

    def state(self, value: float | None) -> None:
        if value is not None and self.total not in (None, value):
            raise BadCell("score", "two different totals are stated")
        self.total = value if value is not None else self.total

    def in_order(self) -> tuple[float | None, ...] | None:
        count = self.instrument.items_count
        answers = tuple(self.items.get(number) for number in range(1, count + 1))
        return answers if any(answer is not None for answer in answers) else None


@cache
def places() -> Mapping[str, Place]:
    """Return LOINC and SNOMED codes of items, totals and panels of the instruments here."""
    found = {code: Place(name, TOTAL) for code, name in SNOMED_TOTALS.items()}
    for code, instrument in catalogue().items():
        for number, item in enumerate(instrument.items, start=1):
            if item.loinc:
                found[item.loinc] = Place(code, number)
        if instrument.loinc_total:
            found[instrument.loinc_total] = Place(code, TOTAL)
        if instrument.loinc_panel:
            found[instrument.loinc_panel] = Place(code, PANEL)
    return found


def place_of_codes(concept: Any) -> Place | None:
    return next((places()[code] for code in codes_of(concept) if code in places()), None)


def place_of_text(text: Any) -> Place | None:
    """Return the place of a definition or linkId that is or ends in a LOINC code."""
    found = LOINC_AT_END.search(text_of(text))
    return places().get(found[1]) if found else None


def place_of_node(node: Json, asked: Mapping[str, Json]) -> Place | None:
    """Return where an answered item belongs; `asked` is the questionnaire's items by linkId."""
    link = text_of(node.get("linkId"))
    question = asked.get(link, {})
    return (
        place_of_codes(node.get("code"))
        or place_of_text(node.get("definition"))
        or place_of_codes(question.get("code"))
        or place_of_text(question.get("definition"))
        or place_of_text(link)
        or _place_of_name(link)
    )


@cache
def _place_of_name(link: str) -> Place | None:
    """Return the place of phq9_1, PHQ-9.1 or gad7/q3."""
    found = NUMBERED.fullmatch(link.strip())
    if not found or not found["name"]:
        return None
    for code, instrument in catalogue().items():
        named = normalise_name(re.sub(r"[./:]", "", found["name"])) == normalise_name(code)
        if named and 1 <= int(found["number"]) <= instrument.items_count:
            return Place(code, int(found["number"]))
    return None


def numbered_items(nodes: list[Json], instrument: Instrument) -> dict[int, Json]:
    """Return items by bare number (1, q1, T1/Q1), only where the form has every one of them."""
    found: dict[int, Json] = {}
    for node in nodes:
        match = NUMBERED.fullmatch(text_of(node.get("linkId")).strip())
        if match:
            found.setdefault(int(match["number"]), node)
    wanted = range(1, instrument.items_count + 1)
    return {n: found[n] for n in wanted} if all(n in found for n in wanted) else {}


def answered_nodes(response: Json) -> Iterator[Json]:
    """Yield every item that holds answers, whatever it is nested in, in any version."""
    stack = [response]
    while stack:
        node = stack.pop()
        inner: list[Json] = []
        for key in ("group", "question", "item"):
            inner += dicts_of(node.get(key))
        for answer in dicts_of(node.get("answer")):
            inner += dicts_of(answer.get("item")) + dicts_of(answer.get("group"))
        if node is not response and list_of(node.get("answer")):
            yield node
        stack += reversed(inner)


def answer_value(node: Json, answers: Answers, number: int, question: Json) -> float | None:
    """Return what an item's one answer is worth, None for a declined one."""
    given = dicts_of(node.get("answer"))
    if len(given) != 1:
        raise BadCell(_column(number), "expected one answer")
    return value_of(given[0], answers, number, question)


def value_of(holder: Json, answers: Answers, number: int, question: Json) -> float | None:
    """Return what value[x] of an answer, observation or component is worth."""
    codings = _codings(holder)
    ordinal = _ordinal(holder, codings, question)
    coded = _coded(codings, answers.instrument, number)
    if ordinal is not None:
        if coded is not None and coded != ordinal:
            remark = "answer codes and ordinal values disagree: the ordinal values are taken"
            if remark not in answers.remarks:
                answers.remarks.append(remark)
        return ordinal
    if coded is not None:
        return coded
    plain = _plain(holder)
    if plain is not None:
        return plain
    words = [text_of(coding.get("display")) for coding in codings] + [
        text_of(holder.get("valueString")),
        text_of((_dict(holder.get("valueCodeableConcept"))).get("text")),
    ]
    return _worded([word for word in words if word], codings, answers.instrument, number)


def _codings(holder: Json) -> list[Json]:
    concept = _dict(holder.get("valueCodeableConcept"))
    return dicts_of(holder.get("valueCoding")) + dicts_of(concept.get("coding"))


def _ordinal(holder: Json, codings: list[Json], question: Json) -> float | None:
    places_to_look = [holder, *codings, _dict(holder.get("_valueCoding"))]
    for option in dicts_of(question.get("answerOption")) + dicts_of(question.get("option")):
        chosen = _dict(option.get("valueCoding"))
        if chosen.get("code") and chosen.get("code") in [c.get("code") for c in codings]:
            places_to_look += [chosen, option]
    for place in places_to_look:
        for extension in dicts_of(place.get("extension")):
            if ORDINAL.search(text_of(extension.get("url"))):
                return _plain(extension)
    return None


def _coded(codings: list[Json], instrument: Instrument, number: int) -> float | None:
    if number < 1:
        return None
    worth = {option.loinc: option.value for option in instrument.options_for(number)}
    codes = [text_of(coding.get("code")) for coding in codings]
    return next((worth[code] for code in codes if code and code in worth), None)


def _plain(holder: Json) -> float | None:
    """Return a number written as one, or as text that is nothing but one."""
    values = [holder.get("valueInteger"), holder.get("valueDecimal"), holder.get("valueString")]
    values.append(_dict(holder.get("valueQuantity")).get("value"))
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,4}(\.[0-9]{1,4})?\s*", value, re.A):
            return float(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not -1e9 < value < 1e9 or not math.isfinite(value):
                raise BadCell("score", "is not a usable number")
            return float(value)
    return None


def _worded(
    words: list[str], codings: list[Json], instrument: Instrument, number: int
) -> float | None:
    codes = {text_of(coding.get("code")).casefold() for coding in codings}
    if codes & DECLINED:
        return None
    if number >= 1:
        worth = {o.label.casefold(): o.value for o in instrument.options_for(number)}
        for word in words:
            if word.strip().casefold() in worth:
                return worth[word.strip().casefold()]
    said = repr(words[0][:40]) if words else "nothing that is a number or an answer we know"
    raise BadCell(_column(number), f"cannot be read: {said}")


def _column(number: int) -> str:
    return f"item_{number}" if number >= 1 else "score"


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
