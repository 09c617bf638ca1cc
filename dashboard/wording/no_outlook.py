"""Why there is no outlook, in words."""

from __future__ import annotations

from dashboard import formats
from data.queries.forecast import PatientForecast
from models.outcomes.forecast import LEAST_LOSSES, OutlookStatus
from models.outcomes.rules import Rules


def why_none(forecast: PatientForecast, rules: Rules) -> str:
    """Return why no window can be stated; for a clinician."""
    outlook = forecast.outlook
    since = (
        "" if outlook.course_end is None else f" {formats.age(outlook.course_end, outlook.as_of)}"
    )
    match outlook.status:
        case OutlookStatus.IN_COURSE:
            why = (
                f"the last infusion was{since} and no check-in followed yet. "
                "There is a window from the first check-in that meets the rule"
            )
        case OutlookStatus.NOT_RESPONDING:
            why = "no response to the latest course by the clinic's rule, so there is none to lose"
        case OutlookStatus.LOST:
            why = "the response to the latest course has ended by the clinic's rule"
        case OutlookStatus.NO_BASELINE:
            why = (
                "no response can be stated without a baseline high enough, from the "
                f"{formats.days(rules.baseline_window)} before the first infusion"
            )
        case OutlookStatus.NOT_ASSESSED:
            why = (
                "too long without a check-in to say anything: none in time after the last "
                f"infusion, or none for over {formats.days(rules.widest_gap)}"
            )
        case _:
            return _too_few(forecast)
    return f"None: {why}."


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
