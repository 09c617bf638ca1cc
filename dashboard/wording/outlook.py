"""The outlook in words, for clinicians: a window and what it rests on, or why there is none.

Never an instruction, never one date, never a chance of one patient's own.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil, floor

from dashboard import formats
from dashboard.wording.no_outlook import why_none
from dashboard.wording.trust import windows_held
from data.queries.chart import Chart
from data.queries.forecast import PatientForecast
from models.outcomes.forecast import Outlook
from models.outcomes.forecast.trend import Trend

RESTS_ON = "What the outlook rests on"
HOW_FAR = "How far to trust the outlook here"
LIMITS = (
    "An estimate from how long responses held before, for a clinician to weigh. Group figures do "
    "not say what one patient will do, and the patient does not see this."
)
WOULD_CHANGE = (
    "What would change it: the next check-in. One that still meets the rule moves the window "
    "later, one that no longer does moves it nearer; a day without any counts as unseen, not well."
)
# HTML; beside what the bars of the lane mean.
BAND = (
    "<i class='outlook'></i>outlook: most such responses are lost where it is strongest, half of "
    "them under the bracket"
)
# Of a long history the latest are said; all of them are drawn in the picture and counted.
MOST_OWN = 5
_TENTHS = (
    "a tenth", "two tenths", "three tenths", "four tenths", "half",
    "six tenths", "seven tenths", "eight tenths", "nine tenths",
)  # fmt: skip


def name(forecast: PatientForecast) -> str:
    return f"Outlook, {forecast.instrument}"


def has_left(chart: Chart) -> bool:
    left_on = chart.patient.left_on
    return left_on is not None and left_on <= chart.today


def headline(forecast: PatientForecast, chart: Chart) -> str:
    """Return the window in one sentence or two, or the reason where there is none."""
    outlook = forecast.outlook
    if has_left(chart):
        return f"None: the patient left on {formats.day(chart.patient.left_on)}."
    if outlook.window is None:
        return why_none(forecast, chart)
    seen = _well(outlook, chart)
    return f"{seen}; in patients like this, {window_in_words(outlook, chart.today)}."


def explain(forecast: PatientForecast, chart: Chart) -> list[str]:
    """Return what stands beside the window: one's own past, everybody's, how much is which."""
    outlook = forecast.outlook
    if outlook.window is None or has_left(chart):
        return []
    assert outlook.course_end is not None
    parts = [
        f"Days count from the last infusion, {formats.day(outlook.course_end)}.",
        _edges(outlook),
        _turned(outlook),
        f"{_own(outlook)} {_usual(forecast)}",
        _weight(forecast),
        _trend(forecast.trend),
        WOULD_CHANGE,
        windows_held(forecast.tested) if forecast.tested else "",
        _basis(forecast),
        LIMITS,
    ]
    return [part for part in parts if part]


def describe(forecast: PatientForecast, chart: Chart) -> str:
    """Return the outlook for someone who cannot see the picture."""
    return f"{name(forecast)}: {headline(forecast, chart)}"


def _well(outlook: Outlook, chart: Chart) -> str:
    assert outlook.well_on is not None
    said = f"Last seen well on {_day_in_words(outlook, outlook.well_on, chart.today)}"
    if outlook.turned_on is None:
        return said
    return f"{said}, no longer on {_day_in_words(outlook, outlook.turned_on, chart.today)}"


def window_in_words(outlook: Outlook, today: date) -> str:
    """Return between which days half of patients like this lose response, always as a span."""
    _, low, _, high, _ = _quantiles(outlook)
    if low is None:
        return "fewer than a quarter lose response within a year from now"
    if low <= 0:
        return _already(outlook)
    if high is None:
        return (
            f"a quarter lose response by day {_late(outlook, low)}, and a "
            "quarter or more still respond a year from now"
        )
    first, last = _early(outlook, low), max(_late(outlook, high), _early(outlook, low) + 1)
    return (
        f"half lose response between day {first} and day {last} "
        f"({_dates(outlook, first, last, today)})"
    )


def _already(outlook: Outlook) -> str:
    """Return how many have lost response by today, and by when more of them do."""
    _, *quarters, _ = _quantiles(outlook)
    named = list(zip(("a quarter", "half", "three quarters"), quarters, strict=True))
    gone = [share for share, days in named if days is not None and days <= 0]
    ahead = [f", {share} by day {_late(outlook, days)}" for share, days in named if days]
    unseen = "" if outlook.turned_on else ", unseen"
    return f"{gone[-1]} or more have lost response by now{unseen}{''.join(ahead)}"


def _dates(outlook: Outlook, first: int, last: int, today: date) -> str:
    assert outlook.course_end is not None
    days = (outlook.course_end + timedelta(days=number) for number in (first, last))
    begin, end = (formats.short_day(day, today=today) for day in days)
    return f"{begin} to {end}"


def _edges(outlook: Outlook) -> str:
    least, _, _, _, most = _quantiles(outlook)
    parts = []
    if least is not None and least > 0:
        # Nothing is said of days before today: the patient was not seen on them.
        first = max(_early(outlook, least), (outlook.days_since or 0) + 1)
        parts.append(f"one in ten lose response before day {first}")
    if most is not None and most > 0:
        parts.append(f"one in ten still respond after day {_late(outlook, most)}")
    return f"Of patients like this, {' and '.join(parts)}." if parts else ""


def _turned(outlook: Outlook) -> str:
    if outlook.turned_on is None:
        return ""
    return (
        f"The check-in of {formats.day(outlook.turned_on)} no longer met the rule: a possible "
        "loss, which the window counts in."
    )


def _own(outlook: Outlook) -> str:
    if not outlook.own:
        return "This is the first response on record here."
    spans = ", ".join(_span(*spell) for spell in outlook.own[-MOST_OWN:])
    what = formats.count(len(outlook.own), "own earlier response")
    last = f", the last {MOST_OWN}" if len(outlook.own) > MOST_OWN else ""
    return f"{what.capitalize()}{last} held {spans} days."


def _span(lower: int, upper: int | None) -> str:
    return f"{lower} or more" if upper is None else f"{lower}–{upper}"


def _usual(forecast: PatientForecast) -> str:
    least, half, most = forecast.usual
    if half is None:
        return "Of all responses here, fewer than half are lost within two years."
    parts = [f"half {'' if least else 'are lost '}by day {_round(half)}"]
    if least:
        parts.insert(0, f"one in ten are lost by day {_round(least)}")
    if most:
        parts.append(f"nine in ten by day {_round(most)}")
    said = ", ".join(parts)
    return f"Of all responses here, {said}."


def _weight(forecast: PatientForecast) -> str:
    own, patients = forecast.outlook.own_weight, formats.count(forecast.patients, "patient")
    count = len(forecast.outlook.own)
    if not own or not count:
        return (
            f"Nothing of the expected duration is this patient's own yet: all is borrowed from the "
            f"{patients} with responses here. The scores since the last infusion then move it."
        )
    said = formats.count(count, "own response")
    return (
        f"Of the expected duration about {_tenths(own)} is this patient's own ({said}), the rest "
        f"is borrowed from the {patients} with responses here. The scores since the last infusion "
        "then move it."
    )


def _tenths(weight: float) -> str:
    return _TENTHS[min(max(round(weight * 10), 1), 9) - 1]


def _trend(trend: Trend | None) -> str:
    if trend is None:
        return ""
    held = f"Own earlier responses held {trend.value} over the courses"
    return f"{held}, wherever two can be told apart."


def _basis(forecast: PatientForecast) -> str:
    fitted = "" if forecast.fitted_at is None else f", worked out {formats.day(_fitted(forecast))}"
    return (
        f"From {formats.count(forecast.losses, 'loss', 'losses')} in "
        f"{formats.count(forecast.responses, 'response')} of "
        f"{formats.count(forecast.patients, 'patient')} on {forecast.instrument}, all sites "
        f"together: durations as intervals between check-ins, with a term for each patient{fitted}."
    )


def _fitted(forecast: PatientForecast) -> date:
    assert forecast.fitted_at is not None
    return forecast.fitted_at.date()


def _quantiles(outlook: Outlook) -> tuple[float | None, ...]:
    assert outlook.window is not None
    return outlook.window.quantiles


def _day_in_words(outlook: Outlook, on: date, today: date) -> str:
    """Return a day as one of the course and as a date."""
    assert outlook.course_end is not None
    return f"day {(on - outlook.course_end).days} ({formats.short_day(on, today=today)})"


def _early(outlook: Outlook, ahead: float) -> int:
    return floor((outlook.days_since or 0) + ahead)


def _late(outlook: Outlook, ahead: float) -> int:
    return ceil((outlook.days_since or 0) + ahead)


def _round(days: float) -> str:
    return formats.number(days, 0)
