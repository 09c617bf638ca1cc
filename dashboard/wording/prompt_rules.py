"""The clinic's lines for review prompts in words."""

from __future__ import annotations

from dashboard import formats
from dashboard.wording import policies
from models.outcomes.prompt_rules import OF_SAFETY, SOURCES, Prompt, PromptRules

TITLE = "Review prompts"
WHAT = (
    "When a person stands on Today. These lines decide whom a clinician is shown, never what to "
    "do, and change no result."
)
CHANGE, CHANGE_IT = "Change the lines for prompts", "Change these lines"
WHAT_A_CHANGE_DOES = (
    "A change is a new revision with your name and reason, in force at once. Nothing is recomputed."
)
WHY = "Why these lines are changed"
WORKING = policies.WORKING
HISTORY = "Earlier lines for prompts"
KIND_COLUMNS = ("Kind of prompt", "Shown")
WHICH = "Shown on Today"
NAMES = {
    "gain_first": "Gain lost, first line, on two check-ins in a row",
    "gain_second": "Gain lost, second line, on two check-ins in a row",
    "chance": "Share of patients like this who lose response soon",
    "chance_days": "How soon",
    "missed": "Check-ins missed in a row",
    "snooze_days": "Longest snooze",
}
KINDS = {
    Prompt.SAFETY: "A safety flag (item 9, or a site's own rule)",
    Prompt.SAFETY_BLANK: "The safety item left blank",
    Prompt.LOST: "Confirmed loss",
    Prompt.POSSIBLE_LOSS: "Possible loss",
    Prompt.GAIN_SECOND: "Gain lost, second line",
    Prompt.OUTLOOK: "Outlook: share likely to lose response soon",
    Prompt.GAIN_FIRST: "Gain lost, first line",
    Prompt.SILENT: "Silence",
    Prompt.MISSED: "Missed check-ins",
}
ALWAYS, SHOWN, OFF = "always", "yes", "switched off"
NO_OUTLOOKS = "no: this installation shows no outlooks"


def columns(lines: PromptRules) -> tuple[str, str, str]:
    return f"Line, revision {lines.revision}", "Value", "Where it comes from"


def rows(lines: PromptRules) -> list[tuple[str, str, str]]:
    return [(NAMES[name], value(name, getattr(lines, name)), SOURCES[name]) for name in NAMES]


def kinds(lines: PromptRules, *, has_outlooks: bool) -> list[tuple[str, str]]:
    """Return each kind of prompt and whether Today shows it."""
    shown = {prompt: _shown(prompt, lines) for prompt in KINDS}
    if not has_outlooks:
        shown[Prompt.OUTLOOK] = NO_OUTLOOKS
    return [(name, shown[prompt]) for prompt, name in KINDS.items()]


def value(name: str, it: float) -> str:
    if name in ("gain_first", "gain_second", "chance"):
        return formats.share(it, 1)
    return formats.count(int(it), "check-in") if name == "missed" else formats.days(it)


def name_in_percent(name: str) -> str:
    return f"{NAMES[name]} (%)"


def days(count: int) -> str:
    return formats.days(count)


def differences(before: PromptRules, after: PromptRules) -> str:
    """Return what a revision changed: "Longest snooze: 28 days, then 14 days; ..."."""
    values = policies.differences(NAMES, before, after, NAMES.__getitem__, value)
    switched = [
        f"{KINDS[prompt]}: {_shown(prompt, before)}, then {_shown(prompt, after)}"
        for prompt in Prompt
        if before.wants(prompt) != after.wants(prompt)
    ]
    return "; ".join(filter(None, [values, *switched]))


def _shown(prompt: Prompt, lines: PromptRules) -> str:
    if prompt in OF_SAFETY:
        return ALWAYS
    return SHOWN if lines.wants(prompt) else OFF
