"""The sentences about charts of other sites that are opened in an emergency."""

from __future__ import annotations

from dashboard.formats import clock
from data.queries.emergencies import OpenEmergency
from models.access import EMERGENCY_LASTS

MINUTES = int(EMERGENCY_LASTS.total_seconds() // 60)
OPEN = "Open a chart of another site"
WARNING = (
    "Only in an emergency, for a patient in front of you or on the telephone. Your name, the "
    "reason and every look are recorded and can be read by the clinicians of that site and by "
    f"administrators. The chart is open to you for {MINUTES} minutes, to read only."
)
NUMBER = "Patient number"
REASON = "Why must this chart be opened now?"
OPEN_NOW = "Open this chart now"
NOT_OPENED = "Not opened"
OPENED = f"The chart is open to you for {MINUTES} minutes."
READ_ONLY = "This chart is open to you in an emergency: to read only."
GO = "Go to the chart"


def banner(emergency: OpenEmergency) -> str:
    return (
        f"Opened in an emergency until {clock(emergency.until_at)}, reason: {emergency.reason}. "
        "Every look is recorded; read only."
    )
