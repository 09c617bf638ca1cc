"""When a response may be wearing off: a clinic's durations, a patient's own, and the scores.

`collect_responses` reads patients' records, `fit_model` learns from them, `state_outlooks` says for
each patient asked about a window or why there is none. Measured against other ways in
tests/benchmarks/README.md.
"""

from models.outcomes.forecast.model import LEAST_LOSSES, VERSION, DurationModel, fit_model
from models.outcomes.forecast.outlook import (
    SHARES,
    WEEKS,
    Asked,
    Outlook,
    OutlookStatus,
    Window,
    outlook_status,
    state_outlooks,
)
from models.outcomes.forecast.responses import Response, collect_responses
from models.outcomes.forecast.storing import from_plain, to_plain

__all__ = [
    "LEAST_LOSSES",
    "SHARES",
    "VERSION",
    "WEEKS",
    "Asked",
    "DurationModel",
    "Outlook",
    "OutlookStatus",
    "Response",
    "Window",
    "collect_responses",
    "fit_model",
    "from_plain",
    "outlook_status",
    "state_outlooks",
    "to_plain",
]
