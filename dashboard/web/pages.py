"""Drawing a plain page and reading its form. They work without JavaScript and are never cached."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.web.addresses import safe_next, with_next
from dashboard.web.bugs import report_bug
from dashboard.web.inline_style import ASSETS, style
from dashboard.wording import doors as words
from data.doors.refusals import DeadLink, NotSignedIn, TryLater
from models.errors import AfterglowError, NotFound, Unavailable
from models.policy import Denied, Unconfirmed

HERE = Path(__file__).parent
LONGEST_FORM = 64 * 1024  # bytes; a password is at most 128 letters
MOST_FIELDS = 20
STATUSES: tuple[tuple[type[AfterglowError], int], ...] = (
    (TryLater, 429),
    (NotSignedIn, 401),
    (DeadLink, 410),
    (NotFound, 404),
    (Denied, 403),
    (Unavailable, 503),
)

Page = Callable[[Request], Awaitable[Response]]


@cache
def asset_version() -> str:
    """Return a name for what the assets hold, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for path in sorted(ASSETS.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(words=words, version=asset_version(), style=style)
    return templates


def draw(
    template: str,
    *,
    title: str,
    status: int = 200,
    error: AfterglowError | str | None = None,
    notice: str | None = None,
    watch: str = "",
    **values: Any,
) -> Response:
    """Draw a page; with an error it says so first, and its status says so too.

    `watch` is the script of dashboard/web/watch.py, for pages that somebody sees signed in.
    """
    text = (
        _templates()
        .get_template(f"{template}.html")
        .render(
            title=title,
            error=str(error) if error else None,
            notice=notice,
            watch=Markup(watch),
            **values,
        )
    )
    response = HTMLResponse(text, status_of(error) if error else status)
    response.headers["cache-control"] = "no-store"
    if isinstance(error, TryLater):
        response.headers["retry-after"] = str(error.seconds)
    return response


def status_of(error: AfterglowError | str) -> int:
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 400)


def say(
    sentence: str, *, title: str, status: int, href: str = "/", label: str = words.BACK
) -> Response:
    """Draw a page that only says something and leads on."""
    return draw("message", title=title, status=status, sentence=sentence, href=href, label=label)


def go(path: str) -> Response:
    """Lead on with a GET, so that going back or reloading sends no form again."""
    response = RedirectResponse(path, 303)
    response.headers["cache-control"] = "no-store"
    return response


def goal_of(request: Request) -> str:
    """Return where a page of ours leads on to."""
    return safe_next(request.query_params.get("next"))


def guarded(page: Page) -> Page:
    """Answer what a page refuses with its sentence, and what it broke over with a number."""

    @wraps(page)
    async def answer(request: Request) -> Response:
        try:
            return await page(request)
        except Unconfirmed:
            here = request.url.path if request.method == "GET" else "/account"
            query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
            return go(with_next("/confirm", here + query))
        except AfterglowError as error:
            return say(str(error), title=words.WRONG, status=status_of(error))
        except Exception as error:  # the last stop before the reader: its words stay here
            return say(words.bug(report_bug(error)), title=words.WRONG, status=500)

    return answer


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises AfterglowError for what no page of ours would send."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise AfterglowError(words.NOT_A_FORM)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise AfterglowError(words.NOT_A_FORM) from error
    return dict(fields)


def client_of(request: Request) -> str | None:
    """Return the address a request comes from; a proxy's word counts only if it is trusted."""
    return request.client.host if request.client else None


def browser_of(request: Request) -> str | None:
    return request.headers.get("user-agent")
