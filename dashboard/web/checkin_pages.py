"""The check-in: one question a screen, each answer saved as it is given, no script needed.

An answer is a button, so that a tap both answers and goes on; nothing is chosen beforehand. Every
address may be opened again: looking changes nothing, and what was sent twice is one record.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.checkin_drawing import draw_nothing, draw_page, keep_language
from dashboard.web.checkin_receipts import done_page
from dashboard.web.checkin_visits import Visit, visit_of, words_of
from dashboard.web.pages import client_of, go, guarded, read_form
from dashboard.wording.checkin import Words
from data.checkins.forms import AlreadySubmitted, LinkOver
from data.checkins.links import open_by_code
from data.database import configured_engine
from data.doors.refusals import DeadLink, TryLater
from models.checkins.forms import CHIPS, OpenForm, Question, Receipt
from models.errors import AfterglowError, Refused

CHIP = "chip_"
MOST_IN_A_LIST = 6


@guarded
async def form_page(request: Request) -> Response:
    visit = visit_of(request)
    found = await visit.open()
    if isinstance(found, Receipt):
        return go(visit.done(found.key))
    if found is None:
        return draw_nothing(request, visit)
    wanted = request.query_params.get("q", "")
    position = int(wanted) if wanted.isascii() and wanted.isdigit() else found.resume_at
    return keep_language(request, _draw_step(request, visit, found, position))


@guarded
async def answer_page(request: Request) -> Response:
    """Save one answer and go on to the next question; or send the whole form."""
    visit = visit_of(request)
    form = await read_form(request)
    try:
        if "send" in form:
            return await _send(request, visit, form)
        value = form.get("value", "")
        await visit.save(form.get("question", ""), int(value) if value else None)
    except AlreadySubmitted:
        found = await visit.receipt()
        return go(visit.done(found.key if found else visit.key or ""))
    except LinkOver:
        return draw_nothing(request, visit)
    except ValueError:
        return go(visit.root)
    position = form.get("position", "")
    return go(visit.at(int(position) + 1) if position.isdigit() else visit.root)


async def _send(request: Request, visit: Visit, form: dict[str, str]) -> Response:
    chips = [name for name in CHIPS if f"{CHIP}{name}" in form]
    try:
        receipt = await visit.send(chips, form.get("note", ""))
    except (AlreadySubmitted, LinkOver):
        raise
    except Refused as error:
        found = await visit.open()
        if not isinstance(found, OpenForm):
            return draw_nothing(request, visit)
        return _draw_more(request, visit, found, error)
    return go(visit.done(receipt.key))


def _draw_step(request: Request, visit: Visit, form: OpenForm, position: int) -> Response:
    words = words_of(request, form.language)
    if not 1 <= position <= len(form.questions):
        return _draw_more(request, visit, form)
    question = form.questions[position - 1]
    return draw_page(
        "checkin_question",
        words,
        words.position.format(position=position, of=question.of),
        watch=visit.watch,
        question=question,
        shape="scale" if _is_scale(question) else "list",
        options=_options(question),
        ends=_ends(question),
        action=visit.form_at(form.key),
        back=visit.at(position - 1) if position > 1 else "",
        is_first=position == 1,
        other=f"{visit.at(position)}&lang={words.other}",
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
    request: Request, visit: Visit, form: OpenForm, error: AfterglowError | None = None
) -> Response:
    words = words_of(request, form.language)
    return draw_page(
        "checkin_more",
        words,
        words.more_title,
        watch=visit.watch,
        error=error,
        chips=[(f"{CHIP}{name}", words.chips[name], name in form.chips) for name in CHIPS],
        note=form.note,
        action=visit.form_at(form.key),
        back=visit.at(len(form.questions)),
        other=f"{visit.at(len(form.questions) + 1)}&lang={words.other}",
    )


@guarded
async def code_page(request: Request) -> Response:
    """Take the six digits of the tablet in the infusion room."""
    words = words_of(request)
    if request.method != "POST":
        return keep_language(request, _draw_code(words))
    form = await read_form(request)
    try:
        token = await run_in_threadpool(
            open_by_code, configured_engine(), form.get("code", ""), client_of(request)
        )
    except DeadLink:
        return _draw_code(words, words.code_wrong)
    except TryLater as error:
        return _draw_code(words, error)
    return go(f"/c/{token}")


def _draw_code(words: Words, error: AfterglowError | str | None = None) -> Response:
    return draw_page(
        "checkin_code", words, words.code_title, error=error, other=f"/c?lang={words.other}"
    )


ROUTES = [
    Route("/c", code_page, methods=["GET", "POST"]),
    Route("/c/{token}", form_page, methods=["GET"]),
    Route("/c/{token}", answer_page, methods=["POST"]),
    Route("/c/{token}/done", done_page),
    Route("/check-in", form_page),
    Route("/check-in/{key}", answer_page, methods=["POST"]),
    Route("/check-in/{key}/done", done_page),
]
