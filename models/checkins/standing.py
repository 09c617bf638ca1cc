"""What a patient's check-ins come to on any day, stated without one.

Everything here is worked out as if nothing more came, so that it stays true as days go by and is
worked out anew only when a record, a wish or the plan changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from models.checkins.schedule import Due, State
from models.checkins.wishes import DAY

MISSED_SHOWN = 2  # full forms in a row, before a clinician hears of it
MISSED_STILL_NEWS = 8  # forms in a row: eight weeks of them; whoever has missed more is known
# A form missed longer ago is no news: the plan is over, or they have stopped it since.
STILL_NEWS = timedelta(days=28)
NEVER = date.min


class Form(NamedTuple):
    """A form that was not paused. `before_on` is the due day of the one before, NEVER of none."""

    due_on: date
    closes_on: date
    before_on: date
    is_done: bool


@dataclass(frozen=True, slots=True)
class CheckInStanding:
    """`missed_from` and `missed_until`: the days, both included, on which missed forms are news.

    On any day between them, two to eight full forms in a row were missed if nothing has come.
    """

    forms: tuple[Form, ...]
    missed_from: date | None = None
    missed_until: date | None = None


def stand(dues: Sequence[Due]) -> CheckInStanding:
    """Return where the forms of a whole plan stand: those without an answer count as missed."""
    return CheckInStanding(tuple(_forms(dues)), *_missed_days(dues))


def _forms(dues: Iterable[Due]) -> Iterator[Form]:
    before_on = NEVER
    for due in dues:
        if due.state is not State.PAUSED:
            yield Form(due.due_on, due.closes_on, before_on, due.state is State.DONE)
            before_on = due.due_on


def _missed_days(dues: Iterable[Due]) -> tuple[date, date] | tuple[None, None]:
    run: list[date] = []  # when each full form closed since one was done
    last = NEVER
    for due in dues:
        if due.state is State.DONE:
            run.clear()
        elif due.state is State.MISSED:
            last = due.closes_on
            run += [] if due.is_pulse else [last]
    if len(run) < MISSED_SHOWN:
        return None, None
    no_news = [last + STILL_NEWS, *run[MISSED_STILL_NEWS : MISSED_STILL_NEWS + 1]]
    return run[MISSED_SHOWN - 1] + DAY, min(no_news)


def pack_forms(forms: Iterable[Form]) -> list[int]:
    """Return forms as few whole numbers: days since the one before, days open, done or not."""
    packed: list[int] = []
    for form in forms:
        since = form.due_on.toordinal() - form.before_on.toordinal()
        packed += [since, (form.closes_on - form.due_on).days, int(form.is_done)]
    return packed


def unpack_forms(packed: Iterable[int]) -> tuple[Form, ...]:
    forms = []
    before_on = NEVER
    numbers = iter(packed)
    for since, open_days, is_done in zip(numbers, numbers, numbers, strict=True):
        due_on = before_on + timedelta(days=since)
        forms.append(Form(due_on, due_on + timedelta(days=open_days), before_on, bool(is_done)))
        before_on = due_on
    return tuple(forms)
