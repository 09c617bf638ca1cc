"""The sentences of the Durations page."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.charts.swimmer import MOST_ROWS
from dashboard.formats import count, days, number, share
from dashboard.wording.chart import UNREVIEWED
from data.instruments import catalogue
from data.queries.durations import DurationFilter
from models.outcomes.curves import MedianRow, Summary
from models.outcomes.rules import Rules

NOTHING_HELD = (
    "No course on this instrument and these filters has a stated response, so there is no curve. "
    "Choose other filters."
)
# Among fewer than ten, one patient more or less moves the curve by over a tenth.
FEWEST = 10
WORKING = "Working out the curves and their limits …"
SWIMMER = "Each course"
IN_NUMBERS = "Medians and restricted means"
METHODS = {"turnbull": "Turnbull", "kaplan_meier": "Kaplan-Meier, mid-points"}
_UNSTATED = {
    "no_baseline": "without a baseline",
    "low_baseline": "with a baseline under the instrument's minimum",
    "not_assessed": "not assessed within 31 days",
    "no_rule": "on an instrument without a response rule",
}


def funnel(counted: Mapping[str, int], instrument: str) -> str:
    """Return who is in the curves and who is not, with every denominator."""
    total = sum(counted.values())
    responded, none = counted.get("responded", 0), counted.get("not_responding", 0)
    left_out = [f"{n:,} {_UNSTATED[why]}" for why, n in counted.items() if why in _UNSTATED]
    sentence = (
        f"{instrument}: {count(total, 'course')}; {responded + none:,} with a stated response, of "
        f"which {responded:,} responded (followed below)"
    )
    return sentence + (f". Not stated: {', '.join(left_out)}." if left_out else ".")


def headline(summary: Summary, instrument: str) -> str:
    """Return the sentence a manager could repeat in a meeting, or that there is none yet."""
    row = summary.medians[0]
    if row.patients < FEWEST:
        return (
            f"Too few {instrument} responses to say how long they hold: "
            f"{count(row.courses, 'course')} of {count(row.patients, 'patient')}, {row.lost} lost. "
            "Each is drawn below."
        )
    return f"{_median(summary, instrument)} {_still_responding(summary)}".strip()


def _still_responding(summary: Summary) -> str:
    """Return the shares still responding at 4 and 8 weeks, where the courses reach that far."""
    weeks = [
        (week, float(summary.turnbull.survival_at([7 * week])[0]))
        for week in (4, 8)
        if 7 * week <= summary.turnbull.known_to
    ]
    shares = [f"{share(value)} at {week} weeks" for week, value in weeks if value == value]
    return f"Still responding: {', '.join(shares)}." if shares else ""


def _median(summary: Summary, instrument: str) -> str:
    row = summary.medians[0]
    if row.median.value is None:
        return (
            f"Half of responses had not been lost when last seen: the median is not reached "
            f"({count(row.courses, 'course')}, {count(row.patients, 'patient')})."
        )
    return (
        f"Half of {instrument} responses were lost by day {number(row.median.value, 0)}"
        f"{_between(row)}."
    )


def _between(row: MedianRow) -> str:
    lower, upper = row.median.ci_lower, row.median.ci_upper
    if lower is None:
        return ""
    top = "not reached" if upper is None else number(upper, 0)
    return f" (95 % limits {number(lower, 0)} to {top})"


def how_many(courses: int) -> str:
    """Return "120 courses, shortest first; 60 drawn, evenly spaced, 60 more between them." """
    said = f"{count(courses, 'course')}, shortest first"
    if courses > MOST_ROWS:
        said += f"; {MOST_ROWS} drawn, evenly spaced, {courses - MOST_ROWS:,} more between them"
    return f"{said}."


def medians(summary: Summary) -> list[dict[str, str]]:
    return [
        {
            "Method": METHODS[row.method],
            "Patients": str(row.patients),
            "Courses": str(row.courses),
            "Lost": str(row.lost),
            "Median": "not reached" if row.median.value is None else days(row.median.value),
            "95 % limits": _between(row).strip(" ()").removeprefix("95 % limits ") or "none",
            "Mean days held of the first 56": _mean(row),
        }
        for row in summary.medians
    ]


def _mean(row: MedianRow) -> str:
    mean = row.restricted_mean
    if mean.value is None:
        return "not stated: followed for less than 56 days"
    if mean.standard_error is None:
        return number(mean.value)
    return f"{number(mean.value)} (standard error {number(mean.standard_error)})"


def method(rules: Rules) -> str:
    return (
        "Method: from each course's last infusion until a response is first seen lost, confirmed "
        f"by {rules.confirmation} check-ins, which is known only to lie between two check-ins; "
        "courses ended by the next course, by silence or by leaving are followed to the last "
        "check-in seen responding. Each patient counts once however many courses they had. "
        f"Clinic rules, revision {rules.revision}. A curve of a group does not foretell one person."
    )


def about_review(wanted: DurationFilter) -> str:
    """Return the sentence that a definition nobody has checked yet asks for; else nothing."""
    instrument = catalogue()[wanted.instrument]
    return "" if instrument.checked_by else f"{instrument.code}: {UNREVIEWED}."
