"""Why somebody is on the morning list: the rule that was met, with its scores and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import NamedTuple

from dashboard import formats
from dashboard.wording import flags, put_aside, wearing_off
from dashboard.wording.evidence import path, rule, since_then
from data.messages.templates import TAGS as NAMES
from data.queries.morning_rows import LookRow
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.rules import Rules

STYLES = {
    Prompt.SAFETY: "ag-safety",
    Prompt.SAFETY_BLANK: "ag-safety",
    Prompt.SILENT: "ag-quiet",
    Prompt.MISSED: "ag-quiet",
}
# A tag says the same here and in the daily mail.
TAGS = {prompt: (name, STYLES.get(prompt, "ag-off")) for prompt, name in NAMES.items()}


@dataclass(frozen=True)
class ReasonWords:
    """A tag with its style, the reason in one sentence, and what else to know.

    `further` holds the less urgent reasons of the same person: a style and a short sentence each.
    """

    tag: str
    style: str
    sentence: str
    further: tuple[tuple[str, str], ...]
    context: str


class By(NamedTuple):
    """The rules that were met, and the day on which they were."""

    rules: Rules
    lines: PromptRules
    today: date


def explain(row: LookRow, by: By) -> ReasonWords:
    tag, style = TAGS[row.reason]
    sentence = _SENTENCES[row.reason](row, by)
    further = tuple((TAGS[it][1], _IN_SHORT[it](row, by)) for it in row.reasons[1:])
    return ReasonWords(tag, style, sentence, further, _context(row, by))


def in_html(said: ReasonWords) -> str:
    """Return the sentence and the less urgent reasons, each in the colour of its own line; HTML."""
    parts = (f" <span class='{style}'>{escape(short)}</span>" for style, short in said.further)
    return escape(said.sentence) + "".join(parts)


def in_short(row: LookRow, by: By) -> str:
    """Return every prompt that is put aside, in a few words each."""
    said = (_IN_SHORT[it](row, by).removeprefix("Also ") for it in row.aside)
    return " ".join(each[:1].upper() + each[1:] for each in said)


def _safety(row: LookRow, by: By) -> str:
    return flags.still_open(row.flags, by.today)


def _blank(row: LookRow, by: By) -> str:
    assert row.safety_blank_on is not None
    when = flags.when(row.safety_blank_on, by.today)
    return f"The safety item was left unanswered on {when}. A blank is not a zero."


def _lost(row: LookRow, by: By) -> str:
    seen = f", first seen {_day(row)}" if row.turned_on else ""
    return (
        f"{row.instrument} {path(row, by.rules)} no longer meets the clinic's rule"
        f"{rule(row)}{seen}; confirmed by {_confirmation(by)}.{since_then(row, by.rules)}"
    )


def _confirmation(by: By) -> str:
    if by.rules.confirmation == 1:
        return "one check-in"
    return f"{by.rules.confirmation} check-ins in a row"


def _possible(row: LookRow, by: By) -> str:
    seen = sum(day >= row.turned_on for day, _ in row.recent) if row.turned_on else 1
    those = "score no longer meets" if seen == 1 else f"{seen} scores no longer meet"
    return (
        f"{row.instrument} {path(row, by.rules)}: the last {those} the clinic's rule{rule(row)}, "
        f"first seen {_day(row)}. {by.rules.confirmation - seen} more would confirm it."
    )


def _silent(row: LookRow, by: By) -> str:
    assert row.last_assessed_on is not None
    days = (by.today - row.last_assessed_on).days
    last = formats.number(row.recent[-1][1]) if row.recent else "not known"
    return (
        f"No check-in for {formats.days(days)}; last {row.instrument} {last}, responding then. "
        "Whether the response still holds is unknown."
    )


def _missed(row: LookRow, by: By) -> str:
    assert row.missed is not None
    done = row.missed.last_on
    last = (
        f"the last one done was due {flags.when(done, by.today)}" if done else "none was ever done"
    )
    return (
        f"The last {row.missed.missed} check-ins in a row were missed, the latest due "
        f"{flags.when(row.missed.due_on, by.today)}; {last}{_heard_of(row, by)}."
    )


def _heard_of(row: LookRow, by: By) -> str:
    """Return that somebody entered a score since: forms were missed, the patient was not."""
    assert row.missed is not None
    if row.last_assessed_on is None or row.last_assessed_on <= row.missed.due_on:
        return ""
    return f". A score was recorded without one on {flags.when(row.last_assessed_on, by.today)}"


def _gain_first(row: LookRow, by: By) -> str:
    return wearing_off.gain(row, by.lines, by.today, prompt=Prompt.GAIN_FIRST)


def _gain_second(row: LookRow, by: By) -> str:
    return wearing_off.gain(row, by.lines, by.today, prompt=Prompt.GAIN_SECOND)


def _outlook(row: LookRow, by: By) -> str:
    return wearing_off.outlook(row, by.lines, by.today)


_SENTENCES = {
    Prompt.SAFETY: _safety,
    Prompt.SAFETY_BLANK: _blank,
    Prompt.LOST: _lost,
    Prompt.POSSIBLE_LOSS: _possible,
    Prompt.GAIN_SECOND: _gain_second,
    Prompt.OUTLOOK: _outlook,
    Prompt.GAIN_FIRST: _gain_first,
    Prompt.SILENT: _silent,
    Prompt.MISSED: _missed,
}


def _blank_too(row: LookRow, by: By) -> str:
    assert row.safety_blank_on is not None
    return f"Also left unanswered on {flags.when(row.safety_blank_on, by.today)}."


def _lost_too(row: LookRow, by: By) -> str:
    lost = f"{row.instrument} {path(row, by.rules)}, first seen {_day(row)}"
    return f"Also response lost: {lost}.{since_then(row, by.rules)}"


def _possible_too(row: LookRow, by: By) -> str:
    return f"Also possible loss: {row.instrument} {path(row, by.rules)}, first seen {_day(row)}."


def _gain_too(row: LookRow, _by: By) -> str:
    return wearing_off.gain_in_short(row)


def _outlook_too(row: LookRow, by: By) -> str:
    return wearing_off.outlook_in_short(row, by.lines, by.today)


def _silent_too(row: LookRow, by: By) -> str:
    assert row.last_assessed_on is not None
    return f"Also silent: no check-in for {formats.days((by.today - row.last_assessed_on).days)}."


def _missed_too(row: LookRow, by: By) -> str:
    assert row.missed is not None
    return f"Also missed: the last {row.missed.missed} check-ins in a row."


# A worry about safety that was answered is the most urgent of all, so never a further one.
_IN_SHORT = {
    Prompt.SAFETY_BLANK: _blank_too,
    Prompt.LOST: _lost_too,
    Prompt.POSSIBLE_LOSS: _possible_too,
    Prompt.GAIN_SECOND: _gain_too,
    Prompt.OUTLOOK: _outlook_too,
    Prompt.GAIN_FIRST: _gain_too,
    Prompt.SILENT: _silent_too,
    Prompt.MISSED: _missed_too,
}


def _day(row: LookRow) -> str:
    assert row.turned_on is not None
    if row.course_end_on is None:
        return formats.short_day(row.turned_on)
    return f"day {(row.turned_on - row.course_end_on).days}"


def _context(row: LookRow, by: By) -> str:
    parts = [row.site]
    if row.last_infusion_on:
        parts.append(f"last infusion {formats.age(row.last_infusion_on, by.today)}")
    if row.planned_on:
        parts.append(f"next planned {flags.when(row.planned_on, by.today)}")
    if row.last_assessed_on:
        parts.append(f"last check-in {formats.age(row.last_assessed_on, by.today)}")
    parts.append(wearing_off.chance(row, by.lines))
    if row.held_before:
        spells = ", ".join(_held(*spell) for spell in row.held_before)
        parts.append(f"earlier courses held {spells} days")
    parts.append(put_aside.mentioned(row, by.today))
    return " · ".join(part for part in parts if part)


def _held(lower: int, upper: int | None) -> str:
    return f"{lower} or more" if upper is None else f"{lower}–{upper}"
