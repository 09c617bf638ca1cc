"""The sentences of recording and correcting."""

from __future__ import annotations

from dashboard.formats import plain
from dashboard.wording import statuses
from data.queries.chart import PatientFacts

INFUSION, SCORE = "An infusion", "A score"
NEW_PATIENT = "Register a new patient"
REASON = "Why is it corrected? (kept with the old version)"
WITHDRAW = "This should never have been entered: take it out of the chart"
CONFLICT = (
    "Somebody else changed this record while you had it open. Nothing of yours is lost: what it "
    "says now is on the left, what you entered is on the right."
)
NOT_HERE = "This address names no record. Open a patient and choose one under Records."


def whom(patient: PatientFacts) -> str:
    parts = [patient.name or patient.code, patient.code, patient.site]
    return plain(" · ".join(dict.fromkeys(parts))) + f" · {statuses.indication(patient.indication)}"
