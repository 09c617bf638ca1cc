"""The sentences about how a patient is asked: to staff, and to the patients themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.formats import day, moment
from data.queries.checkin_stops import Stops
from data.queries.checkin_wishes import PatientWishes, WishChange

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LANGUAGES = {"en": "English", "es": "Español"}
ANY_WEEKDAY = "as it falls"
SITE_ZONE = "as at the clinic"
SAVE = "Save"
NOT_SAVED = "Not saved"
SAVED = "Saved."
AS_IT_IS_NOW = "Show it as it is now"
SAME = "That is how it is already."


@dataclass(frozen=True)
class Voice:
    """The same form to staff and to the patient."""

    title: str
    seen_by: str
    weekday: str
    hour: str
    zone: str
    language: str
    email: str
    phone: str
    mail_agreed: str
    text_agreed: str
    pause_from: str
    pause_until: str
    stopped: str
    refused: str
    history: str
    by_patient: str


TO_STAFF = Voice(
    title="How this patient is asked",
    seen_by=(
        "The patient sees and can change the same. Who changed what stands below. Reminders name "
        "neither the clinic's kind nor any score."
    ),
    weekday="Day of the week",
    hour="Hour",
    zone="Time zone",
    language="Language",
    email="E-mail",
    phone="Mobile number",
    mail_agreed="Agreed to be reminded by e-mail",
    text_agreed="Agreed to be reminded by text message",
    pause_from="Pause from",
    pause_until="Pause until, that day included",
    stopped="Wants no more check-ins",
    refused=(
        "On {day} the mail server said that this e-mail address does not exist. Nothing is sent "
        "to it until it is changed."
    ),
    history="Who changed this, and when",
    by_patient="the patient",
)
TO_PATIENT = Voice(
    title="How I want to be asked",
    seen_by=(
        "Your clinic sees what you choose here, a pause or a stop too, and may ask you about it."
    ),
    weekday="Day of the week",
    hour="Hour",
    zone="Time zone",
    language="Language",
    email="My e-mail",
    phone="My mobile number",
    mail_agreed="Remind me by e-mail",
    text_agreed="Remind me by text message",
    pause_from="Pause from",
    pause_until="Pause until, that day included",
    stopped="Ask me for no more check-ins",
    refused=(
        "On {day} we were told that your e-mail address does not exist. Please correct it here; "
        "until then no reminder is sent to it."
    ),
    history="What was changed, and by whom",
    by_patient="you",
)


def weekday(value: int | None) -> str:
    return ANY_WEEKDAY if value is None else WEEKDAYS[value]


def hour(value: int) -> str:
    return f"{value:02d}:00"


def zone(value: str | None) -> str:
    return SITE_ZONE if value is None else value.replace("_", " ")


def reached(wishes: PatientWishes) -> str:
    """Return by what way a reminder would come, in one sentence."""
    if wishes.phone and wishes.text_agreed_at:
        way = "by text message"
    elif wishes.mail_refused_at:
        return "No reminders: their e-mail address does not exist."
    elif wishes.email and wishes.mail_agreed_at:
        way = "by e-mail"
    else:
        return "No reminders: no address with a consent is known."
    return f"Reminders {way} at {hour(wishes.wishes.hour)}, {zone(wishes.zone)}."


def refused(wishes: PatientWishes, voice: Voice) -> str:
    """Return that an address does not exist; empty where nobody has said so."""
    at = wishes.mail_refused_at
    return voice.refused.format(day=day(at.astimezone(ZoneInfo(wishes.zone)).date())) if at else ""


def history(change: WishChange, where: str, voice: Voice) -> str:
    """Return "12 Nov 2026, 14:03, the patient: day of the week Tuesday; no more e-mails"."""
    who = voice.by_patient if change.by_patient else change.changed_by
    what = "; ".join(_said(name, value) for name, value in _in_order(change.what))
    return f"{moment(change.changed_at, where)}, {who}: {what}"


_ORDER = (
    *("weekday", "hour", "time_zone", "language", "email", "phone", "mail_agreed_at"),
    *("mail_refused_at", "text_agreed_at", "paused_from", "paused_until", "stopped_on"),
)


def _in_order(what: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if "paused_from" in what and what["paused_from"] is None:
        what = {name: value for name, value in what.items() if name != "paused_until"}
    return [(name, what[name]) for name in _ORDER if name in what]


def _said(name: str, value: Any) -> str:
    if name in ("paused_from", "paused_until"):
        if value is None:
            return "pause taken back"
        way = "from" if name == "paused_from" else "until"
        return f"pause {way} {day(date.fromisoformat(value))}"
    if name in _SWITCHES:
        return _SWITCHES[name][value is not None]
    said = {"weekday": weekday, "hour": hour, "time_zone": zone, "language": LANGUAGES.get}
    shown = said[name](value) if name in said else value
    return f"{_LABELS[name]} {shown}"


_LABELS = {
    "weekday": "day of the week",
    "hour": "hour",
    "time_zone": "time zone",
    "language": "language",
    "email": "e-mail",
    "phone": "mobile number",
}
_SWITCHES = {
    "mail_agreed_at": ("no more e-mails", "agreed to e-mails"),
    "mail_refused_at": ("the e-mail address may be tried again", "no such e-mail address"),
    "text_agreed_at": ("no more text messages", "agreed to text messages"),
    "stopped_on": ("check-ins wanted again", "asked for no more check-ins"),
}


def stops(found: Stops, today: date) -> list[str]:
    """Return what the head of a chart says, the most far-reaching first."""
    said = []
    if found.stopped_on is not None:
        said.append(f"Asked for no more check-ins on {day(found.stopped_on)}.")
    elif found.paused_from and found.paused_until and found.paused_until >= today:
        is_on = found.paused_from <= today
        begun = "are paused" if is_on else f"will be paused from {day(found.paused_from)}"
        said.append(f"Check-ins {begun} until {day(found.paused_until)}.")
    for ended, by in ((found.mail_ended_on, "e-mail"), (found.text_ended_on, "text message")):
        if ended is not None:
            said.append(f"Took back the consent to reminders by {by} on {day(ended)}.")
    return said
