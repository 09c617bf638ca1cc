"""Sentences that stand on every page, and those for when something goes wrong. HTML."""

from __future__ import annotations

from html import escape

from dashboard.wording import doors

PRETEND = "<b>Pretend data.</b> No person on these pages exists."
FOOT = (
    "Nobody watches this live. Afterglow describes recorded scores for a clinician to review; it "
    "is not a device, makes no diagnosis and gives no instruction. Ketamine is not a cure; apart "
    "from nasal esketamine for depression its use here is off-label, the evidence for PTSD and "
    "OCD is mixed, and curves of a group do not foretell one person."
)
NO_PAGE = (
    "There is no page for you yet. Ask whoever looks after the users of your clinic which role "
    "you have."
)


def bug(reference: str) -> str:
    return (
        f"Something went wrong on our side. Nothing you had saved is lost. Reference {reference}."
    )


def signed_in_as(name: str) -> str:
    """Say who is here, with the way to their account and out; each opens in the same window."""
    return (
        f"<nav class='ag-who' aria-label='{doors.ACCOUNT_TITLE}'><span>"
        f"{escape(doors.WHO.format(name=name))}</span>"
        f"<a href='/account'>{doors.ACCOUNT_TITLE}</a><a href='/sign-out'>{doors.LEAVE}</a></nav>"
    )


def unconfirmed(sentence: str, address: str) -> str:
    return (
        f"<p class='ag-strip'>{escape(sentence)} "
        f"<a href='{escape(address)}'>{doors.CONFIRM_LINK}</a></p>"
    )
