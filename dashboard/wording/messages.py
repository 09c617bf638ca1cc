"""The sentence about messages that reached nobody."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from data.queries.messages import Undelivered

MOST_NAMED = 5
KINDS = {"flag": "a flag's mail", "digest": "a daily digest"}
WAITING = "no mail or text service has taken it yet"


def undelivered(found: Sequence[Undelivered]) -> str:
    """Return how many messages did not arrive, whose and why; empty where all did."""
    if not found:
        return ""
    named = [_one(each) for each in found[:MOST_NAMED]]
    more = len(found) - len(named)
    rest = f"; and {formats.count(more, 'other')}" if more else ""
    return (
        f"{formats.count(len(found), 'message')} did not arrive in the last 7 days: "
        f"{'; '.join(named)}{rest}."
    )


def _one(each: Undelivered) -> str:
    what = KINDS.get(each.kind, "a reminder")
    whose = f"for {each.code}" if each.code and each.kind != "flag" else f"to {each.site}"
    about = f" about {each.code}" if each.code and each.kind == "flag" else ""
    return f"{what} {whose}{about} ({each.trouble or WAITING})"
