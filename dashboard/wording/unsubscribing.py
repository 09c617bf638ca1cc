"""The sentences of the page that ends reminders by e-mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    title: str
    sentence: str
    button: str
    done_title: str
    done: str


WORDS = {
    "en": Words(
        "Stop the reminders by e-mail?",
        "Your forms stay as they are: only the e-mails end. The people who look after you can "
        "turn them on again whenever you like.",
        "Stop the e-mails",
        "No more reminders by e-mail",
        "You will get no more reminders by e-mail. To have them again, tell the people who look "
        "after you.",
    ),
    "es": Words(
        "¿Dejar de recibir los recordatorios por correo?",
        "Sus formularios siguen como están: solo se acaban los correos. Quienes le atienden "
        "pueden volver a activarlos cuando usted quiera.",
        "No recibir más correos",
        "Sin más recordatorios por correo",
        "No recibirá más recordatorios por correo. Para recibirlos de nuevo, dígaselo a quienes "
        "le atienden.",
    ),
}


def words_in(language: str) -> Words:
    return WORDS.get(language, WORDS["en"])
