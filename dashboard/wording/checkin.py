"""Sentences of the check-in, in each language a patient may choose. Plain text, never HTML.

They name neither the kind of clinic nor what is treated: a telephone is seen by others. They say
what was answered and never what will come.
"""

from __future__ import annotations

from datetime import date, datetime

from dashboard.wording.checkin_words import Words
from models.checkins.forms import CRISIS_TEXT, LONGEST_NOTE
from models.instrument import Instrument

EN = Words(
    language="en",
    other="es",
    other_name="Español",
    title="Check-in",
    position="{position} of {of}",
    back="Back",
    rather_not="I would rather not say",
    chosen="your answer so far",
    saved_as_you_go="Each answer is saved as you give it. You may stop and go on later.",
    not_watched=(
        "Nobody reads this as you send it. If you are in danger, call your local emergency number."
    ),
    more_title="Anything this week?",
    more_hint="If you like. Then send your check-in.",
    note="A short note",
    note_hint=f"At most {LONGEST_NOTE} characters. Your clinic reads it when they next look.",
    send="Send my check-in",
    problem="There is a problem",
    nothing_yet="Please answer at least one question first.",
    note_too_long=f"A note has at most {LONGEST_NOTE} characters. Please shorten yours.",
    not_saved="That was not saved. Please go back to your check-in and try again.",
    too_late=(
        "The time for that check-in is over. What you had answered is kept; nothing more is added "
        "to it, and nothing to any other."
    ),
    to_form="To my check-in",
    saved_at="Saved at {time}",
    answered="{answered} of {asked} questions answered, on {day}.",
    next_due="The next check-in comes on {day}.",
    next_unknown="Your clinic will tell you when the next check-in comes.",
    adds_up="Your answers add up to {value} of {highest}.",
    one_answer="You answered {value} of {highest}.",
    lower_is_better="A lower number means fewer complaints.",
    higher_is_better="A higher number means you feel better.",
    picture="{title}: {points}",
    support_title="You do not have to carry this alone",
    crisis=CRISIS_TEXT,
    support_saved="Your answers are saved, whatever you do now.",
    call="Call {phone}",
    text="Send a text to {phone}",
    go_on="Go on to my receipt",
    done_bare="This check-in was sent. Thank you.",
    hand_back="Please hand the tablet back.",
    next_person="Next person",
    close="You may close this page.",
    to_start="Back to the start",
    code_title="Check-in with a code",
    code="Your code",
    code_hint="Six digits, from the person who gave you this tablet.",
    open_form="Begin",
    code_wrong="This code is not open. Please ask for a new one.",
    code_later="Too many tries. Please wait {minutes} min, then try again.",
    over_title="This link is no longer open",
    over=(
        "What you have answered is kept. Open the newest message from your clinic, or ask them "
        "for a new link."
    ),
    nothing_due_title="Nothing is due today",
    nothing_due="You can still tell us how you are.",
    extra="Begin an extra check-in",
    in_english="",
    chips={
        "side_effects": "Side effects",
        "new_medicine": "A new medicine",
        "missed_medicine": "Missed medicine",
        "poor_sleep": "Poor sleep",
        "stressful_week": "A stressful week",
        "alcohol_or_drugs": "Alcohol or drugs",
        "unwell": "Ill or unwell",
        "good_news": "Good news",
    },
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    day="{weekday} {day} {month}",
)
ES = Words(
    language="es",
    other="en",
    other_name="English",
    title="Cuestionario",
    position="{position} de {of}",
    back="Atrás",
    rather_not="Prefiero no contestar",
    chosen="su respuesta hasta ahora",
    saved_as_you_go="Cada respuesta se guarda al darla. Puede parar y seguir más tarde.",
    not_watched=(
        "Nadie lee esto en el momento en que lo envía. Si está en peligro, llame al número de "
        "emergencias de su país."
    ),
    more_title="¿Algo más esta semana?",
    more_hint="Si quiere. Después envíe el cuestionario.",
    note="Una nota breve",
    note_hint=f"Hasta {LONGEST_NOTE} caracteres. Su clínica la leerá cuando revise sus respuestas.",
    send="Enviar mis respuestas",
    problem="Hay un problema",
    nothing_yet="Conteste primero al menos una pregunta.",
    note_too_long=f"La nota admite {LONGEST_NOTE} caracteres. Acorte la suya.",
    not_saved="Eso no se guardó. Vuelva a su cuestionario e inténtelo de nuevo.",
    too_late=(
        "El plazo de ese cuestionario ya pasó. Lo que había contestado se conserva; no se añade "
        "nada más a ese ni a ningún otro."
    ),
    to_form="A mi cuestionario",
    saved_at="Guardado a las {time}",
    answered="{answered} de {asked} preguntas contestadas, el {day}.",
    next_due="El próximo cuestionario llega el {day}.",
    next_unknown="Su clínica le dirá cuándo llega el próximo cuestionario.",
    adds_up="Sus respuestas suman {value} de {highest}.",
    one_answer="Su respuesta fue {value} de {highest}.",
    lower_is_better="Un número más bajo significa menos molestias.",
    higher_is_better="Un número más alto significa que se siente mejor.",
    picture="{title}: {points}",
    support_title="No tiene que cargar con esto a solas",
    crisis=(
        "Si cree que puede estar en peligro, o piensa en quitarse la vida, no espere a que le "
        "contestemos: llame ahora al número de emergencias de su país. En Estados Unidos puede "
        "llamar o enviar un mensaje de texto al 988, de día y de noche. Para hablar en español, "
        "pulse 2 al llamar o envíe la palabra AYUDA."
    ),
    support_saved="Sus respuestas están guardadas, haga lo que haga ahora.",
    call="Llamar al {phone}",
    text="Enviar un mensaje de texto al {phone}",
    go_on="Continuar y ver mi comprobante",
    done_bare="Este cuestionario ya se envió. Gracias.",
    hand_back="Devuelva la tableta, por favor.",
    next_person="Siguiente persona",
    close="Puede cerrar esta página.",
    to_start="Volver al inicio",
    code_title="Cuestionario con código",
    code="Su código",
    code_hint="Seis cifras, las que le dé la persona que le entregó esta tableta.",
    open_form="Empezar",
    code_wrong="Este código no es válido. Pida uno nuevo, por favor.",
    code_later="Demasiados intentos. Espere {minutes} min y vuelva a intentarlo.",
    over_title="Este enlace ya no es válido",
    over=(
        "Lo que ha contestado se conserva. Abra el mensaje más reciente de su clínica o pida un "
        "enlace nuevo."
    ),
    nothing_due_title="Hoy no hay nada pendiente",
    nothing_due="De todos modos puede contarnos cómo está.",
    extra="Empezar un cuestionario adicional",
    in_english="Estas preguntas están en inglés: no tenemos una traducción oficial comprobada.",
    chips={
        "side_effects": "Efectos secundarios",
        "new_medicine": "Un medicamento nuevo",
        "missed_medicine": "Olvidé un medicamento",
        "poor_sleep": "Dormí mal",
        "stressful_week": "Una semana difícil",
        "alcohol_or_drugs": "Alcohol o drogas",
        "unwell": "Enfermedad o malestar",
        "good_news": "Buenas noticias",
    },
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    day="{weekday} {day} de {month}",
)
# What forms are called where not by their own title; the names of others' forms are theirs.
SPANISH_TITLES = {
    "CRAVING-NRS": "Ganas de consumir, de 0 a 10",
    "GAD-7": "GAD-7, siete preguntas",
    "MOOD-11": "Estado de ánimo, de 0 a 10",
    "NRS-11": "Dolor, de 0 a 10",
    "OCD-NRS": "Obsesiones y compulsiones, de 0 a 10",
    "PHQ-9": "Cuestionario sobre la salud del paciente, nueve preguntas",
}
LANGUAGES = {"en": EN, "es": ES}


def say_day(words: Words, day: date) -> str:
    return words.day.format(
        weekday=words.weekdays[day.weekday()], day=day.day, month=words.months[day.month - 1]
    )


def say_time(at: datetime) -> str:
    return f"{at:%H:%M}"


def name_instrument(words: Words, instrument: Instrument) -> str:
    """Return what a form is called in a language: its code alone where nobody has said that."""
    if words is EN:
        return instrument.title
    return SPANISH_TITLES.get(instrument.code, instrument.code)
