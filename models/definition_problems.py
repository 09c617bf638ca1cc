"""What can be wrong with an instrument's definition, one short phrase for each problem."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.instrument import Instrument, Option

INDICATIONS = ("depression", "anxiety", "ptsd", "ocd", "addiction", "chronic_pain", "safety")
SCORINGS = ("sum", "mean", "raw_x4", "domain_maximum", "single")
DIRECTIONS = ("lower_is_better", "higher_is_better")


def find_problems(it: Instrument) -> Iterator[str]:
    """Each contradiction, as "field: what is wrong"; nothing for a sound definition."""
    yield from _find_in_words(it)
    yield from _find_in_scoring(it)
    yield from _find_in_domains(it)
    yield from _find_in_thresholds(it)
    yield from _find_in_bands(it)
    yield from _find_in_items(it)
    yield from _find_in_translations(it)


def _find_in_words(it: Instrument) -> Iterator[str]:
    for name in ("code", "title", "measures", "recall", "licence", "source"):
        if not getattr(it, name).strip():
            yield f"{name} is empty"
    if it.scoring not in SCORINGS:
        yield f"scoring is {it.scoring!r}, not one of {', '.join(SCORINGS)}"
    if it.direction not in DIRECTIONS:
        yield f"direction is {it.direction!r}, not one of {', '.join(DIRECTIONS)}"
    if not it.indications:
        yield "indications is empty"
    for indication in it.indications:
        if indication not in INDICATIONS:
            yield f"indications has {indication!r}, not one of {', '.join(INDICATIONS)}"
    if it.revision < 1:
        yield "revision must be 1 or more"
    if it.recall_days is not None and it.recall_days < 0:
        yield "recall_days is negative"


def _find_in_scoring(it: Instrument) -> Iterator[str]:
    if it.items_count < 1:
        yield "items_count must be 1 or more"
    if it.lowest_answer >= it.highest_answer:
        yield "lowest_answer must be under highest_answer"
    if it.scoring == "single" and it.items_count != 1:
        yield "scoring is 'single' with more than one item"
    if not 0 <= it.missing_allowed < it.items_count:
        yield "missing_allowed must leave at least one answered item"
    parts = {
        "mean": 1,
        "single": 1,
        "domain_maximum": len(it.domains),
        "raw_x4": 4 * it.items_count,
    }
    factor = parts.get(it.scoring, it.items_count)
    computed = (it.lowest_answer * factor, it.highest_answer * factor)
    if computed != (it.lowest, it.highest):
        yield (
            f"lowest and highest are {it.lowest:g} and {it.highest:g}, "
            f"but the items give {computed[0]:g} and {computed[1]:g}"
        )


def _find_in_domains(it: Instrument) -> Iterator[str]:
    for group in it.alternatives:
        # A blank alternative adds nothing to a total only where a maximum is taken over the group.
        if not any(set(group) <= set(domain) for domain in it.domains):
            yield "alternatives must lie within one domain"
    if it.scoring != "domain_maximum":
        if it.domains:
            yield "domains is given but scoring is not 'domain_maximum'"
        return
    numbers = sorted(number for domain in it.domains for number in domain)
    if numbers != list(range(1, it.items_count + 1)):
        yield "domains must hold every item number exactly once"
    if it.missing_allowed:
        yield "missing_allowed must be 0 where domains are scored by their maximum"


def _find_in_thresholds(it: Instrument) -> Iterator[str]:
    if it.response_drop is not None and not 0 < it.response_drop <= 1:
        yield "response_drop must be over 0 and at most 1"
    for name in ("minimum_baseline", "remission"):
        value = getattr(it, name)
        if value is not None and not it.lowest <= value <= it.highest:
            yield f"{name} is outside lowest to highest"
    if it.reliable_change is not None and it.reliable_change <= 0:
        yield "reliable_change must be over 0"
    if it.safety_item is not None and not 1 <= it.safety_item <= it.items_count:
        yield "safety_item is not an item number"


def _find_in_bands(it: Instrument) -> Iterator[str]:
    if not it.bands:
        return
    if any(left.up_to >= right.up_to for left, right in pairwise(it.bands)):
        yield "bands must rise"
    if it.bands[0].up_to < it.lowest or it.bands[-1].up_to != it.highest:
        yield "bands must cover lowest to highest"


def _find_in_items(it: Instrument) -> Iterator[str]:
    if it.items and len(it.items) != it.items_count:
        yield f"items_count is {it.items_count} but {len(it.items)} items are listed"
    for number, item in enumerate(it.items, start=1):
        if not item.label.strip():
            yield f"item {number} has no label"
        options = item.options or it.options
        if item.text and not options:
            yield f"item {number} has a text but no options"
        yield from _find_in_options(it, options, f"item {number}")


def _find_in_translations(it: Instrument) -> Iterator[str]:
    for words in it.translations:
        where = f"translation {words.language!r}"
        if not it.items or not all(item.text for item in it.items):
            yield f"{where}: the instrument itself has no text"
        if any(item.options for item in it.items):
            yield f"{where}: items with options of their own cannot be translated"
        if len(words.items) != it.items_count or len(words.options) != len(it.options):
            yield f"{where} has {len(words.items)} items and {len(words.options)} options"
        if not all(text.strip() for text in (*words.items, *words.options, words.source)):
            yield f"{where} has an empty text"
    if len({words.language for words in it.translations}) < len(it.translations):
        yield "translations has a language twice"


def _find_in_options(it: Instrument, options: tuple[Option, ...], where: str) -> Iterator[str]:
    values = [option.value for option in options]
    if values and values != list(range(it.lowest_answer, it.highest_answer + 1)):
        yield f"options of {where} must run from lowest_answer to highest_answer"
