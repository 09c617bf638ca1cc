"""Where a patient stands, from the records alone: the latest course on the main instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.ending import EndReason, end_reason
from models.outcomes.episodes import Episode, Held
from models.outcomes.gain import gain_lost
from models.outcomes.history import History, keep_last_of_each_day, order_scores
from models.outcomes.rules import Rules

# Enough for a sparkline of three months of weekly check-ins.
RECENT_SCORES = 12


class Situation(StrEnum):
    """What the records say, whatever today's date is. The first seven mirror an episode."""

    LOST = "lost"
    GAP = "gap"
    POSSIBLE_LOSS = "possible_loss"
    OPEN = "open"
    NOT_RESPONDING = "not_responding"
    NO_BASELINE = "no_baseline"
    LOW_BASELINE = "low_baseline"
    NOT_ASSESSED = "not_assessed"
    UNSCORED = "unscored"
    UNTREATED = "untreated"


class Status(StrEnum):
    """What a list shows on a given day. Silence is its own status, never responding."""

    RESPONDING = "responding"
    POSSIBLE_LOSS = "possible_loss"
    LOST = "lost"
    NOT_RESPONDING = "not_responding"
    UNKNOWN = "unknown"
    IN_COURSE = "in_course"
    NOT_STATED = "not_stated"
    UNTREATED = "untreated"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Standing:
    """One summary row. Dates are local days; scores are on the main instrument."""

    instrument: str | None
    situation: str
    course_no: int | None
    last_infusion_on: date | None
    last_assessed_on: date | None
    turned_on: date | None
    baseline: float | None
    latest: float | None
    gain_lost: float | None  # the share gone at each of the last two check-ins, while responding
    recent: list[list[str | float]]  # [ISO day, score], oldest first
    safety_instrument: str | None
    safety_on: date | None
    safety_answer: int | None
    safety_before: int | None
    safety_blank_on: date | None


def summarise(
    history: History,
    indication: str | None,
    courses: Sequence[Course],
    episodes: Mapping[str, Sequence[Episode]],
    instruments: Mapping[str, Instrument],
    safety: Sequence[tuple[str, date, int | None]],
) -> Standing:
    """Summarise a patient. `safety` holds instrument, day and answer (None: left blank)."""
    code = choose_main_instrument(history, indication, instruments)
    scores = keep_last_of_each_day(order_scores(history.scores[code])) if code else []
    latest_episode = episodes[code][-1] if code and courses else None
    asked = sorted(
        (entry for entry in safety if _asks_about_safety(instruments, entry[0])),
        key=lambda entry: entry[1],
    )
    answered = [entry for entry in asked if entry[2] is not None]
    situation = situation_of(courses, latest_episode)
    gone = None
    if code and latest_episode and situation is Situation.OPEN:
        gone = gain_lost(latest_episode, scores, instruments[code])
    return Standing(
        instrument=code,
        situation=situation.value,
        course_no=courses[-1].number if courses else None,
        last_infusion_on=courses[-1].last.day if courses else None,
        last_assessed_on=scores[-1].moment.day if scores else None,
        turned_on=latest_episode.turned_on if latest_episode else None,
        baseline=latest_episode.baseline if latest_episode else None,
        latest=scores[-1].value if scores else None,
        gain_lost=gone,
        recent=[[s.moment.day.isoformat(), s.value] for s in scores[-RECENT_SCORES:]],
        safety_instrument=answered[-1][0] if answered else None,
        safety_on=answered[-1][1] if answered else None,
        safety_answer=answered[-1][2] if answered else None,
        safety_before=answered[-2][2] if len(answered) > 1 else None,
        safety_blank_on=asked[-1][1] if asked and asked[-1][2] is None else None,
    )


def choose_main_instrument(
    history: History, indication: str | None, instruments: Mapping[str, Instrument]
) -> str | None:
    """Return the answered instrument that fits the indication, then the most answered one."""
    candidates = [
        code
        for code in history.scores
        if code in instruments and instruments[code].response_drop is not None
    ]
    return max(
        candidates,
        key=lambda code: (
            indication in instruments[code].indications,
            len(history.scores[code]),
            code,
        ),
        default=None,
    )


def status_on(
    situation: Situation,
    *,
    last_infusion_on: date | None,
    last_assessed_on: date | None,
    left_on: date | None,
    as_of: date,
    rules: Rules,
) -> Status:
    """Return a patient's status on a day. The list query states the same in SQL."""
    if left_on is not None and left_on <= as_of:
        return Status.LEFT
    if situation is Situation.UNTREATED:
        return Status.UNTREATED
    if situation is Situation.OPEN:
        ended = end_reason(
            Held.OPEN, last_assessed_on=last_assessed_on, left_on=left_on, as_of=as_of, rules=rules
        )
        return Status.RESPONDING if ended is EndReason.HOLDING else Status.UNKNOWN
    if situation is Situation.NOT_ASSESSED and last_infusion_on is not None:
        waiting = (as_of - last_infusion_on).days <= rules.response_window
        return Status.IN_COURSE if waiting else Status.NOT_STATED
    return _LASTING.get(situation, Status.NOT_STATED)


_LASTING = {
    Situation.LOST: Status.LOST,
    Situation.GAP: Status.LOST,
    Situation.POSSIBLE_LOSS: Status.POSSIBLE_LOSS,
    Situation.NOT_RESPONDING: Status.NOT_RESPONDING,
}


def situation_of(courses: Sequence[Course], episode: Episode | None) -> Situation:
    """Return what the records say of the latest course, by its episode on the main instrument."""
    if not courses:
        return Situation.UNTREATED
    if episode is None:
        return Situation.UNSCORED
    if episode.held is not None:
        return Situation(episode.held.value)
    if episode.responded is False:
        return Situation.NOT_RESPONDING
    assert episode.unstated is not None  # an episode without a stated response says why
    return Situation(episode.unstated.value)


def _asks_about_safety(instruments: Mapping[str, Instrument], code: str) -> bool:
    return code in instruments and instruments[code].safety_item is not None
