"""The sentences of the Today page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dashboard import formats
from dashboard.wording.put_aside import KINDS
from data.queries.morning import Morning
from data.queries.morning_candidates import MOST_ROWS
from data.queries.morning_outlooks import MOST
from data.queries.morning_rows import LookRow
from data.queries.work import Work
from models.outcomes.prompt_rules import OF_SAFETY, Prompt, PromptRules
from models.outcomes.prompts import MISSED_STILL_NEWS, SILENCE_STILL_NEWS, TURN_STILL_NEWS
from models.outcomes.standing import Status

NOBODY_TODAY = (
    "No recorded score meets a rule for review today. That says nothing about patients who have "
    "not answered."
)
ALL_ASIDE = "Everything that meets a rule for review today is put aside."
TO_CALL = OF_SAFETY | {Prompt.LOST}
QUIET = frozenset({Prompt.SILENT, Prompt.MISSED})
WORK = "Done in the last 28 days"
WORK_DAYS = 28
WORK_COLUMNS = ("Who", "Flags acknowledged", "Flags closed", "Prompts seen", "Prompts snoozed")
NO_WORK = "Nobody has acted on a flag or put a prompt aside."


def title(sites: Collection[str]) -> str:
    """Return what the list is headed: the site's name where there is only one to choose."""
    return f"Today, {next(iter(sites))}" if len(sites) == 1 else "Today"


def whose(row: LookRow) -> str:
    """Name one person of the list so that nobody else has the same name; plain text."""
    return f"{row.name}, {row.code}" if row.name else row.code


def counts(rows: Sequence[LookRow], statuses: Mapping[Status, int]) -> str:
    """Return how many persons are on the list, each counted once, and how many hold; HTML."""
    call = sum(row.reason in TO_CALL for row in rows)
    quiet = sum(row.reason in QUIET for row in rows)
    safety = sum(row.reason in OF_SAFETY for row in rows)
    urgent = f", <span class='ag-safety'><b>{safety:,}</b> for safety</span>" if safety else ""
    parts = [
        ("ag-call", call, f"to call{urgent}", "safety, or a confirmed loss"),
        ("ag-off", len(rows) - call - quiet, "to review", "a possible loss, or wearing off"),
        ("ag-quiet", quiet, "silent", "no check-in, or several missed"),
        ("ag-holds", statuses.get(Status.RESPONDING, 0), "holding", "responding when last seen"),
    ]
    spans = "".join(
        f"<span class='{style}' title='{told}'><b>{n:,}</b> {what}</span>"
        for style, n, what, told in parts
    )
    return f"<p class='ag-counts'>{spans}</p>"


def left_out(morning: Morning, *, tells_outlooks: bool) -> str:
    """Return what the list does not show, or nothing where it shows everything."""
    parts = [
        _CUT if morning.is_cut else "",
        _TOO_MANY if not tells_outlooks else "",
        _switched_off(morning.lines),
    ]
    return " ".join(part for part in parts if part)


def method(morning: Morning, *, has_outlooks: bool) -> list[str]:
    """Return how the list came about, a paragraph each: the order, the counts, the rules."""
    estimate = ", or an estimate from them has" if has_outlooks else ""
    prompts = (
        "Each line says which of the clinic's own rules "
        f"(revision {morning.rules.revision}; lines for prompts, revision "
        f"{morning.lines.revision}) recorded scores have met{estimate}. "
    )
    return [_order(has_outlooks), COUNTED, prompts + _spans(morning)]


def _order(has_outlooks: bool) -> str:
    outlook = ", and between the two the outlook" if has_outlooks else ""
    return (
        "Order: worries about safety, those nobody has acknowledged first, then what is new or "
        "worse; confirmed losses, the newest "
        f"first; possible losses; more of the gain gone before less{outlook}, the highest share "
        "first; then silence and missed check-ins, the most recent first. Of one day, whoever has "
        "no next infusion booked comes first. A person stands where the most urgent reason puts "
        "them."
    )


METHOD = "Review prompts, not instructions: how this list came about"
COUNTED = (
    "To call: safety, or a confirmed loss. To review: a possible loss, or wearing off. Silent: no "
    "check-in, or several missed. Holding: responding when last seen, some of them on the list."
)
_CUT = (
    f"There are more than {MOST_ROWS} patients to look at: the {MOST_ROWS} most urgent are "
    "listed; choose a site to see the rest."
)
_TOO_MANY = (
    f"Outlooks of more than {MOST} patients are not worked out at once: choose a site to see whose "
    "window is near."
)


def _spans(morning: Morning) -> str:
    """Return how long each kind is listed."""
    missed = f"from {morning.lines.missed} to {MISSED_STILL_NEWS}"
    return (
        "A flag is listed until a named person closes it, whatever later forms say; a loss for "
        f"{TURN_STILL_NEWS.days} days from the day it was first seen, while the patient still "
        f"answers; silence from {morning.rules.silence} to {SILENCE_STILL_NEWS.days} days; "
        f"check-ins missed in a row {missed}, of whoever was asked for any. Older ones are under "
        "Patients, by status."
    )


def _switched_off(lines: PromptRules) -> str:
    names = [KINDS[prompt] for prompt in Prompt if prompt in lines.off]
    return f"Switched off by the clinic: {', '.join(names)}." if names else ""


def work(rows: Sequence[Work]) -> list[tuple[str, ...]]:
    """Return a line a person, for the table of what was done."""
    return [
        (it.name, *(formats.number(n) for n in (it.acknowledged, it.closed, it.seen, it.snoozed)))
        for it in rows
    ]
