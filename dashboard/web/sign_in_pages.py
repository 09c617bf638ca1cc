"""Signing in and out: name and password, second step, setting the second step up."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web import oidc, presences
from dashboard.web.addresses import with_next
from dashboard.web.arriving import arrive, owed_page
from dashboard.web.cookies import drop_cookie
from dashboard.web.enrolling import draw_codes, draw_enrolment, take_up
from dashboard.web.gate import presence_of
from dashboard.web.pages import browser_of, client_of, draw, go, goal_of, guarded, read_form
from dashboard.web.watch import script_tag
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.refusals import NotSignedIn, TryLater
from data.doors.sessions import end_session
from data.doors.sign_in import give_code, sign_in
from models.access import Stage
from models.errors import AfterglowError


@guarded
async def sign_in_page(request: Request) -> Response:
    presence, goal = presence_of(request), goal_of(request)
    if request.method == "POST":
        return await _sign_in(request)
    if presence is not None:
        return go(owed_page(presence.stage, goal))
    return draw_sign_in(request, notice=_notice(request))


async def _sign_in(request: Request) -> Response:
    form = await read_form(request)
    name, password = form.get("sign_in_name", ""), form.get("password", "")
    if not name.strip() or not password:
        return draw_sign_in(request, error=words.TYPED_NOTHING, sign_in_name=name)
    try:
        signed_in = await run_in_threadpool(
            sign_in,
            configured_engine(),
            sign_in_name=name,
            password=password,
            client=client_of(request),
            browser=browser_of(request),
        )
    except (NotSignedIn, TryLater) as error:
        return draw_sign_in(request, error=error, sign_in_name=name)
    return await arrive(request, signed_in, goal_of(request))


def draw_sign_in(
    request: Request,
    *,
    error: AfterglowError | str | None = None,
    notice: str | None = None,
    sign_in_name: str = "",
) -> Response:
    goal = goal_of(request)
    return draw(
        "sign_in",
        title=words.SIGN_IN,
        error=error,
        notice=notice,
        action=with_next("/sign-in", goal),
        sign_in_name=sign_in_name,
        elsewhere=oidc.way_in(goal),
    )


def _notice(request: Request) -> str | None:
    notices = {"out": words.SIGNED_OUT, "ended": words.ENDED}
    return next((text for key, text in notices.items() if key in request.query_params), None)


@guarded
async def code_page(request: Request) -> Response:
    presence, goal = presence_of(request), goal_of(request)
    if presence is None:
        return go(with_next("/sign-in", goal))
    if presence.stage is not Stage.PASSWORD:
        return go(owed_page(presence.stage, goal))
    error = None
    if request.method == "POST":
        form = await read_form(request)
        try:
            signed_in = await run_in_threadpool(
                give_code,
                configured_engine(),
                presence,
                form.get("code", ""),
                client=client_of(request),
            )
            return await arrive(request, signed_in, goal)
        except (NotSignedIn, TryLater) as refusal:
            error = refusal
    return _draw_code(request, error)


def _draw_code(request: Request, error: AfterglowError | None) -> Response:
    by_authenticator = with_next("/sign-in/code", goal_of(request))
    joint = "&" if "?" in by_authenticator else "?"
    by_recovery = f"{by_authenticator}{joint}recovery=1"
    recovery = "recovery" in request.query_params
    return draw(
        "code",
        title=words.CODE_TITLE,
        error=error,
        recovery=recovery,
        action=by_recovery if recovery else by_authenticator,
        other=by_authenticator if recovery else by_recovery,
    )


@guarded
async def enrol_page(request: Request) -> Response:
    presence, goal = presence_of(request), goal_of(request)
    if presence is None:
        return go(with_next("/sign-in", goal))
    if presence.stage is not Stage.ENROLMENT:
        return go(owed_page(presence.stage, goal))
    action = with_next("/sign-in/enrol", goal)
    if request.method != "POST":
        return await draw_enrolment(presence, action)
    form = await read_form(request)
    outcome = await take_up(presence, form)
    if isinstance(outcome, AfterglowError):
        return await draw_enrolment(presence, action, form.get("sealed"), outcome)
    return await draw_codes(request, *outcome, onward=goal)


@guarded
async def sign_out_page(request: Request) -> Response:
    presence = presence_of(request)
    if request.method == "POST":
        if presence is not None:
            await run_in_threadpool(end_session, configured_engine(), presence)
            presences.forget(str(presence.session_id))
        response = go("/sign-in?out=1")
        drop_cookie(response, request.scope)
        return response
    if presence is None:
        return go("/sign-in")
    return draw("sign_out", title=words.LEAVE_TITLE, presence=presence, watch=script_tag(presence))


BOTH = ["GET", "POST"]
ROUTES = [
    Route("/sign-in", sign_in_page, methods=BOTH),
    Route("/sign-in/code", code_page, methods=BOTH),
    Route("/sign-in/enrol", enrol_page, methods=BOTH),
    *oidc.ROUTES,
    Route("/sign-out", sign_out_page, methods=BOTH),
]
