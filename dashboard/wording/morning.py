"""The sentences of the Today page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.queries.morning import (
    MOST_ROWS,
    SILENCE_STILL_NEWS,
    TURN_STILL_NEWS,
    LookRow,
    Reason,
)
from models.checkins.standing import MISSED_STILL_NEWS
from models.outcomes.rules import Rules
from models.outcomes.standing import Status

NOBODY_TODAY = (
    "No recorded score meets a rule for review today. That says nothing about patients who have "
    "not answered."
)


def counts(rows: Sequence[LookRow], statuses: Mapping[Status, int]) -> str:
    """Return how many persons have each reason, and how many are well when last seen; HTML."""

    def having(*reasons: Reason) -> int:
        return sum(not set(reasons).isdisjoint(row.reasons) for row in rows)

    parts = [
        ("ag-safety", having(Reason.SAFETY, Reason.SAFETY_BLANK), "safety"),
        ("ag-off", having(Reason.LOST), "response lost"),
        ("ag-off", having(Reason.POSSIBLE_LOSS), "possible loss"),
        ("ag-quiet", having(Reason.SILENT), "silent"),
        ("ag-quiet", having(Reason.MISSED), "missed two or more"),
        ("ag-holds", statuses.get(Status.RESPONDING, 0), "responding when last seen"),
    ]
    spans = "".join(f"<span class='{style}'><b>{n:,}</b> {what}</span>" for style, n, what in parts)
    return f"<p class='ag-counts'>{spans}</p>"


def method(rules: Rules, *, is_cut: bool, tells_missed: bool) -> str:
    cut = (
        f"There are more than {MOST_ROWS} patients to look at: the {MOST_ROWS} most urgent are "
        "listed; choose a site to see the rest. "
    )
    return (cut if is_cut else "") + (
        "Review prompts, not instructions: each line says which of the clinic's own rules "
        f"(revision {rules.revision}) recorded scores have met. A flag is listed until a named "
        f"person closes it, whatever later forms say; a loss for {TURN_STILL_NEWS.days} days from "
        "the day it was first seen, while the patient still answers; silence from "
        f"{rules.silence} to {SILENCE_STILL_NEWS.days} days; check-ins missed in a row from two to "
        f"{MISSED_STILL_NEWS}{_ALL if tells_missed else _NOT_HERE}. Older ones are under Patients, "
        "by status. A person with two reasons has one line and is counted under both."
    )


_ALL = ", of whoever has been asked for any"
_NOT_HERE = ", which are listed once you choose a site"
