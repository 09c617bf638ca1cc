"""The words for where a patient stands."""

from __future__ import annotations

from models.outcomes.standing import Status

NAMES = {
    Status.RESPONDING: "Responding",
    Status.POSSIBLE_LOSS: "Possible loss",
    Status.LOST: "Response lost",
    Status.NOT_RESPONDING: "No response seen",
    Status.UNKNOWN: "Unknown (silent)",
    Status.IN_COURSE: "In course",
    Status.NOT_STATED: "Not stated",
    Status.UNTREATED: "Not yet treated",
    Status.LEFT: "Left",
}

MEANINGS = {
    Status.RESPONDING: "responding at the last check-in, and not silent since",
    Status.POSSIBLE_LOSS: "the last score no longer meets the rule; not yet confirmed",
    Status.LOST: "no longer meeting the rule, confirmed",
    Status.NOT_RESPONDING: "no response to the last course, or none yet",
    Status.UNKNOWN: "responding when last seen, and silent since",
    Status.IN_COURSE: "treated lately, and no score since",
    Status.NOT_STATED: "no baseline, or no score in time",
    Status.UNTREATED: "registered, no infusion yet",
    Status.LEFT: "no longer with the clinic",
}

INDICATIONS = {
    "depression": "Depression",
    "anxiety": "Anxiety",
    "ptsd": "PTSD",
    "ocd": "OCD",
    "addiction": "Addiction",
    "chronic_pain": "Chronic pain",
}


def explained() -> str:
    """Return what each status means, one under another; Markdown."""
    return "\n".join(f"- {NAMES[status]}: {MEANINGS[status]}" for status in Status)


def indication(code: str | None) -> str:
    if not code:
        return "no indication recorded"
    return INDICATIONS.get(code, code.replace("_", " ").capitalize())
