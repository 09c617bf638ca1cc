"""The sentences of messages. They name neither the kind of clinic, nor a drug, nor a score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A mail's subject and body; a text is the body alone."""

    subject: str
    body: str


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
SOMEBODY = "Somebody"


def say_reminder(language: str, *, link: str, unsubscribe: str) -> Words:
    subject, body = _REMINDERS.get(language, _REMINDERS["en"])
    farewell = _FAREWELLS.get(language, _FAREWELLS["en"])
    return Words(subject, (body + farewell).format(link=link, unsubscribe=unsubscribe))


def say_text(language: str, *, link: str) -> Words:
    return Words("", _TEXTS.get(language, _TEXTS["en"]).format(link=link))


def say_flag(initials: str, *, link: str) -> Words:
    who = initials or SOMEBODY
    return Words(_FLAG[0].format(initials=who), _FLAG[1].format(initials=who, link=link))


def say_flags(people: int, *, link: str) -> Words:
    return Words(_FLAGS[0].format(people=people), _FLAGS[1].format(people=people, link=link))


def say_emergency(*, link: str) -> Words:
    return Words(_EMERGENCY[0], _EMERGENCY[1].format(link=link))


def initials_of(name: str | None) -> str:
    """Return M.K. of Mara Kent; of anything that is not letters, nothing."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    return "".join(f"{word[0].upper()}." for word in words[:3])
