"""The check-in: one question a screen, each answer saved as it is given, no script needed.

An answer is a button, so that a tap both answers and goes on; nothing is chosen beforehand. Every
address may be opened again: looking changes nothing, and what was sent twice is one record.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.checkin_visits import LANGUAGE_COOKIE, Visit, visit_of, words_of
from dashboard.web.pages import client_of, draw, go, guarded, read_form
from dashboard.web.small_picture import draw_points
from dashboard.wording.checkin import Words, say_day, say_time
from data.checkins.forms import AlreadySubmitted, LinkOver
from data.checkins.links import open_by_code
from data.database import configured_engine
from data.doors.refusals import DeadLink, TryLater
from data.instruments import catalogue
from models.checkins.forms import CHIPS, OpenForm, Question, Receipt
from models.errors import AfterglowError, Refused

CHIP = "chip_"
KIOSK = "kiosk"
A_YEAR = 365 * 24 * 3600
MOST_IN_A_LIST = 6


@guarded
async def form_page(request: Request) -> Response:
    visit = visit_of(request)
    found = await visit.open()
    if isinstance(found, Receipt):
        return go(visit.done(found.key))
    if found is None:
        return _nothing(request, visit)
    wanted = request.query_params.get("q", "")
    position = int(wanted) if wanted.isascii() and wanted.isdigit() else found.resume_at
    return _keep_language(request, _draw_step(request, visit, found, position))


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
        return _nothing(request, visit)
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
            return _nothing(request, visit)
        return _draw_more(request, visit, found, error)
    return go(visit.done(receipt.key))


@guarded
async def done_page(request: Request) -> Response:
    """Show the support card where there is reason to, and then the receipt."""
    visit = visit_of(request)
    try:
        receipt = await visit.receipt()
    except LinkOver:
        return _nothing(request, visit)
    if receipt is None:
        return go(visit.root)
    words = words_of(request, receipt.language)
    if receipt.needs_support and "seen" not in request.query_params:
        return _draw(
            "checkin_support",
            words,
            words.support_title,
            watch=visit.watch,
            support=receipt.support,
            onward=f"{visit.done(receipt.key)}?seen=1",
        )
    return _draw_receipt(visit, receipt, words)


def _draw_receipt(visit: Visit, receipt: Receipt, words: Words) -> Response:
    mode_is_kiosk = receipt.mode == KIOSK
    return _draw(
        "checkin_receipt",
        words,
        words.done_bare
        if receipt.is_bare
        else words.saved_at.format(time=say_time(receipt.saved_at)),
        watch=visit.watch,
        counted=""
        if receipt.is_bare
        else words.answered.format(
            answered=receipt.answered, asked=receipt.asked, day=say_day(words, receipt.saved_at)
        ),
        pictures=[_picture(code, points, words) for code, points in receipt.points.items()],
        next_due=words.next_due.format(day=say_day(words, receipt.next_due_on))
        if receipt.next_due_on
        else words.next_unknown,
        support=receipt.support,
        is_kiosk=mode_is_kiosk,
        home="" if isinstance(visit.who, str) else "/",
    )


def _picture(code: str, points: tuple, words: Words) -> dict[str, object]:
    instrument = catalogue()[code]
    value = points[-1][1]
    said = ", ".join(f"{total:g} ({say_day(words, day)})" for day, total in points)
    is_lower_better = instrument.direction == "lower_is_better"
    return {
        "title": instrument.title,
        "svg": draw_points(
            points,
            lowest=instrument.lowest,
            highest=instrument.highest,
            label=words.picture.format(title=instrument.title, points=said),
        ),
        "sentence": words.adds_up.format(value=f"{value:g}", highest=f"{instrument.highest:g}"),
        "direction": words.lower_is_better if is_lower_better else words.higher_is_better,
    }


def _draw_step(request: Request, visit: Visit, form: OpenForm, position: int) -> Response:
    words = words_of(request, form.language)
    if not 1 <= position <= len(form.questions):
        return _draw_more(request, visit, form)
    question = form.questions[position - 1]
    return _draw(
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
    return _draw(
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
        return _keep_language(request, _draw_code(words))
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
    return _draw(
        "checkin_code", words, words.code_title, error=error, other=f"/c?lang={words.other}"
    )


def _nothing(request: Request, visit: Visit) -> Response:
    """Say that a link is over, or that nothing is due to whoever is signed in."""
    words = words_of(request)
    if isinstance(visit.who, str):
        return _draw(
            "checkin_message",
            words,
            words.over_title,
            410,
            sentence=words.over,
            onward="",
            label="",
        )
    return _draw(
        "checkin_message",
        words,
        words.nothing_due_title,
        watch=visit.watch,
        sentence=words.nothing_due,
        onward="/check-in?extra=1",
        label=words.extra,
    )


def _draw(
    template: str,
    words: Words,
    title: str,
    status: int = 200,
    *,
    error: AfterglowError | str | None = None,
    **values: object,
) -> Response:
    given = {"watch": "", "other": "", **values}
    return draw(template, title=title, status=status, error=error, said=words, **given)


def _keep_language(request: Request, response: Response) -> Response:
    chosen = request.query_params.get("lang")
    if chosen:
        words = words_of(request)
        response.set_cookie(
            LANGUAGE_COOKIE, words.language, max_age=A_YEAR, httponly=True, samesite="lax"
        )
    return response


ROUTES = [
    Route("/c", code_page, methods=["GET", "POST"]),
    Route("/c/{token}", form_page, methods=["GET"]),
    Route("/c/{token}", answer_page, methods=["POST"]),
    Route("/c/{token}/done", done_page),
    Route("/check-in", form_page),
    Route("/check-in/{key}", answer_page, methods=["POST"]),
    Route("/check-in/{key}/done", done_page),
]
