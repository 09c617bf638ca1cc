"""What every page of the check-in is drawn with: a language, and its own neutral frame."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.checkin_visits import LANGUAGE_COOKIE, Visit, words_of
from dashboard.web.pages import draw
from dashboard.wording.checkin import Words
from models.errors import AfterglowError

A_YEAR = 365 * 24 * 3600


def draw_nothing(request: Request, visit: Visit) -> Response:
    """Say that a link is over, or that nothing is due to whoever is signed in."""
    words = words_of(request)
    if isinstance(visit.who, str):
        return draw_page(
            "checkin_message",
            words,
            words.over_title,
            410,
            sentence=words.over,
            onward="",
            label="",
        )
    return draw_page(
        "checkin_message",
        words,
        words.nothing_due_title,
        watch=visit.watch,
        sentence=words.nothing_due,
        onward="/check-in?extra=1",
        label=words.extra,
    )


def draw_page(
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


def keep_language(request: Request, response: Response) -> Response:
    chosen = request.query_params.get("lang")
    if chosen:
        words = words_of(request)
        response.set_cookie(
            LANGUAGE_COOKIE, words.language, max_age=A_YEAR, httponly=True, samesite="lax"
        )
    return response
