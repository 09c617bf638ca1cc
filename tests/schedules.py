"""Reads what happened to a patient from a table, and says what was asked of them as a table.

    day | infusion | answered        due | until | form   | state
    0   | yes      | -               1   | 2     | pulse  | done
    1   | -        | MOOD-11         3   | 4     | pulse  | missed

Days count from a Monday called day 0; "-" is nothing, and of several instruments on a day a "+"
stands between. The outcome may name any of the columns of `_CELLS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from models.checkins.plan import Plan
from models.checkins.schedule import Due, schedule
from models.checkins.wishes import Wishes
from tests.histories import DAY_0, on, read_table


def find_dues(
    records: str,
    *,
    today: int,
    registered: int = -7,
    wishes: Wishes | None = None,
    plan: Plan | None = None,
    left_on: int | None = None,
    **more: Any,
) -> tuple[Due, ...]:
    infusions: list[date] = []
    answered: dict[str, list[date]] = {}
    for row in read_table(records):
        day = on(int(row["day"]))
        infusions += [day] if row.get("infusion", "-") == "yes" else []
        for code in row.get("answered", "-").split("+"):
            if code.strip() != "-":
                answered.setdefault(code.strip(), []).append(day)
    return schedule(
        plan or Plan(),
        infusions=infusions,
        answered=answered,
        registered_on=on(registered),
        wishes=wishes or Wishes(),
        today=on(today),
        left_on=None if left_on is None else on(left_on),
        **more,
    )


def expect(records: str, outcome: str, *, since: int | None = None, **given: Any) -> None:
    """Fail unless the records lead to the outcome, one row a form; `since` leaves out earlier."""
    dues = [due for due in find_dues(records, **given) if since is None or due.due_on >= on(since)]
    columns = [cell.strip() for cell in outcome.strip().splitlines()[0].split("|")]
    told = [{column: _CELLS[column](due) for column in columns} for due in dues]
    wanted = read_table(outcome)
    assert told == wanted, f"\nexpected {_show(wanted)}\nfound    {_show(told)}"


def _show(rows: list[dict[str, str]]) -> str:
    return "\n         ".join(" | ".join(row.values()) for row in rows)


def _day(day: date) -> str:
    return str((day - DAY_0).days)


_CELLS: dict[str, Callable[[Due], str]] = {
    "due": lambda due: _day(due.due_on),
    "on": lambda due: f"{due.due_on:%a}",
    "until": lambda due: _day(due.closes_on),
    "form": lambda due: due.step,
    "asks": lambda due: "+".join(due.instruments),
    "state": lambda due: due.state.value,
}
