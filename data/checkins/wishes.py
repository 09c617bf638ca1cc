"""What is kept of how a patient wants to be asked, and what holds until they say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

ADDRESSES = ("email", "phone")
PATIENT = "patient"  # who changed it, in a change's `by`
DEFAULTS: dict[str, Any] = {
    "weekday": None,
    "hour": 17,
    "time_zone": None,
    "language": "en",
    "email": None,
    "phone": None,
    "phone_hash": None,
    "mail_refused_at": None,
    "mail_agreed_at": None,
    "text_agreed_at": None,
    "paused_from": None,
    "paused_until": None,
    "stopped_on": None,
}


def address_place(name: str, patient_id: UUID) -> str:
    """Return the place an address is sealed for; `name` is email or phone."""
    return f"checkin_wishes:{name}:{patient_id}"
