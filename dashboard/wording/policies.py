"""The sentences that every policy's form and history share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

NOT_CHANGED = "Not changed"
AS_IT_IS_NOW = "Show it as it is now"
WORKING = "Writing it down …"
NO_HISTORY = "Never changed: the default holds."
HISTORY_COLUMNS = ("Revision", "When and who", "What changed", "Why")


def changed(title: str, revision: int) -> str:
    return f"{title}: revision {revision} is in force."


def differences(
    names: Iterable[str],
    before: Any,
    after: Any,
    name: Callable[[str], str],
    value: Callable[[str, Any], str],
) -> str:
    """Return what a revision changed: "Longest snooze: 28 days, then 14 days; ..."."""
    return "; ".join(
        f"{name(each)}: {value(each, old)}, then {value(each, new)}"
        for each in names
        if (old := getattr(before, each)) != (new := getattr(after, each))
    )
