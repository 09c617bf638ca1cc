"""The sentences of the Users page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from dashboard.formats import count, moment
from dashboard.wording.doors import ROLES
from data.queries.users import UserRow
from models.access import TOKEN_LASTS
from models.policy import Role

WHAT = (
    "Who may come in, and what each of them may do. Administrators see no charts; managers see "
    "figures and no names."
)
ONLY_LOOKING = "To add or change users, confirm first that it is still you."
ADD = "Add a user"
KIND = "Who is it?"
STAFF, A_PATIENT = "Staff", "A patient"
NAME = "Name, as it stands beside what they do"
SIGN_IN_NAME = "Sign-in name, such as an e-mail address"
ROLE_LABEL = "Roles"
SITES_LABEL = "Sites"
ALL_SITES = "All sites, also those opened later"
PATIENT_NUMBER = "Number of the patient, as the clinic uses it"
SEE_OWN = "They will see their own scores and infusions and nothing else."
CHANGE = "Change a user"
CHOOSE = "User"
CHOOSE_ONE = "Choose a user to change"
SAVE = "Save the changes"
ENDS_SESSIONS = "Another role or site signs them out, so that it holds at once."
NOT_ADDED, NOT_CHANGED, NOT_DONE = "Not added", "Not changed", "Not done"
AS_IT_IS_NOW = "Show this user as it is now"
COLUMNS = ("Name", "Sign-in name", "Roles", "Sites", "Second step", "Last seen", "State")

DISABLE, ENABLE = "Disable", "Enable"
NEW_LINK, RESET_FACTOR, SIGN_OUT = "New link", "Reset second step", "Sign out everywhere"
_ANSWERS = {
    DISABLE: "Yes, disable {name}",
    ENABLE: "Yes, enable {name}",
    NEW_LINK: "Yes, make a new link for {name}",
    RESET_FACTOR: "Yes, reset the second step of {name}",
    SIGN_OUT: "Yes, sign {name} out everywhere",
}


def added(name: str) -> str:
    return f"{name} is added."


def changed(name: str) -> str:
    return f"{name} is changed."


def hand_over(name: str) -> str:
    """Return how to pass on a welcome link, which is shown only now."""
    return (
        f"This link lets {name} choose a password. It works once, for {_hours()} hours, and is "
        "shown only now. Hand it over in person or by a channel on which you know that it is them, "
        "never through somebody else. Whoever opens it first comes in as them."
    )


def _hours() -> int:
    return int(TOKEN_LASTS.total_seconds() // 3600)


def ask_disable(name: str) -> str:
    return (
        f"{name} is signed out everywhere at once and can no longer come in. What they wrote "
        "stays. You can enable them again."
    )


def ask_enable(name: str) -> str:
    return f"{name} can come in again, with the password and second step they had."


def ask_new_link(name: str) -> str:
    return (
        f"{name} is signed out everywhere, and earlier links no longer work. The password they "
        "have works until they choose another."
    )


def ask_reset(name: str) -> str:
    return (
        f"For somebody who lost the device and the recovery codes. Be sure that it is {name} who "
        "asks: until they set up a new one, the password alone lets them in as far as that step."
    )


def ask_sign_out(name: str) -> str:
    return f"Every browser {name} is signed in with is signed out within seconds."


def yes(label: str, name: str) -> str:
    """Return what the button that acts says."""
    return _ANSWERS[label].format(name=name)


def done(label: str, name: str) -> str:
    return f"{label}: done for {name}."


def roles(held: Collection[Role]) -> str:
    """Return roles in the order of the policy: clinician, administrator."""
    return ", ".join(text for role, text in ROLES.items() if role in held)


def sites(row: UserRow) -> str:
    if row.patient_number is not None:
        return f"patient {row.patient_number}"
    if row.sees_all_sites:
        return "all sites"
    return ", ".join(row.sites) or "the group"


def state(row: UserRow, zone: str) -> str:
    if row.disabled_at is not None:
        return f"disabled since {moment(row.disabled_at, zone)}"
    if row.link_until is not None:
        return f"link open until {moment(row.link_until, zone)}"
    return "can come in" if row.has_password else "no password yet"


def last_seen(at: datetime | None, zone: str) -> str:
    return moment(at, zone) or "never"


def how_many(rows: Collection[UserRow]) -> str:
    closed = sum(row.disabled_at is not None for row in rows)
    said = count(len(rows), "user")
    return f"{said}, {closed} of them disabled." if closed else f"{said}."
