"""Charts to draw, computed by the product's own rules from a few days and values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pandas as pd

from data.instruments import catalogue
from data.queries.chart import Chart, PatientFacts
from models.outcomes.courses import group_courses
from models.outcomes.ending import end_reason
from models.outcomes.episodes import build_episodes
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules

FIRST = date(2026, 1, 5)
INDUCTION = (0, 3, 7, 10, 14, 17)  # day 0 of the course is day 17
DAY_ZERO = FIRST + timedelta(days=17)
PHQ9 = catalogue()["PHQ-9"]
WHO5 = catalogue()["WHO-5"]
PAIN = catalogue()["NRS-11"]
INFUSION = dict.fromkeys(
    ("minutes", "systolic_peak", "diastolic_peak", "dissociation", "note", "weight_kg", "mg_kg")
)


def day(number: int) -> date:
    """The day `number` days after the first infusion of INDUCTION."""
    return FIRST + timedelta(days=number)


def infusion(number: int, **known) -> dict:
    given = {"day": day(number), "at": None, "drug": "ketamine", "route": "IV", "dose_mg": 40.0}
    return INFUSION | given | {"adverse_events": []} | known


def score(number: int, total: float | None, instrument: str = "PHQ-9", **known) -> dict:
    taken = {"day": day(number), "at": None, "instrument": instrument, "total": total}
    plain = {"stated_total": None, "is_prorated": False, "items": None, "safety_answer": None}
    return taken | plain | {"mode": "link", "note": None} | known


def chart(infusions, scores, *, today: int, left: int | None = None, rules: Rules | None = None):
    """A chart of infusion days (or rows) and score rows, as known on day `today`."""
    rules = rules or Rules()
    given = [row if isinstance(row, dict) else infusion(row) for row in infusions]
    courses = group_courses([Moment(row["day"]) for row in given], rules)
    left_on = None if left is None else day(left)
    starts = [course.first.day for course in courses]
    for row in given:
        row["course_no"] = sum(start <= row["day"] for start in starts)
    return Chart(
        _patient(left_on),
        _frame(given, infusion(0) | {"course_no": 1}),
        _frame(scores, score(0, 1)),
        _courses(courses),
        _episodes(courses, scores, left_on, day(today), rules),
        rules,
        day(today),
    )


def _patient(left_on: date | None) -> PatientFacts:
    nothing = dict.fromkeys(PatientFacts.__dataclass_fields__)
    known = {"patient_id": UUID(int=1), "code": "P1", "site": "Denver", "left_on": left_on}
    return PatientFacts(**(nothing | known))


def _frame(rows: list[dict], like: dict) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(like))
    frame["at"] = pd.to_datetime(frame["at"])
    return frame.sort_values("day", kind="stable").reset_index(drop=True)


def _courses(courses) -> pd.DataFrame:
    columns = ["course_no", "kind", "infusions", "start_on", "end_on", "route"]
    rows = [(c.number, str(c.kind), c.infusions, c.first.day, c.last.day, "IV") for c in courses]
    return pd.DataFrame(rows, columns=columns)


def _episodes(courses, scores, left_on, today, rules) -> pd.DataFrame:
    columns = (
        "instrument course_no baseline baseline_on best followups responded remitted unstated held "
        "lower_days upper_days turned_on last_assessed_on end_reason start_on end_on kind "
        "next_start_on"
    ).split()
    rows = []
    for code in dict.fromkeys(row["instrument"] for row in scores):
        own = [r for r in scores if r["instrument"] == code and r["total"] is not None]
        values = [Score(Moment(row["day"]), row["total"]) for row in own]
        last = max((row["day"] for row in own), default=None)
        built = build_episodes(courses, values, catalogue()[code], rules) if courses else []
        following = [*(course.first.day for course in courses[1:]), None]
        for e, next_start in zip(built, following, strict=False):
            reason = end_reason(
                e.held, last_assessed_on=last, left_on=left_on, as_of=today, rules=rules
            )
            own_facts = {name: getattr(e, name) for name in columns if hasattr(e, name)}
            course = {
                "course_no": e.course.number,
                "kind": str(e.course.kind),
                "start_on": e.course.first.day,
                "end_on": e.course.last.day,
                "next_start_on": next_start,
            }
            rows.append(own_facts | course | {"last_assessed_on": last, "end_reason": reason})
    return pd.DataFrame(rows, columns=columns)


# One history for each way a course can end, with the days since day 0 it is told by.
def ending(reason: str) -> Chart:
    held = [score(0, 18), score(24, 8), score(31, 7), score(38, 6)]  # last responding on day 21
    turned = [*held, score(45, 13)]
    return {
        "lost": lambda: chart(INDUCTION, [*turned, score(52, 14)], today=60),
        "possible_loss": lambda: chart(INDUCTION, turned, today=50),
        "holding": lambda: chart(INDUCTION, held, today=45),
        "silent": lambda: chart(INDUCTION, held, today=60),
        "left": lambda: chart(INDUCTION, held, today=60, left=50),
        "next_course": lambda: chart([*INDUCTION, 41], held, today=45),
        "gap": lambda: chart(INDUCTION, [*held, score(130, 16), score(137, 17)], today=140),
    }[reason]()


ENDINGS = ("lost", "possible_loss", "holding", "silent", "left", "next_course", "gap")


def traces(figure, name: str) -> list:
    return [trace for trace in figure.data if trace.name == name]


def stretch(bar) -> tuple[date, date]:
    """First and last day of a bar on the time axis."""
    begin = bar.base[0]
    begin = begin.date() if isinstance(begin, datetime) else begin
    return begin, begin + timedelta(milliseconds=bar.x[0])
