"""Sentences that stand on every page, and those for when something goes wrong. HTML."""

from __future__ import annotations

PRETEND = "<b>Pretend data.</b> No person on these pages exists."
LOCAL = "<b>No sign-in yet.</b> Everything is done as one local clinician, on this computer only."
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
