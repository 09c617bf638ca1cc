"""The sentences of the Audit page, and of who opened a chart; every event has its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.formats import clock, count, day
from dashboard.wording.users import roles
from data.audit_check import Finding
from data.doors.events import Event
from data.queries.access import Access
from data.queries.audit import AuditRow
from models.access import Stage
from models.policy import Operation, Role

WHAT = (
    "Who read or changed what. Nothing here can be changed; looking at it is written as well. "
    "Times are those of the site."
)
NOTHING = "No line of the audit fits. Choose wider filters."
PERSON, PATIENT, SITE = "Person", "Patient number", "Site"
OPERATION, OUTCOME, DAYS = "What", "Outcome", "From and to"
ANY = "Any"
COLUMNS = ("When", "Who", "What", "Outcome", "Patient", "Site", "Address", "Details")
SAID_ELSEWHERE = ("looked", "what")
OUTCOMES = {"done": "done", "denied": "denied", "failed": "did not work"}
CHECK = "Check the chain"
CHECK_TITLE = "Is the audit as it was written?"
WHY_CHAINS = (
    "The lines of each site form a chain: every line holds a fingerprint of the one before, so "
    "that one that is edited, dropped, swapped or added later shows. The end of every chain is "
    "noted once a day in a file of its own, the kept heads. Whoever could rewrite a whole chain in "
    "the database would have to change that file too: copy it to another computer, where they "
    "cannot."
)
CHECKING = "Reading every line ..."
_WHAT: dict[str, str] = {
    Operation.READ_OWN: "read their own record",
    Operation.READ_CHART: "opened a chart",
    Operation.READ_ACCESS: "read who opened a chart",
    Operation.OPEN_EMERGENCY: "opened a chart in an emergency",
    Operation.LIST_PATIENTS: "listed patients",
    Operation.READ_CURVES: "read curves",
    Operation.READ_GROUP_CURVES: "read the group's curves",
    Operation.READ_DEFINITIONS: "read definitions",
    Operation.REGISTER_PATIENT: "registered a patient",
    Operation.RECORD_INFUSION: "recorded an infusion",
    Operation.RECORD_ASSESSMENT: "recorded a score",
    Operation.RECORD_SCREEN: "recorded a screen",
    Operation.PLAN_INFUSION: "booked the next infusion",
    Operation.CORRECT_RECORD: "corrected a record",
    Operation.ANSWER_CHECKIN: "answered a check-in",
    Operation.PLAN_CHECKINS: "planned check-ins",
    Operation.ACT_ON_FLAG: "acted on a flag",
    Operation.REVIEW_PROMPT: "put a prompt aside or brought it back",
    Operation.IMPORT: "imported files",
    Operation.EXPORT: "exported data",
    Operation.SET_POLICY: "changed rules or settings",
    Operation.SET_CRISIS_TEXT: "wrote a crisis text",
    Operation.MANAGE_SITES: "opened or renamed a site",
    Operation.MANAGE_USERS: "looked at or changed users",
    Operation.END_SESSIONS: "looked at or ended sessions",
    Operation.READ_AUDIT: "read the audit",
    Operation.REFRESH: "worked everything out anew",
    Event.SIGN_IN: "signed in",
    Event.SIGN_OUT: "signed out",
    Event.SIGN_OUT_EVERYWHERE: "signed out everywhere",
    Event.SECOND_FACTOR: "gave the second step",
    Event.CONFIRM: "confirmed that it is them",
    Event.SET_UP: "set up Afterglow",
    Event.CHOOSE_PASSWORD: "chose a password",
    Event.CHANGE_PASSWORD: "changed the password",
    Event.LINK_IDENTITY: "linked an account elsewhere",
    Event.ENROL_SECOND_FACTOR: "set up a second step",
    Event.REMOVE_SECOND_FACTOR: "removed the second step",
    Event.RECOVERY_CODE: "used a recovery code",
    Event.SESSION_ENDED: "session ended",
    Event.LOCKOUT: "has to wait after too many tries",
}
# Whatever the table above has, in the order people look for it.
EVENTS = tuple(_WHAT)

ACCESS_WHAT = (
    "Everybody who opened or changed this chart, or tried to, by day. Lists on which the patient "
    "stands are not counted."
)
ACCESS_COLUMNS = ("Day", "Who", "When", "What")


def what(operation: str) -> str:
    return _WHAT.get(operation, operation.replace("_", " "))


STAGES = {
    Stage.PASSWORD: "second step still owed",
    Stage.ENROLMENT: "second step still to be set up",
    Stage.OPEN: "let in",
}


def outcome(code: str) -> str:
    return OUTCOMES.get(code, code)


def role(held: str) -> str:
    """Return the roles of a line, which are stored joined: clinician+administrator."""
    known = {each for each in Role if each in held.split("+")}
    return roles(known)


def line(row: AuditRow) -> tuple[str, ...]:
    held = role(row.role)
    return (
        f"{day(row.at)}, {clock(row.at)} {zone_of(row)}",
        f"{row.person} ({held})" if held else row.person,
        _done(row),
        outcome(row.outcome),
        row.patient or "",
        row.site or "",
        row.client or "",
        details(row.detail | ({"user": row.user} if row.user else {})),
    )


def zone_of(row: AuditRow) -> str:
    """Return the letters of a line's time zone: lines of several stand under each other."""
    return row.at.replace(tzinfo=ZoneInfo(row.time_zone)).strftime("%Z")


def _done(row: AuditRow) -> str:
    """Return what was done; some lines say themselves what their operation was here."""
    if "looked" in row.detail:
        return f"looked at {_value(row.detail['looked'])}"
    if "what" in row.detail and row.operation == Operation.MANAGE_USERS:
        return f"users: {_value(row.detail['what'])}"
    return what(row.operation)


def details(detail: dict[str, Any]) -> str:
    """Return names of fields and counts as words: fields dose mg, note; version 2."""
    return "; ".join(
        STAGES[Stage(value)] if name == "stage" else f"{_spaced(name)} {_value(value)}"
        for name, value in sorted(detail.items())
        if name not in SAID_ELSEWHERE
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_value, value)) if isinstance(value, list) else _spaced(str(value))


def _spaced(text: str) -> str:
    return text.replace("_", " ")


def place(first: int, shown: int) -> str:
    return f"{first:,} to {first + shown - 1:,}, newest first."


def found(findings: Sequence[Finding]) -> str:
    return f"{count(len(findings), 'thing')} found: the audit is not as it was written."


def sound(lines: int, chains: int) -> str:
    return f"{count(lines, 'line')} in {count(chains, 'chain')}, none edited, dropped or moved."


def kept(noted: int, last_on: date | None) -> str:
    if not noted or last_on is None:
        return (
            "No heads are kept yet: lines cut off the end of a chain could not be told. They are "
            "noted once a day while Afterglow runs."
        )
    return f"Compared with {count(noted, 'kept head')}, the newest noted on {day(last_on)}."


def access(row: Access) -> tuple[str, ...]:
    held = role(row.role)
    parts = [
        (row.opened, "opened"),
        (row.changed, "changed"),
        (row.refused, "refused"),
    ]
    done = [_times(number, verb) for number, verb in parts if number]
    if row.other:
        done.append("gave the reason" if row.is_emergency else "read this list or the audit")
    said = ", ".join(done)
    if row.is_emergency:
        said = f"in an emergency: {said}"
    times = clock(row.first_at)
    if row.last_at != row.first_at and clock(row.last_at) != times:
        times += f" to {clock(row.last_at)}"
    return (day(row.day), f"{row.person}, {held}" if held else row.person, times, said)


def _times(number: int, verb: str) -> str:
    return verb if number == 1 else f"{verb} {number} times"
