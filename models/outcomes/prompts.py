"""Which review prompts are in force of a patient on a day: one definition for Today, for the daily
mail and for looking back.

A prompt says that a rule of the clinic's own has been met, never what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.episodes import Episode
from models.outcomes.gain import gain_lost, has_reached
from models.outcomes.history import Score
from models.outcomes.prompt_rules import MOST_MISSED, Prompt, PromptRules
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation, situation_of

# What is older is history, not this morning's work, and its patient is found in the list of
# patients by status. A flag is never history: it stays until a named person closes it, whatever
# later forms say, however old it is and even where the patient has left.
STILL_NEWS = timedelta(days=28)
TURN_STILL_NEWS = timedelta(days=56)
SILENCE_STILL_NEWS = timedelta(days=56)
MISSED_STILL_NEWS = MOST_MISSED  # forms in a row

_TURNED = {
    Situation.LOST.value: Prompt.LOST,
    Situation.POSSIBLE_LOSS.value: Prompt.POSSIBLE_LOSS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a patient on a day, as far as prompts go.

    `gain_lost` is the share gone on two check-ins in a row (models.outcomes.gain), `chance` that of
    patients like this who lose response within the days of the rule, None where not stated.
    """

    situation: str
    last_assessed_on: date | None
    turned_on: date | None = None
    gain_lost: float | None = None
    chance: float | None = None
    missed: int = 0
    is_flagged: bool = False
    safety_blank_on: date | None = None
    left_on: date | None = None


def prompts_in_force(
    known: Known, rules: Rules, lines: PromptRules, today: date
) -> tuple[Prompt, ...]:
    """Return what is in force, the most urgent first."""
    found = {Prompt.SAFETY} if known.is_flagged else set()
    if known.left_on is None or known.left_on > today:
        found |= _of_forms(known, lines, today) | _of_scores(known, rules, lines, today)
    return tuple(prompt for prompt in Prompt if prompt in found and lines.wants(prompt))


def prompts_at(
    courses: Sequence[Course],
    episodes: Sequence[Episode],
    scores: Sequence[Score],
    instrument: Instrument,
    *,
    chance: float | None,
    rules: Rules,
    lines: PromptRules,
    today: date,
    left_on: date | None = None,
) -> frozenset[Prompt]:
    """Return what the scores put in force on a day, from records that end on it.

    `episodes` are those of `courses` on the patient's main instrument, `scores` all on it; `chance`
    is the outlook's within `lines.chance_days`. Flags and missed forms are not scores: neither
    is among these.
    """
    latest = episodes[-1] if courses and episodes else None
    situation = situation_of(courses, latest)
    responds = latest is not None and situation is Situation.OPEN
    known = Known(
        situation=situation.value,
        last_assessed_on=max((score.moment.day for score in scores), default=None),
        turned_on=latest.turned_on if latest else None,
        gain_lost=gain_lost(latest, scores, instrument) if latest and responds else None,
        chance=chance,
        left_on=left_on,
    )
    return frozenset(prompts_in_force(known, rules, lines, today))


def _of_forms(known: Known, lines: PromptRules, today: date) -> set[Prompt]:
    """Return what forms that were left blank, or not filled in at all, put in force."""
    found = set()
    if known.safety_blank_on is not None and known.safety_blank_on >= today - STILL_NEWS:
        found.add(Prompt.SAFETY_BLANK)
    if lines.missed <= known.missed <= MISSED_STILL_NEWS:
        found.add(Prompt.MISSED)
    return found


def _of_scores(known: Known, rules: Rules, lines: PromptRules, today: date) -> set[Prompt]:
    if known.last_assessed_on is None:
        return set()
    quiet = today - known.last_assessed_on
    if known.situation in _TURNED:
        is_news = known.turned_on is not None and known.turned_on >= today - TURN_STILL_NEWS
        return {_TURNED[known.situation]} if is_news and quiet <= STILL_NEWS else set()
    if known.situation != Situation.OPEN.value:
        return set()
    found = _of_gain(known, lines) if quiet <= STILL_NEWS else set()
    if quiet.days < rules.silence:
        return found | _of_outlook(known, lines)
    return found | {Prompt.SILENT} if quiet <= SILENCE_STILL_NEWS else found


def _of_gain(known: Known, lines: PromptRules) -> set[Prompt]:
    """Return one of the two lines: the second stands for the first, unless it is switched off."""
    if lines.wants(Prompt.GAIN_SECOND) and has_reached(known.gain_lost, lines.gain_second):
        return {Prompt.GAIN_SECOND}
    return {Prompt.GAIN_FIRST} if has_reached(known.gain_lost, lines.gain_first) else set()


def _of_outlook(known: Known, lines: PromptRules) -> set[Prompt]:
    """Return the outlook's, of somebody heard of lately: of the others nothing is known."""
    is_over = known.chance is not None and known.chance >= lines.chance
    return {Prompt.OUTLOOK} if is_over else set()
