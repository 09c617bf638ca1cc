"""Who is acting. Until sign-in exists: one local clinician, on this computer only."""

from __future__ import annotations

from models.policy import LOCAL_CLINICIAN, Person


def acting_person() -> Person:
    return LOCAL_CLINICIAN
