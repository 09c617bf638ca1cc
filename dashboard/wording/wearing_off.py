"""Why a response may be wearing off: how much of the gain is gone, and the outlook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard import formats
from dashboard.wording.evidence import rule
from dashboard.wording.outlook import window_in_words
from data.queries.morning_rows import LookRow
from models.outcomes.gain import CHECK_INS
from models.outcomes.prompt_rules import Prompt, PromptRules

_IN_WORDS = {2: "two", 3: "three"}
IN_A_ROW = f"{_IN_WORDS.get(CHECK_INS, CHECK_INS)} check-ins in a row"


def gain(row: LookRow, lines: PromptRules, today: date, *, prompt: Prompt) -> str:
    """Return what share is gone, by which line and scores; never of a possible worst case."""
    since = f", since {formats.short_day(row.gain_since, today=today)}" if row.gain_since else ""
    line = lines.gain_second if prompt is Prompt.GAIN_SECOND else lines.gain_first
    return (
        f"{formats.share(row.gain_lost)} or more of the gain is gone on {IN_A_ROW} "
        f"(line: {formats.share(line)}){since}: {row.instrument} best "
        f"{formats.number(row.best)}, now {_latest(row.recent, today)}, from baseline "
        f"{formats.number(row.baseline)}{_day(row, today)}. Still responding by the clinic's rule."
    )


def gain_in_short(row: LookRow) -> str:
    return f"Also {formats.share(row.gain_lost)} or more of the gain is gone on {IN_A_ROW}."


def outlook(row: LookRow, lines: PromptRules, today: date) -> str:
    """Return the scores, and the share of patients like this who lose response soon, and when."""
    said = row.outlook
    assert said is not None
    assert said.course_end is not None
    assert said.well_on is not None
    well = (said.well_on - said.course_end).days
    after = [each for each in row.recent if each[0] > said.course_end] or row.recent
    return (
        f"Day {said.days_since} today: {row.instrument} {_latest(after, today)}, last seen well on "
        f"day {well}{rule(row)}. {_soon(row, lines)} (at or over the line of "
        f"{formats.share(lines.chance)}{_since(row, today)}); {window_in_words(said, today)}."
    )


def outlook_in_short(row: LookRow, lines: PromptRules, today: date) -> str:
    soon = _soon(row, lines).replace("Of", "of", 1)
    return f"Also {soon} (at or over the line{_since(row, today)})."


def chance(row: LookRow, lines: PromptRules) -> str:
    """Return the same for the line under any other reason; blank where it is not stated."""
    if row.chance is None or Prompt.OUTLOOK in row.reasons:
        return ""
    soon = formats.days(lines.chance_days)
    return f"{formats.share(row.chance)} like this lose response within {soon}"


def _soon(row: LookRow, lines: PromptRules) -> str:
    return (
        f"Of patients like this {formats.share(row.chance)} lose response within "
        f"{formats.days(lines.chance_days)} from today"
    )


def _since(row: LookRow, today: date) -> str:
    """Return since when that share has been over the line, by what is known now."""
    if row.chance_since is None:
        return ""
    seen = ", the last check-in" if row.chance_since == row.last_assessed_on else ""
    return f" since {formats.short_day(row.chance_since, today=today)}{seen}"


def _latest(check_ins: Sequence[tuple[date, float]], today: date) -> str:
    latest = check_ins[-CHECK_INS:]
    scores = " → ".join(formats.number(score) for _, score in latest)
    days = ", ".join(formats.short_day(day, today=today) for day, _ in latest)
    return f"{scores} ({days})"


def _day(row: LookRow, today: date) -> str:
    return "" if row.course_end_on is None else f"; day {(today - row.course_end_on).days} today"
