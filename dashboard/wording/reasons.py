"""Why somebody is on the morning list: the rule that was met, with its scores and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard import formats
from dashboard.wording import flags
from data.instruments import catalogue
from data.queries.morning import LookRow, Reason
from models.instrument import Instrument
from models.outcomes.rules import Rules

TAGS = {
    Reason.SAFETY: ("Safety", "ag-safety"),
    Reason.SAFETY_BLANK: ("Safety", "ag-safety"),
    Reason.LOST: ("Lost", "ag-off"),
    Reason.POSSIBLE_LOSS: ("Possible loss", "ag-off"),
    Reason.SILENT: ("Silent", "ag-quiet"),
    Reason.MISSED: ("Missed", "ag-quiet"),
}


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


def explain(row: LookRow, rules: Rules, today: date) -> ReasonWords:
    tag, style = TAGS[row.reason]
    sentence = _SENTENCES[row.reason](row, rules, today)
    further = tuple((TAGS[it][1], _IN_SHORT[it](row, today)) for it in row.reasons[1:])
    return ReasonWords(tag, style, sentence, further, _context(row, today))


def _safety(row: LookRow, _rules: Rules, today: date) -> str:
    said = (flags.answered(row.flags[0], today), flags.state(row.flags, today))
    return " ".join(part for part in said if part)


def _blank(row: LookRow, _rules: Rules, today: date) -> str:
    assert row.safety_blank_on is not None
    when = flags.when(row.safety_blank_on, today)
    return f"The safety item was left unanswered on {when}. A blank is not a zero."


def _lost(row: LookRow, rules: Rules, _today: date) -> str:
    seen = f", first seen {_day(row)}" if row.turned_on else ""
    return (
        f"{row.instrument} {_path(row)} no longer meets the clinic's rule"
        f"{_rule(row)}{seen}; confirmed by {_confirmation(rules)}."
    )


def _confirmation(rules: Rules) -> str:
    if rules.confirmation == 1:
        return "one check-in"
    return f"{rules.confirmation} check-ins in a row"


def _possible(row: LookRow, rules: Rules, _today: date) -> str:
    more = rules.confirmation - 1
    return (
        f"{row.instrument} {_path(row)}: the last score no longer meets the clinic's rule"
        f"{_rule(row)}, first seen {_day(row)}. {more} more would confirm it."
    )


def _silent(row: LookRow, _rules: Rules, today: date) -> str:
    assert row.last_assessed_on is not None
    days = (today - row.last_assessed_on).days
    last = formats.number(row.recent[-1][1]) if row.recent else "not known"
    return (
        f"No check-in for {formats.days(days)}; last {row.instrument} {last}, responding then. "
        "Whether the response still holds is unknown."
    )


def _missed(row: LookRow, _rules: Rules, today: date) -> str:
    assert row.missed is not None
    done = row.missed.last_on
    last = f"the last one done was due {flags.when(done, today)}" if done else "none was ever done"
    return (
        f"The last {row.missed.missed} check-ins in a row were missed, the latest due "
        f"{flags.when(row.missed.due_on, today)}; {last}."
    )


_SENTENCES = {
    Reason.SAFETY: _safety,
    Reason.SAFETY_BLANK: _blank,
    Reason.LOST: _lost,
    Reason.POSSIBLE_LOSS: _possible,
    Reason.SILENT: _silent,
    Reason.MISSED: _missed,
}


def _blank_too(row: LookRow, today: date) -> str:
    assert row.safety_blank_on is not None
    return f"Also left unanswered on {flags.when(row.safety_blank_on, today)}."


def _lost_too(row: LookRow, _today: date) -> str:
    return f"Also response lost: {row.instrument} {_path(row)}, first seen {_day(row)}."


def _possible_too(row: LookRow, _today: date) -> str:
    return f"Also possible loss: {row.instrument} {_path(row)}, first seen {_day(row)}."


def _silent_too(row: LookRow, today: date) -> str:
    assert row.last_assessed_on is not None
    return f"Also silent: no check-in for {formats.days((today - row.last_assessed_on).days)}."


def _missed_too(row: LookRow, _today: date) -> str:
    assert row.missed is not None
    return f"Also missed: the last {row.missed.missed} check-ins in a row."


# A worry about safety that was answered is the most urgent of all, so never a further one.
_IN_SHORT = {
    Reason.SAFETY_BLANK: _blank_too,
    Reason.LOST: _lost_too,
    Reason.POSSIBLE_LOSS: _possible_too,
    Reason.SILENT: _silent_too,
    Reason.MISSED: _missed_too,
}


def _path(row: LookRow) -> str:
    """Return the scores the rule was met by, as "8 → 13 → 14 (2, 9 and 16 Nov)", and the latest."""
    evidence = _evidence(row)
    scores = " → ".join(formats.number(score) for _, score in evidence)
    days = ", ".join(formats.short_day(day) for day, _ in evidence)
    latest = row.recent[-1] if row.recent else None
    if latest is None or latest in evidence:
        return f"{scores} ({days})"
    return f"{scores} ({days}), now {formats.number(latest[1])}"


def _evidence(row: LookRow) -> tuple[tuple[date, float], ...]:
    """Return the last score seen responding, the first that was not, and the one after it."""
    for at, (day, _) in enumerate(row.recent):
        if day == row.turned_on:
            return row.recent[max(0, at - 1) : at + 2]
    return row.recent[-3:]


def _rule(row: LookRow) -> str:
    instrument = catalogue().get(row.instrument or "")
    if instrument is None or row.baseline is None:
        return ""
    threshold = instrument.response_threshold(row.baseline)
    if threshold is None:
        return ""
    return (
        f" ({_side(instrument)} {formats.number(threshold)}, from baseline "
        f"{formats.number(row.baseline)})"
    )


def _side(instrument: Instrument) -> str:
    return "at or under" if instrument.best == instrument.lowest else "at or over"


def _day(row: LookRow) -> str:
    assert row.turned_on is not None
    if row.course_end_on is None:
        return formats.short_day(row.turned_on)
    return f"day {(row.turned_on - row.course_end_on).days}"


def _context(row: LookRow, today: date) -> str:
    parts = [row.site]
    if row.last_infusion_on:
        parts.append(f"last infusion {formats.age(row.last_infusion_on, today)}")
    if row.last_assessed_on:
        parts.append(f"last check-in {formats.age(row.last_assessed_on, today)}")
    if row.held_before:
        spells = ", ".join(_held(*spell) for spell in row.held_before)
        parts.append(f"earlier courses held {spells} days")
    return " · ".join(parts)


def _held(lower: int, upper: int | None) -> str:
    return f"{lower} or more" if upper is None else f"{lower}–{upper}"
