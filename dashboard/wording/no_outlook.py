"""Why there is no outlook, in words: the rule, with the scores and days it rests on."""

from __future__ import annotations

from dashboard import formats
from dashboard.wording.episodes import held_in_words
from data.instruments import catalogue
from data.queries.chart import Chart
from data.queries.forecast import PatientForecast
from models.outcomes.forecast import LEAST_LOSSES, OutlookStatus


def why_none(forecast: PatientForecast, chart: Chart) -> str:
    """Return why no window can be stated; for a clinician."""
    if forecast.outlook.status is OutlookStatus.TOO_FEW:
        return _too_few(forecast)
    return f"None: {_why(forecast, chart)}."


def _why(forecast: PatientForecast, chart: Chart) -> str:
    if chart.courses.empty:
        return "no infusion is recorded yet, so there is no response to lose"
    outlook, held = forecast.outlook, _what_it_did(forecast.instrument, chart)
    match outlook.status:
        case OutlookStatus.IN_COURSE:
            when = formats.age(outlook.course_end, outlook.as_of)
            waits = f"the last infusion was {when} and no check-in followed yet"
            if forecast.losses < LEAST_LOSSES:
                return waits
            return f"{waits}. There is a window from the first check-in that meets the rule"
        case OutlookStatus.LOST:
            return f"the response to the latest course has ended by the clinic's rule; it {held}"
        case OutlookStatus.NOT_RESPONDING:
            return f"by the clinic's rule the latest course had {held}"
    if not held:
        return f"no {forecast.instrument} score says how the latest course went"
    if _was_stated(forecast.instrument, chart):
        unseen = formats.days(chart.rules.widest_gap)
        return f"last seen responding over {unseen} ago, which says too little of now; {held}"
    return f"the response to the latest course is {held}"


def _what_it_did(instrument: str, chart: Chart) -> str:
    """Return what the latest course did, blank where nothing was ever answered."""
    episodes = chart.episodes[chart.episodes["instrument"] == instrument]
    said = [
        held_in_words(
            row,
            chart.rules,
            catalogue()[instrument],
            left_on=chart.patient.left_on,
            today=chart.today,
        )
        for row in episodes.tail(1).itertuples()
    ]
    return "".join(said)


def _was_stated(instrument: str, chart: Chart) -> bool:
    stated = chart.episodes[chart.episodes["instrument"] == instrument]["responded"]
    return bool(stated.tail(1).notna().any())


def _too_few(forecast: PatientForecast) -> str:
    if forecast.fitted_at is None:
        return (
            "None yet: durations here have not been worked out under the rules in force. "
            "That is done by itself, within the hour at the latest."
        )
    losses = formats.count(forecast.losses, "loss", "losses")
    return (
        f"None: {losses} on record on {forecast.instrument}, and under {LEAST_LOSSES} say too "
        "little of how long responses hold here."
    )
