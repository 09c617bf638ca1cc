"""What one-time links open: setting up the first administrator, and choosing a password."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web import oidc
from dashboard.web.arriving import arrive
from dashboard.web.pages import browser_of, client_of, draw, guarded, read_form, say
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.links import choose_password, look_at, set_up
from data.doors.refusals import DeadLink, TryLater
from models.access import Purpose
from models.errors import AfterglowError, Refused


@guarded
async def set_up_page(request: Request) -> Response:
    token = request.path_params["token"]
    if await _is_dead(request, Purpose.SET_UP):
        return _dead()
    if request.method != "POST":
        return _draw_set_up(token, {})
    form = await read_form(request)
    if not all(form.get(name, "").strip() for name in ("name", "sign_in_name", "password")):
        return _draw_set_up(token, form, words.TYPED_NOTHING)
    try:
        signed_in = await run_in_threadpool(
            set_up,
            configured_engine(),
            token,
            sign_in_name=form["sign_in_name"],
            name=form["name"],
            password=form["password"],
            client=client_of(request),
            browser=browser_of(request),
        )
    except DeadLink:
        return _dead()
    except (Refused, TryLater) as error:
        return _draw_set_up(token, form, error)
    return await arrive(request, signed_in, "/")


def _draw_set_up(
    token: str, form: dict[str, str], error: AfterglowError | str | None = None
) -> Response:
    return draw(
        "set_up",
        title=words.SET_UP_TITLE,
        error=error,
        action=f"/set-up/{token}",
        name=form.get("name", ""),
        sign_in_name=form.get("sign_in_name", ""),
    )


@guarded
async def welcome_page(request: Request) -> Response:
    token = request.path_params["token"]
    if await _is_dead(request, Purpose.WELCOME):
        return _dead()
    if request.method != "POST":
        return _draw_welcome(token)
    form = await read_form(request)
    if not form.get("password"):
        return _draw_welcome(token, words.TYPED_NOTHING)
    try:
        signed_in = await run_in_threadpool(
            choose_password,
            configured_engine(),
            token,
            form["password"],
            client_of(request),
            browser_of(request),
        )
    except DeadLink:
        return _dead()
    except (Refused, TryLater) as error:
        return _draw_welcome(token, error)
    return await arrive(request, signed_in, "/")


def _draw_welcome(token: str, error: AfterglowError | str | None = None) -> Response:
    return draw(
        "welcome",
        title=words.WELCOME_TITLE,
        error=error,
        action=f"/welcome/{token}",
        elsewhere=oidc.way_in("/", token),
    )


async def _is_dead(request: Request, purpose: Purpose) -> bool:
    token, client = request.path_params["token"], client_of(request)
    try:
        await run_in_threadpool(look_at, configured_engine(), token, purpose, client)
    except DeadLink:
        return True
    return False


def _dead() -> Response:
    return say(
        words.LINK_DEAD, title=words.LINK_TITLE, status=410, href="/sign-in", label=words.SIGN_IN
    )


BOTH = ["GET", "POST"]
ROUTES = [
    Route("/set-up/{token}", set_up_page, methods=BOTH),
    Route("/welcome/{token}", welcome_page, methods=BOTH),
]
