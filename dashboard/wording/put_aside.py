"""The sentences about prompts that somebody has put aside: who, why, and until when."""

from __future__ import annotations

from datetime import date

from dashboard import formats
from data.queries.morning_rows import LookRow
from models.outcomes.prompt_rules import Prompt
from models.outcomes.reviews import Deed, Review

PUT_ASIDE = "Put aside"
ASIDE = "put aside"
WHY = "Why it can wait"
WHY_HINT = "What was done, or what is known"
SEEN = "Seen: until there is something new"
SNOOZE = "Snooze until this day"
UNTIL = "Back on"
LEAVE = "Leave it"
BRING_BACK = "Bring back"
NOT_SAVED = "Not put aside"
NOT_BROUGHT_BACK = "Not brought back"
WAS_SEEN = "Put aside until there is something new."
BROUGHT_BACK = "Back on the list."
AS_IT_IS_NOW = "Show what holds now"
RULE = (
    "Seen: back with the next score, or with another kind of reason. Snoozed: back on that day, or "
    "with another kind of reason. A worry about safety is never put aside; it is closed on its "
    "flag."
)
KINDS = {
    Prompt.SAFETY: "safety",
    Prompt.SAFETY_BLANK: "safety item left blank",
    Prompt.LOST: "response lost",
    Prompt.POSSIBLE_LOSS: "possible loss",
    Prompt.GAIN_SECOND: "much of the gain lost",
    Prompt.OUTLOOK: "outlook",
    Prompt.GAIN_FIRST: "some of the gain lost",
    Prompt.SILENT: "silent",
    Prompt.MISSED: "missed check-ins",
}


def heading(count: int) -> str:
    return f"{count:,} put aside"


def was_snoozed(until: date) -> str:
    return f"Put aside until {formats.weekday(until)}."


def mentioned(row: LookRow, today: date) -> str:
    """Return what of a person still on the list is put aside; blank for nothing."""
    if not row.aside or row.review is None:
        return ""
    kinds = ", ".join(KINDS[prompt] for prompt in row.aside)
    return f"put aside: {kinds} ({_by(row.review, today)})"


def signed(review: Review, zone: str) -> str:
    """Return who put it aside when, until when and why, in their words."""
    return f"{formats.moment(review.recorded_at, zone)}, {_what(review)}: {review.reason}"


def _what(review: Review) -> str:
    if review.deed is Deed.SNOOZED and review.until:
        return f"snoozed by {review.recorded_by} until {formats.weekday(review.until)}"
    return f"seen by {review.recorded_by}, until there is something new"


def _by(review: Review, today: date) -> str:
    until = formats.short_day(review.until, today=today)
    return f"{review.recorded_by}, until {until or 'there is something new'}"
