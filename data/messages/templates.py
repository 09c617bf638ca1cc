"""The sentences of messages. They name neither the kind of clinic, nor a drug, nor a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.outcomes.prompt_rules import Prompt


@dataclass(frozen=True)
class Words:
    """A mail's subject and body; a text is the body alone."""

    subject: str
    body: str


@dataclass(frozen=True)
class Digest:
    """How many persons stand on a site's list, each by their most urgent reason.

    `is_cut`: there were more than a list holds. `has_outlooks`: they were few enough for outlooks
    to be worked out, or outlooks are switched off.
    """

    site: str
    counts: Mapping[Prompt, int]
    aside: int
    is_cut: bool = False
    has_outlooks: bool = True


_REMINDERS = {
    "en": (
        "You have a form to fill in",
        "You have a form to fill in. It takes about two minutes.\n\n{link}\n\n"
        "The link is yours alone and works for a short time; please do not pass it on.\n"
        "This mailbox is not watched. In an emergency, call your local emergency number.\n",
    ),
    "es": (
        "Tiene un formulario por rellenar",
        "Tiene un formulario por rellenar. Le llevará unos dos minutos.\n\n{link}\n\n"
        "El enlace es solo para usted y funciona por poco tiempo; por favor, no lo comparta.\n"
        "Nadie lee este buzón. En una emergencia, llame al número de emergencias de su zona.\n",
    ),
}
_FAREWELLS = {
    "en": "\nTo stop these mails: {unsubscribe}\n",
    "es": "\nPara no recibir más estos correos: {unsubscribe}\n",
}
_TEXTS = {
    "en": "You have a form to fill in: {link}",
    "es": "Tiene un formulario por rellenar: {link}",
}
_STOPS = {
    "en": "\nReply STOP to get no more texts.",
    "es": "\nResponda ALTO para no recibir más mensajes.",
}
_FLAG = (
    "{initials} needs a look",
    "{initials} needs a look today.\n\n{link}\n\n"
    "The link opens after signing in. This mail was sent by itself and says nothing more.\n",
)
_FLAGS = (
    "{people} people need a look",
    "{people} people need a look today.\n\n{link}\n\n"
    "The link opens after signing in. This mail was sent by itself and says nothing more.\n",
)
_EMERGENCY = (
    "A chart of your site was opened in an emergency",
    "Somebody of another site has opened a chart of yours in an emergency, with a reason.\n\n"
    "{link}\n\nWho it was and why stands there, after signing in. This mail was sent by itself.\n",
)
_DIGEST = (
    "Today at {site}",
    "{who}\n\n{lines}{link}\n\n"
    "The link opens after signing in. This mail names nobody and was sent by itself; Sites says "
    "who gets it and when.\n",
)
TAGS = {
    Prompt.SAFETY: "Safety",
    Prompt.SAFETY_BLANK: "Safety",
    Prompt.LOST: "Lost",
    Prompt.POSSIBLE_LOSS: "Possible loss",
    Prompt.GAIN_SECOND: "Wearing off",
    Prompt.OUTLOOK: "Wearing off",
    Prompt.GAIN_FIRST: "Wearing off",
    Prompt.SILENT: "Silent",
    Prompt.MISSED: "Missed",
}
NO_OUTLOOKS = "Outlooks of so many are not worked out, and not counted."
SOMEBODY = "Somebody"
NOBODY = "Nobody is on today's list of {site}."


def say_reminder(language: str, *, link: str, unsubscribe: str) -> Words:
    subject, body = _REMINDERS.get(language, _REMINDERS["en"])
    farewell = _FAREWELLS.get(language, _FAREWELLS["en"])
    return Words(subject, (body + farewell).format(link=link, unsubscribe=unsubscribe))


def say_text(language: str, *, link: str, takes_replies: bool) -> Words:
    body = _TEXTS.get(language, _TEXTS["en"]).format(link=link)
    return Words("", body + (_STOPS.get(language, _STOPS["en"]) if takes_replies else ""))


def say_flag(initials: str, *, link: str) -> Words:
    who = initials or SOMEBODY
    return Words(_FLAG[0].format(initials=who), _FLAG[1].format(initials=who, link=link))


def say_flags(people: int, *, link: str) -> Words:
    return Words(_FLAGS[0].format(people=people), _FLAGS[1].format(people=people, link=link))


def say_emergency(*, link: str) -> Words:
    return Words(_EMERGENCY[0], _EMERGENCY[1].format(link=link))


def say_digest(digest: Digest, *, link: str) -> Words:
    """Return the mail of a site's list: how many by tag, each person once, the most urgent first.

    Nothing in it tells one patient from another.
    """
    by_tag: dict[str, int] = {}
    for prompt, tag in TAGS.items():
        by_tag[tag] = by_tag.get(tag, 0) + digest.counts.get(prompt, 0)
    lines = [f"{tag}: {count}" for tag, count in by_tag.items() if count]
    lines += [f"Put aside: {digest.aside}"] if digest.aside else []
    lines += [] if digest.has_outlooks else [NO_OUTLOOKS]
    total = sum(by_tag.values())
    people = "1 person" if total == 1 else f"{total} people"
    more = "at least " if digest.is_cut else ""
    who = f"Today's list of {digest.site} has {more}{people}." if total else NOBODY
    body = "".join(f"{line}\n" for line in lines) + ("\n" if lines else "")
    subject, text = _DIGEST
    return Words(
        subject.format(site=digest.site),
        text.format(who=who.format(site=digest.site), lines=body, link=link),
    )


def initials_of(name: str | None) -> str:
    """Return M.K. of Mara Kent; of anything that is not letters, nothing."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    return "".join(f"{word[0].upper()}." for word in words[:3])
