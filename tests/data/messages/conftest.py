"""A patient in Denver who is to be reminded, and senders that keep what they are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.actions.checkin_wishes import set_wishes
from data.messages.senders import Message
from models.policy import OPERATOR


@dataclass
class Kept:
    """A sender: raises the next of `troubles`, or keeps the message."""

    messages: list[Message] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def send(self, message: Message) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.messages.append(message)


@pytest.fixture
def kept() -> Kept:
    return Kept()


def at(text: str, zone: str = "America/Denver") -> datetime:
    """Return an instant by somebody's own clock, as "2026-03-02 17:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def remind(clinic: Any, code: str = "P-1", **wishes: Any) -> Any:
    """Register a patient on a Monday at ten, who agreed to mail unless told otherwise."""
    clinic.now = at("2026-03-02 10:00")
    site = wishes.pop("site", None)
    patient = clinic.register(code, name="Mara Ketamine Kent", site=site)
    changes = {"email": f"{code.lower()}@example.org", "mail_agreed": True, **wishes}
    set_wishes(
        clinic.engine,
        OPERATOR,
        patient_id=patient,
        seen_version=0,
        changes={name: value for name, value in changes.items() if value is not None},
    )
    return patient
