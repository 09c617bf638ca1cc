"""What follows a step of signing in: a cookie, and the next step or the page that was wanted."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.web import presences
from dashboard.web.addresses import with_next
from dashboard.web.cookies import set_cookie
from dashboard.web.gate import OWED, presence_of
from dashboard.web.pages import go
from data.database import configured_engine
from data.doors.openings import SignedIn
from data.doors.sessions import end_session, find_presence
from models.access import Stage


def owed_page(stage: Stage, goal: str) -> str:
    """Return the page of the next step, or the wanted one when nothing is owed any more."""
    return goal if stage is Stage.OPEN else with_next(OWED[stage], goal)


async def arrive(request: Request, signed_in: SignedIn, goal: str) -> Response:
    """Hand the browser its new token and lead on."""
    await leave_before(request, signed_in)
    response = go(owed_page(signed_in.stage, goal))
    set_cookie(response, request.scope, signed_in.token)
    return response


async def leave_before(request: Request, signed_in: SignedIn) -> None:
    """End the session this browser had, if it is another one: nobody is left signed in behind."""
    before = presence_of(request)
    if before is None:
        return
    engine = configured_engine()
    now = await run_in_threadpool(find_presence, engine, signed_in.token, is_active=False)
    if now is None or now.session_id != before.session_id:
        await run_in_threadpool(end_session, engine, before)
        presences.forget(str(before.session_id))
