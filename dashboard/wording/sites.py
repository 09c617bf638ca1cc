"""The sentences of the Sites page."""

from __future__ import annotations

from dashboard.formats import count
from dashboard.wording.mine import BUILT_IN
from data.queries.crisis_history import CrisisRevision
from data.queries.crisis_texts import SiteCrisisText

NONE_YET = "There is no site yet. Open the first one below."
NONE_OF_YOURS = "You are assigned to no site."
COLUMNS = ("Site", "Time zone", "Patients")
OPEN = "Open a site"
RENAME = "Rename a site"
NAME, NEW_NAME, TIME_ZONE = "Name", "New name", "Time zone"
SITE = "Site"
ZONE_DECIDES = "The time zone decides what a day is there; it cannot be changed later."
CHOOSE_ZONE, NO_ZONE = "Type the nearest large city", "choose the time zone."
NOT_OPENED, NOT_RENAMED, NOT_SAVED = "Not opened", "Not renamed", "Not saved"
CRISIS = "What somebody in danger reads"
CRISIS_WHAT = (
    "Patients of a site see this text first on their own page. Nobody watches their answers live, "
    "so it has to say whom they can reach, at night too. After a check-in answered in Spanish, a "
    "general text in Spanish follows it."
)
BODY = "Text"
PHONE = "Telephone number, which a phone can dial"
SAVE = "Save this text"
INSTEAD = f"Until there is one, they read: {BUILT_IN}"
HISTORY = "Earlier texts"
HISTORY_COLUMNS = ("Revision", "When and who", "Text", "Telephone")
AS_IT_IS_NOW = "Show the text as it is now"


def opened(name: str) -> str:
    return f"{name} is open."


def renamed(name: str) -> str:
    return f"The site is now called {name}."


def saved(site: str, revision: int) -> str:
    return f"{site} has a new text, revision {revision}."


def blank(texts: list[SiteCrisisText]) -> str:
    """Return the warning about sites that tell somebody in danger nothing of their own."""
    names = ", ".join(text.site for text in texts if text.is_blank)
    number = sum(text.is_blank for text in texts)
    has = "has" if number == 1 else "have"
    return f"{count(number, 'site')} {has} no crisis text: {names}."


def choice(text: SiteCrisisText) -> str:
    return f"{text.site}: no text yet" if text.is_blank else text.site


def revision(text: SiteCrisisText, when: str) -> str:
    return f"Revision {text.revision}, {when}, {text.recorded_by}."


def history(revisions: list[CrisisRevision], zone_text: list[str]) -> list[tuple[str, ...]]:
    return [
        (str(it.revision), f"{when}, {it.recorded_by}", it.body, it.phone or "")
        for it, when in zip(revisions, zone_text, strict=True)
    ]
