"""The page of the tablet in the infusion room: six digits lead to one form."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.checkin_drawing import draw_page
from dashboard.web.checkin_visits import CODE, words_of
from dashboard.web.pages import client_of, go, guarded, read_form, status_of
from dashboard.wording.checkin import LANGUAGES
from data.checkins.links import open_by_code
from data.database import configured_engine
from data.doors.refusals import DeadLink, TryLater


@guarded
async def code_page(request: Request) -> Response:
    """Take a code, and lead on to its form in the language that was chosen here."""
    words = words_of(request)
    if request.method != "POST":
        return _draw_code(request)
    form = await read_form(request)
    try:
        token = await run_in_threadpool(
            open_by_code, configured_engine(), form.get("code", ""), client_of(request)
        )
    except DeadLink:
        return _draw_code(request, words.code_wrong)
    except TryLater as error:
        response = _draw_code(request, words.code_later.format(minutes=-(-error.seconds // 60)))
        response.status_code = status_of(error)
        response.headers["retry-after"] = str(error.seconds)
        return response
    return go(f"{CODE}/{token}{_chosen(request)}")


def _draw_code(request: Request, error: str | None = None) -> Response:
    words = words_of(request)
    action = f"{CODE}{_chosen(request)}"
    return draw_page(request, "checkin_code", words, words.code_title, error=error, action=action)


def _chosen(request: Request) -> str:
    """Carry a choice in the address: a cookie would choose for the next person too."""
    chosen = request.query_params.get("lang")
    return f"?lang={chosen}" if chosen in LANGUAGES else ""
