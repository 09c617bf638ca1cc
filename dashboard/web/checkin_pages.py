"""The check-in: one question a screen, each answer saved as it is given, no script needed.

An answer is a button, so that a tap both answers and goes on; nothing is chosen beforehand. Every
address may be opened again: looking changes nothing, and what was sent twice is one record.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.checkin_codes import code_page
from dashboard.web.checkin_drawing import draw_nothing, draw_page, framed, keep_language
from dashboard.web.checkin_receipts import done_page, leave_page
from dashboard.web.checkin_visits import Visit, visit_of, words_of
from dashboard.web.pages import go, read_form
from data.checkins.forms import AlreadySubmitted, LinkOver
from models.checkins.forms import CHIPS, LONGEST_NOTE, OpenForm, Question, Receipt
from models.errors import AnswerOutOfRange, Refused

CHIP = "chip_"
MOST_IN_A_LIST = 6
LONGEST_NUMBER = 6


@framed
async def form_page(request: Request) -> Response:
    visit = visit_of(request)
    found = await visit.open()
    if isinstance(found, Receipt):
        return keep_language(request, go(visit.done(found.key)))
    if found is None:
        return draw_nothing(request, visit)
    position = _number(request.query_params.get("q", ""))
    return _draw_step(request, visit, found, found.resume_at if position is None else position)


def _number(text: str) -> int | None:
    """Return a number as our own pages write it, None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


@framed
async def answer_page(request: Request) -> Response:
    """Save one answer and go on to the next question; or keep or send what comes after them."""
    visit = visit_of(request)
    form = await read_form(request)
    try:
        if "send" in form or "keep" in form:
            return await _send(request, visit, form)
        await visit.save(form.get("question", ""), _value(form))
    except AlreadySubmitted:
        found = await visit.receipt()
        return go(visit.done(found.key if found else visit.key or ""))
    except LinkOver:
        return draw_nothing(request, visit)
    position = _number(form.get("position", ""))
    key = visit.key or ""
    return go(visit.form_at(key) if position is None else visit.at(key, position + 1))


def _value(form: dict[str, str]) -> int | None:
    """Return the pressed button's value; None is the one of whoever would rather not say."""
    if form.get("value") == "":
        return None
    value = _number(form.get("value", "?"))
    if value is None:
        raise AnswerOutOfRange("Please choose one of the answers.")
    return value


async def _send(request: Request, visit: Visit, form: dict[str, str]) -> Response:
    chips = [name for name in CHIPS if f"{CHIP}{name}" in form]
    # A browser counts a line's end as one character and sends two.
    note = form.get("note", "").replace("\r\n", "\n")
    try:
        await visit.keep(chips, note)
        if "keep" in form:
            return go(visit.form_at(visit.key or ""))
        receipt = await visit.send()
    except (AlreadySubmitted, LinkOver):
        raise
    except Refused:
        found = await visit.open()
        if not isinstance(found, OpenForm):
            return draw_nothing(request, visit)
        words = words_of(request, found.language)
        is_long = len(note.strip()) > LONGEST_NOTE
        why = words.note_too_long if is_long else words.nothing_yet
        return _draw_more(request, visit, found, why, chips, note)
    return go(visit.done(receipt.key))


def _draw_step(request: Request, visit: Visit, form: OpenForm, position: int) -> Response:
    if not 1 <= position <= len(form.questions):
        return _draw_more(request, visit, form, None, form.chips, form.note)
    words = words_of(request, form.language)
    question = form.questions[position - 1].in_language(words.language)
    return draw_page(
        request,
        "checkin_question",
        words,
        words.position.format(position=position, of=question.of),
        watch=visit.watch,
        question=question,
        shape="scale" if _is_scale(question) else "list",
        options=_options(question),
        ends=_ends(question),
        action=visit.form_at(form.key),
        back=visit.at(form.key, position - 1) if position > 1 else "",
        is_first=position == 1,
    )


def _is_scale(question: Question) -> bool:
    """Tell whether the answers are numbers on a scale: those stand side by side."""
    return len(question.options) > MOST_IN_A_LIST


def _options(question: Question) -> list[tuple[int, str, str]]:
    """Return value, label and what the button shows: on a scale the number, its ends below."""
    is_scale = _is_scale(question)
    return [(value, label, str(value) if is_scale else label) for value, label in question.options]


def _ends(question: Question) -> tuple[str, str] | None:
    return (question.options[0][1], question.options[-1][1]) if _is_scale(question) else None


def _draw_more(
    request: Request,
    visit: Visit,
    form: OpenForm,
    error: str | None,
    chips: tuple[str, ...] | list[str],
    note: str,
) -> Response:
    """Draw what comes after the last question, with what was typed where it was refused."""
    words = words_of(request, form.language)
    here = visit.at(form.key, len(form.questions) + 1)
    return draw_page(
        request,
        "checkin_more",
        words,
        words.more_title,
        watch=visit.watch,
        error=error,
        chips=[(f"{CHIP}{name}", words.chips[name], name in chips) for name in CHIPS],
        note=note,
        longest=LONGEST_NOTE,
        action=visit.form_at(form.key),
        back=visit.at(form.key, len(form.questions)),
        other=f"{here}&lang={words.other}",
    )


ROUTES = [
    Route("/c", code_page, methods=["GET", "POST"]),
    Route("/c/{token}", form_page, methods=["GET"]),
    Route("/c/{token}", answer_page, methods=["POST"]),
    Route("/c/{token}/done", done_page),
    Route("/c/{token}/over", leave_page),
    Route("/check-in", form_page),
    Route("/check-in/{key}", form_page, methods=["GET"]),
    Route("/check-in/{key}", answer_page, methods=["POST"]),
    Route("/check-in/{key}/done", done_page),
]
