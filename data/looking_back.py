"""Everybody as known on past days, and the back-test that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from data.forecasts import Reading, read_history
from data.histories import PatientRecords
from data.knowledge import Timeline
from data.past_sayings import Key, Seen, judge, say
from models.instrument import Instrument
from models.outcomes.backtest import LOOK_EVERY, BackTest, list_days
from models.outcomes.forecast import Response
from models.outcomes.forecast.covariates import Facts
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.rules import Rules

# Two years, and not the last four weeks, of which too little is known yet.
FARTHEST, NEAREST = timedelta(days=730), timedelta(days=28)

Tell = Callable[[int, int], None]


def choose_days(timelines: Sequence[Timeline], today: date) -> list[date]:
    """Return the days to look back to; none without any record."""
    begun = min((one.since for line in timelines for one in line.versions), default=today)
    return list_days(max(begun, today - FARTHEST), today - NEAREST, every=LOOK_EVERY)


def look_back(
    timelines: Sequence[Timeline],
    facts: Sequence[Facts],
    instruments: Mapping[str, Instrument],
    rules: Rules,
    lines: PromptRules,
    *,
    today: date,
    tell: Tell | None = None,
) -> dict[str, BackTest]:
    """Return the back-test of each instrument of which anything could be said on a past day.

    `facts` are those of each timeline's patient.
    """
    days = choose_days(timelines, today)
    known: list[list[Seen]] = [[] for _ in days]
    truth: dict[str, dict[Key, Response]] = {code: {} for code in instruments}
    total = len(timelines) + len(days) * len(instruments)
    for done, (timeline, own) in enumerate(zip(timelines, facts, strict=True)):
        follow_patient(timeline, own, instruments, rules, days, known, truth)
        if tell:
            tell(done, total)
    found = {}
    for done, (code, instrument) in enumerate(instruments.items()):
        said = say(known, days, instrument, rules, lines, truth[code])
        if tell:
            tell(len(timelines) + (done + 1) * len(days), total)
        if said.first is not None:
            found[code] = judge(said, truth[code], days[-1])
    return found


def follow_patient(
    timeline: Timeline,
    facts: Facts,
    instruments: Mapping[str, Instrument],
    rules: Rules,
    days: Sequence[date],
    known: Sequence[list[Seen]],
    truth: Mapping[str, dict[Key, Response]],
) -> None:
    """Add a patient as known on each day to `known`, and as known now to `truth`."""

    def read_on(day: date) -> Reading:
        records = PatientRecords(timeline.patient_id, "", None, timeline.history_on(day))
        return read_history(records, instruments, rules, facts)

    changes = timeline.days_of_change()
    reading, done = None, 0
    for day, seen in zip(days, known, strict=True):
        before = done
        while done < len(changes) and changes[done] <= day:
            done += 1
        if done > before:
            reading = read_on(day)
        if reading is not None and reading.courses:
            left = timeline.left_on
            seen.append(Seen(reading, left if left is not None and left <= day else None))
    now = read_on(date.max)
    for code in now.episodes:
        for response in now.responses(instruments[code]):
            truth[code][timeline.patient_id, response.day0] = response
