"""What is due when: the plan laid over one patient's infusions, answers and wishes.

All days are the patient's own calendar days. A form is open from its day until the next one is
due, until its open days are over, or until the next infusion: on that day it may still be filled
in, as before an infusion, and on the day after the count begins anew. Windows never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from models.checkins.plan import ALWAYS, BASELINE, BASELINE_LAST, IN_COURSE, WEEK, Plan
from models.checkins.wishes import DAY, Wishes


class State(StrEnum):
    UPCOMING = "upcoming"
    OPEN = "open"
    DONE = "done"
    MISSED = "missed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Due:
    """One form that is, was or will be asked for; both days of its window are included."""

    due_on: date
    opens_on: date
    closes_on: date
    step: str
    instruments: tuple[str, ...]
    state: State
    is_pulse: bool = False


class _Planned(NamedTuple):
    due_on: date
    step: str
    instruments: tuple[str, ...]
    open_days: int
    is_pulse: bool
    ends_on: date | None  # the day of the next infusion


def schedule(
    plan: Plan,
    *,
    infusions: Sequence[date],
    answered: Mapping[str, Sequence[date]],
    registered_on: date,
    wishes: Wishes,
    today: date,
    indication: str | None = None,
    left_on: date | None = None,
) -> tuple[Due, ...]:
    """Return what was due since registration, what is due, and the next form, in order.

    `answered` names the days on which each instrument was answered. A form is done once all it
    asks for was answered within its window. Whoever has left is asked nothing more.
    """
    planned = _planned(plan, infusions, registered_on, wishes, indication)
    planned = _with_full_forms(plan, planned, registered_on, indication)
    found: list[Due] = []
    for each, closes_on in _with_ends(planned):
        if closes_on < registered_on:
            continue
        due = _due(each, closes_on, answered, wishes, today)
        if each.due_on > today and _is_over(due, wishes, left_on):
            break
        if left_on is None or closes_on < left_on or due.state is State.DONE:
            found.append(due)
        if due.state is State.UPCOMING:
            break
    return tuple(found)


def open_today(dues: Iterable[Due]) -> Due | None:
    """Return the form that may be filled in today; windows never overlap, so there is one."""
    return next((due for due in dues if due.state is State.OPEN), None)


def next_due(dues: Iterable[Due]) -> Due | None:
    return next((due for due in dues if due.state is State.UPCOMING), None)


def missed_in_a_row(dues: Iterable[Due]) -> int:
    """Return how many full forms were missed since anything was last filled in.

    A missed pulse is no silence: it was one question, open for two days.
    """
    missed = 0
    for due in dues:
        if due.state is State.DONE:
            missed = 0
        elif due.state is State.MISSED and not due.is_pulse:
            missed += 1
    return missed


def completion(
    dues: Iterable[Due], *, since: date | None = None, until: date | None = None
) -> tuple[int, int]:
    """Return how many forms were filled in of how many whose time is over, by their due day."""
    counted = [
        due.state
        for due in dues
        if (since is None or due.due_on >= since) and (until is None or due.due_on <= until)
    ]
    done = counted.count(State.DONE)
    return done, done + counted.count(State.MISSED)


def _planned(
    plan: Plan,
    infusions: Sequence[date],
    registered_on: date,
    wishes: Wishes,
    indication: str | None,
) -> Iterator[_Planned]:
    """Yield every form of the plan in order of its day."""
    given = sorted(set(infusions))
    first = given[0] if given else None
    yield from _baselines(plan, registered_on, wishes, indication, first)
    for infusion, following in pairwise([*given, None]):
        assert infusion is not None
        for day, step in plan.days:
            due_on = infusion + timedelta(days=day)
            due_on = due_on if step.is_pulse else wishes.move(due_on)
            if following is not None and due_on + step.is_pulse * DAY > following:
                break
            asked = plan.asked_by(step, indication)
            yield _Planned(due_on, step.name, asked, step.open_days, step.is_pulse, following)


def _baselines(
    plan: Plan, registered_on: date, wishes: Wishes, indication: str | None, first: date | None
) -> Iterator[_Planned]:
    """Yield the forms before a first infusion; the very first is due at once, whatever weekday."""
    asked = plan.instruments_of(indication)
    for days in range(0, BASELINE_LAST + 1, plan.baseline_every):
        due_on = registered_on + timedelta(days=days)
        due_on = wishes.move(due_on) if days else due_on
        if first is not None and due_on > first:
            return
        yield _Planned(due_on, BASELINE, asked, WEEK, False, first)


def _with_full_forms(
    plan: Plan, planned: Iterable[_Planned], registered_on: date, indication: str | None
) -> Iterator[_Planned]:
    """Let a pulse ask the full form where the safety item was not due for too long."""
    last_full: date | None = None
    full = plan.instruments_of(indication)
    for each in planned:
        is_owed = last_full is None or (each.due_on - last_full).days >= plan.full_within
        asked = each
        if each.is_pulse and is_owed and each.due_on >= registered_on:
            asked = _Planned(each.due_on, IN_COURSE, full, WEEK, False, each.ends_on)
        if ALWAYS in asked.instruments and asked.due_on >= registered_on:
            last_full = asked.due_on
        yield asked


def _with_ends(planned: Iterable[_Planned]) -> Iterator[tuple[_Planned, date]]:
    """Yield each form with the last day it is open."""
    before: _Planned | None = None
    for each in planned:
        if before is not None:
            yield before, min(_last_day(before), each.due_on - DAY)
        before = each
    if before is not None:
        yield before, _last_day(before)


def _last_day(each: _Planned) -> date:
    last = each.due_on + timedelta(days=each.open_days - 1)
    return last if each.ends_on is None else min(last, each.ends_on)


def _due(
    each: _Planned,
    closes_on: date,
    answered: Mapping[str, Sequence[date]],
    wishes: Wishes,
    today: date,
) -> Due:
    is_done = all(
        any(each.due_on <= day <= closes_on for day in answered.get(code, ()))
        for code in each.instruments
    )
    if is_done:
        state = State.DONE
    elif wishes.pause_of(each.due_on, closes_on) is not None:
        state = State.PAUSED
    elif today < each.due_on:
        state = State.UPCOMING
    else:
        state = State.OPEN if today <= closes_on else State.MISSED
    return Due(
        each.due_on, each.due_on, closes_on, each.step, each.instruments, state, each.is_pulse
    )


def _is_over(due: Due, wishes: Wishes, left_on: date | None) -> bool:
    """Tell whether nothing more will be asked: the patient has left, or has stopped it."""
    if left_on is not None and left_on <= due.due_on:
        return True
    pause = wishes.pause_of(due.due_on, due.closes_on)
    return pause is not None and pause.last is None
