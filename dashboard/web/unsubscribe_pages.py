"""Leaving the reminders by e-mail: the link shows a page, its button does it.

Mail programs look at links by themselves, so looking changes nothing; those that offer a button of
their own send the POST that RFC 8058 describes, and it does the same as ours.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.checkin_visits import words_of
from dashboard.web.inline_style import restrict
from dashboard.web.pages import client_of, draw, guarded
from dashboard.wording.unsubscribing import words_in
from data.database import configured_engine
from data.messages.unsubscribing import Subscriber, find_subscriber, unsubscribe


@guarded
async def show_page(request: Request) -> Response:
    found = await _find(request)
    return _draw(request, found, is_done=not found.is_subscribed)


@guarded
async def stop_page(request: Request) -> Response:
    found = await _find(request)
    token, client = request.path_params["token"], client_of(request)
    await run_in_threadpool(unsubscribe, configured_engine(), token, client=client)
    return _draw(request, found, is_done=True)


async def _find(request: Request) -> Subscriber:
    token = request.path_params["token"]
    return await run_in_threadpool(find_subscriber, configured_engine(), token)


def _draw(request: Request, found: Subscriber, *, is_done: bool) -> Response:
    said = words_of(request, found.language)
    words = words_in(said.language)
    response = draw(
        "unsubscribe",
        title=words.done_title if is_done else words.title,
        sentence=words.done if is_done else words.sentence,
        button="" if is_done else words.button,
        action=request.url.path,
        said=said,
        other="",
    )
    return restrict(response)


ROUTES = [
    Route("/unsubscribe/{token}", show_page, methods=["GET"]),
    Route("/unsubscribe/{token}", stop_page, methods=["POST"]),
]
