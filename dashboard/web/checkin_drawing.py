"""What every page of the check-in is drawn with: a language, and its own neutral frame."""

from __future__ import annotations

from functools import wraps
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.addresses import is_encrypted
from dashboard.web.checkin_visits import CODE, LANGUAGE_COOKIE, Visit, root_of, visit_of, words_of
from dashboard.web.inline_style import restrict
from dashboard.web.pages import Page, draw, guarded, status_of
from dashboard.wording.checkin import LANGUAGES, Words
from data.checkins.forms import TooLate
from models.errors import AfterglowError
from models.policy import Denied, Unconfirmed

A_DAY = 24 * 3600


def framed(page: Page) -> Page:
    """Answer what a check-in refuses in its own frame and language, with the way back to it."""

    @wraps(page)
    async def answer(request: Request) -> Response:
        try:
            return await page(request)
        except (Denied, Unconfirmed):
            raise  # somebody signed in who is not a patient, or not surely themselves
        except AfterglowError as error:
            return _draw_refusal(request, visit_of(request), error)

    return guarded(answer)


def _draw_refusal(request: Request, visit: Visit, error: AfterglowError) -> Response:
    words = words_of(request)
    return draw_page(
        request,
        "checkin_message",
        words,
        words.problem,
        status_of(error),
        watch=visit.watch,
        sentence=words.too_late if isinstance(error, TooLate) else words.not_saved,
        onward=visit.root,
        label=words.to_form,
    )


def draw_nothing(request: Request, visit: Visit) -> Response:
    """Say that a link is over, or that nothing is due to whoever is signed in."""
    words = words_of(request)
    if isinstance(visit.who, str):
        return draw_page(
            request,
            "checkin_message",
            words,
            words.over_title,
            410,
            sentence=words.over,
            onward="",
            label="",
        )
    return draw_page(
        request,
        "checkin_message",
        words,
        words.nothing_due_title,
        watch=visit.watch,
        sentence=words.nothing_due,
        onward=f"{visit.root}?extra=1",
        label=words.extra,
    )


def draw_page(
    request: Request,
    template: str,
    words: Words,
    title: str,
    status: int = 200,
    *,
    error: str | None = None,
    other: str | None = None,
    **values: object,
) -> Response:
    """Draw a page; `other` is its address in the other language, where it is not its own."""
    given = {"watch": "", "other": other or _in_language(request, words.other), **values}
    response = draw(template, title=title, status=status, error=error, said=words, **given)
    return keep_language(request, restrict(response))


def _in_language(request: Request, language: str) -> str:
    """Return a page's own address in a language; what answers a form is looked at from its root."""
    is_look = request.method in ("GET", "HEAD")
    path = request.url.path if is_look else root_of(request)
    query = dict(request.query_params) if is_look else {}
    return f"{quote(path)}?{urlencode(query | {'lang': language})}"


def keep_language(request: Request, response: Response) -> Response:
    """Keep the language somebody chose, for this one form: a tablet goes from hand to hand."""
    chosen, root = request.query_params.get("lang"), root_of(request)
    if chosen in LANGUAGES and root != CODE:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=A_DAY,
            path=quote(root),
            secure=is_encrypted(request.scope),
            httponly=True,
            samesite="lax",
        )
    return response
