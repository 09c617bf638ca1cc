"""The sentences about where flags are mailed to and a site's own rules for them."""

from __future__ import annotations

from dashboard.formats import number
from models.flags import FlagRule

TITLE = "Who hears of a worrying answer"
WHAT = (
    "A flag stands at the top of Today in any case. To this address a mail goes as well, with "
    "initials and a link only: no score, no name, no diagnosis."
)
NO_MAIL_SERVER = (
    "No mail leaves this computer: no mail server is set up, so nobody is mailed about a flag, and "
    "no patient is reminded by mail. Whoever runs Afterglow sets AFTERGLOW_SMTP_HOST and "
    "AFTERGLOW_SMTP_FROM; what is saved here is used from then on."
)
SITE = "Flags of the site"
MAIL = "E-mail for flags"
SAVE_MAIL = "Save this address"
DIGEST = "Daily digest"
DIGEST_WHAT = (
    "To the same address, on weekdays, a mail can say how many people stand on Today, by tag: the "
    "site, counts and a link. No name, no initials, no score."
)
DIGEST_HOURS = tuple(range(5, 13))
NO_DIGEST = -1
SAVE_DIGEST = "Save the digest"
ALWAYS = (
    "An answer above zero to item 9 of PHQ-9 always raises a flag. The site's own rules come on "
    "top of that and apply to what is written from now on."
)
RULE_COLUMNS = ("Rule", "Raises a flag when")
ADD, ADD_IT, TAKE_OUT = "Add a rule", "Add this rule", "Take a rule out"
NAME, INSTRUMENT, LINE = "What the rule is called", "Instrument", "What is looked at"
LINES = ("the total, at or above", "the total, at or under", "one item, at or above")
VALUE, ITEM = "Reaches", "Item, if one item"
NOT_SAVED, NOT_READ = "Not saved", "Not readable"
AS_IT_IS_NOW = "Show these rules as they are now"


def rule(it: FlagRule) -> tuple[str, str]:
    if it.item is not None:
        return it.name, f"{it.instrument} item {it.item} is {number(it.answer_at_least)} or more"
    if it.total_at_least is not None:
        return it.name, f"{it.instrument} is {number(it.total_at_least)} or more"
    return it.name, f"{it.instrument} is {number(it.total_at_most)} or less"


def digest_hour(hour: int) -> str:
    return "none" if hour == NO_DIGEST else f"on weekdays at {hour:02d}:00, the site's clock"


def saved(revision: int) -> str:
    return f"Saved as revision {revision}."
