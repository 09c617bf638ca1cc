"""Reads a patient's history from a table, and says what came of it as a table.

    day       | infusion | PHQ-9         course | baseline | response | held  | end
    -1        | -        | 20            1      | 20       | yes      | 14-21 | lost
    0 10:00   | yes      | -

Days count from a Monday called day 0; a clock time may follow. "-" is nothing. Rows stand in order
of entry. `held` is 14-21 for a loss in (14, 21], 14+ for one still responding on day 14 after
the course. The outcome may name any of the columns of `_CELLS`, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from data.instruments import catalogue
from models.instrument import Instrument
from models.outcomes.courses import Course, group_courses
from models.outcomes.ending import EndReason, end_reason
from models.outcomes.episodes import Episode, build_episodes
from models.outcomes.history import History, Moment, Score
from models.outcomes.rules import Rules

DAY_0 = date(2026, 1, 5)


@dataclass(frozen=True)
class Outcome:
    episode: Episode
    end: EndReason | None


def read_table(text: str) -> list[dict[str, str]]:
    """Return a dict a row; the first line names the columns."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert all(len(row) == len(header) for row in rows), "a row has too many or too few cells"
    return [dict(zip(header, row, strict=True)) for row in rows]


def on(day: int) -> date:
    return DAY_0 + timedelta(day)


def read_moment(text: str) -> Moment:
    day, _, clock = text.partition(" ")
    return Moment(on(int(day)), time.fromisoformat(clock.strip()) if clock else None)


def read_history(text: str) -> History:
    """Return the history a table tells; every column but day and infusion is an instrument."""
    infusions: list[Moment] = []
    scores: dict[str, list[Score]] = {}
    for row in read_table(text):
        moment = read_moment(row.pop("day"))
        infusion = row.pop("infusion", "-")
        assert infusion in {"yes", "-"}, "an infusion is yes or -"
        infusions += [moment] if infusion == "yes" else []
        for code, value in row.items():
            scores.setdefault(code, [])
            scores[code] += [] if value == "-" else [Score(moment, float(value))]
    return History(tuple(infusions), {code: tuple(values) for code, values in scores.items()})


def find_courses(history: History, rules: Rules | None = None) -> list[Course]:
    return group_courses(history.infusions, rules or Rules())


def find_outcomes(
    history: History,
    instrument: Instrument,
    *,
    rules: Rules | None = None,
    as_of: int | None = None,
    left_on: int | None = None,
) -> list[Outcome]:
    """Return the episodes of all courses; as of the day of the last record, if no day is given."""
    rules = rules or Rules()
    scores = history.scores[instrument.code]
    assessed = [score.moment.day for score in scores]
    last_record = max([*assessed, *(moment.day for moment in history.infusions)])
    episodes = build_episodes(find_courses(history, rules), scores, instrument, rules)
    return [
        Outcome(
            episode,
            end_reason(
                episode.held,
                last_assessed_on=max(assessed, default=None),
                left_on=None if left_on is None else on(left_on),
                as_of=last_record if as_of is None else on(as_of),
                rules=rules,
            ),
        )
        for episode in episodes
    ]


def expect(
    records: str,
    outcome: str,
    *,
    instrument: Instrument | str = "PHQ-9",
    rules: Rules | None = None,
    as_of: int | None = None,
    left_on: int | None = None,
) -> None:
    """Fail unless the records lead to the outcome, one row a course."""
    if isinstance(instrument, str):
        instrument = catalogue()[instrument]
    wanted = read_table(outcome)
    found = find_outcomes(
        read_history(records), instrument, rules=rules, as_of=as_of, left_on=left_on
    )
    columns = [cell.strip() for cell in outcome.strip().splitlines()[0].split("|")]
    told = [{column: _CELLS[column](row) for column in columns} for row in found]
    assert told == wanted, f"\nexpected {_show(wanted)}\nfound    {_show(told)}"


def _show(rows: list[dict[str, str]]) -> str:
    return "\n         ".join(", ".join(f"{k} {v}" for k, v in row.items()) for row in rows)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _verdict(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "-"}[value]


def _day(value: date | None) -> str:
    return "-" if value is None else str((value - DAY_0).days)


def _held(episode: Episode) -> str:
    if episode.lower_days is None:
        assert episode.upper_days is None
        return "-"
    if episode.upper_days is None:
        return f"{episode.lower_days}+"
    return f"{episode.lower_days}-{episode.upper_days}"


_CELLS: dict[str, Callable[[Outcome], str]] = {
    "course": lambda row: str(row.episode.course.number),
    "kind": lambda row: row.episode.course.kind.value,
    "starts": lambda row: _day(row.episode.course.first.day),
    "day 0": lambda row: _day(row.episode.course.last.day),
    "infusions": lambda row: str(row.episode.course.infusions),
    "baseline": lambda row: _number(row.episode.baseline),
    "taken": lambda row: _day(row.episode.baseline_on),
    "best": lambda row: _number(row.episode.best),
    "response": lambda row: _verdict(row.episode.responded),
    "remission": lambda row: _verdict(row.episode.remitted),
    "why": lambda row: "-" if row.episode.unstated is None else row.episode.unstated.value,
    "held": lambda row: _held(row.episode),
    "loss": lambda row: _day(row.episode.loss_on),
    "end": lambda row: "-" if row.end is None else row.end.value,
}
