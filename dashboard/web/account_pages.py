"""One's own account: password, second step, recovery codes, where one is signed in; confirming."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web import oidc, presences
from dashboard.web.addresses import with_next
from dashboard.web.arriving import arrive
from dashboard.web.browsers import name_browser
from dashboard.web.cookies import drop_cookie, set_cookie
from dashboard.web.enrolling import draw_codes, draw_enrolment, take_up
from dashboard.web.gate import presence_of
from dashboard.web.pages import client_of, draw, go, goal_of, guarded, read_form
from dashboard.web.watch import script_tag
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.accounts import change_password
from data.doors.own_sessions import list_own_sessions
from data.doors.refusals import NotConfirmed, TryLater
from data.doors.second_factor import new_recovery_codes, remove_second_factor
from data.doors.sessions import end_all_sessions
from data.doors.sign_in import confirm
from models.errors import AfterglowError, Refused
from models.policy import Unconfirmed

ACCOUNT = "/account"


@guarded
async def account_page(request: Request) -> Response:
    notices = {"password": words.PASSWORD_CHANGED, "removed": words.SECOND_STEP_REMOVED}
    return await _draw_account(request, notice=notices.get(request.query_params.get("done", "")))


async def _draw_account(
    request: Request, *, error: AfterglowError | None = None, notice: str | None = None
) -> Response:
    presence = presence_of(request)
    provider = oidc.configured_provider()
    return draw(
        "account",
        title=words.ACCOUNT_TITLE,
        error=error,
        notice=notice,
        watch=script_tag(presence),
        presence=presence,
        roles=", ".join(words.ROLES[role] for role in sorted(presence.person.roles)),
        elsewhere_name=provider.name if provider else "",
        name_browser=name_browser,
        sessions=await run_in_threadpool(list_own_sessions, configured_engine(), presence),
    )


@guarded
async def change(request: Request) -> Response:
    form = await read_form(request)
    try:
        signed_in = await run_in_threadpool(
            change_password,
            configured_engine(),
            presence_of(request),
            old=form.get("old", ""),
            new=form.get("new", ""),
            client=client_of(request),
        )
    except (NotConfirmed, TryLater) as error:
        return await _draw_account(request, error=error)
    except Unconfirmed:
        raise
    except Refused as error:
        return await _draw_account(request, error=error)
    _close_others(request)
    response = go(f"{ACCOUNT}?done=password")
    set_cookie(response, request.scope, signed_in.token)
    return response


@guarded
async def second_step(request: Request) -> Response:
    presence, action = presence_of(request), f"{ACCOUNT}/second-step"
    if presence.has_second_factor:
        return go(ACCOUNT)
    if request.method != "POST":
        return await draw_enrolment(presence, action, leave=ACCOUNT)
    form = await read_form(request)
    outcome = await take_up(presence, form)
    if isinstance(outcome, AfterglowError):
        return await draw_enrolment(presence, action, form.get("sealed"), outcome, ACCOUNT)
    _close_others(request)
    return await draw_codes(request, *outcome, onward=ACCOUNT)


@guarded
async def remove_second_step(request: Request) -> Response:
    try:
        await run_in_threadpool(remove_second_factor, configured_engine(), presence_of(request))
    except Unconfirmed:
        raise
    except Refused as error:
        return await _draw_account(request, error=error)
    _close_others(request)
    return go(f"{ACCOUNT}?done=removed")


@guarded
async def recovery_codes(request: Request) -> Response:
    presence = presence_of(request)
    codes = await run_in_threadpool(new_recovery_codes, configured_engine(), presence)
    return await draw_codes(request, None, codes, onward=ACCOUNT)


@guarded
async def sign_out_everywhere(request: Request) -> Response:
    presence = presence_of(request)
    await run_in_threadpool(end_all_sessions, configured_engine(), presence)
    presences.forget_user(str(presence.user_id))
    response = go("/sign-in?out=1")
    drop_cookie(response, request.scope)
    return response


@guarded
async def confirm_page(request: Request) -> Response:
    presence, goal = presence_of(request), goal_of(request)
    error: AfterglowError | None = None
    if request.method == "POST":
        form = await read_form(request)
        given = (
            {"password": form.get("password", "")}
            if presence.has_password
            else {"code": form.get("code", "")}
        )
        try:
            signed_in = await run_in_threadpool(confirm, configured_engine(), presence, **given)
            return await arrive(request, signed_in, goal)
        except (NotConfirmed, TryLater) as refusal:
            error = refusal
    return draw(
        "confirm",
        title=words.CONFIRM_TITLE,
        error=error,
        watch=script_tag(presence),
        presence=presence,
        action=with_next("/confirm", goal),
        elsewhere=oidc.way_in(goal),
    )


def _close_others(request: Request) -> None:
    """Close what other browsers of this user have open here: their sessions have just ended."""
    presence = presence_of(request)
    presences.forget_user(str(presence.user_id), but=str(presence.session_id))


POST, BOTH = ["POST"], ["GET", "POST"]
ROUTES = [
    Route(ACCOUNT, account_page),
    Route(f"{ACCOUNT}/password", change, methods=POST),
    Route(f"{ACCOUNT}/second-step", second_step, methods=BOTH),
    Route(f"{ACCOUNT}/second-step/remove", remove_second_step, methods=POST),
    Route(f"{ACCOUNT}/recovery-codes", recovery_codes, methods=POST),
    Route(f"{ACCOUNT}/sign-out-everywhere", sign_out_everywhere, methods=POST),
    Route("/confirm", confirm_page, methods=BOTH),
]
