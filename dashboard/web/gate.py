"""The gate: every request, and every message on an open connection, is somebody's or goes nowhere.

Streamlit itself knows no users: its media, uploads, metrics and connections answer anybody, and a
callback runs before any page could ask who is there. So the question is asked here, in front of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.web import presences
from dashboard.web.addresses import header, is_private, wanted_page, with_next
from dashboard.web.bugs import report_bug
from dashboard.web.cookies import drop_cookie, read_cookie
from dashboard.web.lines import Line
from dashboard.web.refusals import refuse
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.secrets import hash_token
from data.doors.sessions import Presence, find_presence
from models.access import Stage
from models.policy import Operation

# Asked by machines that know nobody, and kept answering while the database is away.
ALWAYS = frozenset({"/healthz", "/_stcore/health", "/favicon.png"})
# Our own pages before and while somebody signs in, and what these pages are drawn with.
PUBLIC = ("/sign-in", "/set-up", "/welcome", "/door", "/c", "/unsubscribe", "/texts")
# Where a session goes that is not open yet: what it still owes.
OWED = {Stage.PASSWORD: "/sign-in/code", Stage.ENROLMENT: "/sign-in/enrol"}
# Fetched by pages, never opened by a person: refused with a number, not led to the sign-in page.
MACHINERY = ("/_stcore/", "/media/", "/component/", "/static/", "/door/")
# What Streamlit tells of its insides, and the ways in that drive it without a page: for nobody.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/mcp")
# Files are brought in on one page; whoever may not open it cannot fill the memory either.
UPLOADS = "/_stcore/upload_file"
OURS = b"x-afterglow-"


class Gate:
    """Lets a request pass with its identity, or answers it. It fails closed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._sessions: dict[str, str] = {}  # hash of a cookie -> the session it opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": list(_without_ours(scope["headers"])), "presence": None}
        if scope["path"] in ALWAYS and scope["type"] == "http":
            await self.app(scope, receive, send)
            return
        if not is_private(scope):
            await refuse(scope, receive, send, PlainTextResponse(words.NOT_PRIVATE, 403))
            return
        try:
            scope["presence"] = await self.find(scope, is_active=_is_step(scope))
        except Exception as error:  # a database that is away must not open the door
            report_bug(error)
            await refuse(scope, receive, send, PlainTextResponse(words.AWAY, 503))
            return
        refusal = _refusal(scope)
        if refusal is None:
            await self._admit(scope, receive, send)
        else:
            await refuse(scope, receive, send, refusal)

    async def find(self, scope: Scope, *, is_active: bool) -> Presence | None:
        """Look up whose request this is; what has ended is forgotten here at once."""
        token = read_cookie(scope)
        if token is None:
            return None
        presence = await run_in_threadpool(
            find_presence,
            configured_engine(),
            token,
            is_active=is_active,
            client=(scope.get("client") or (None,))[0],
        )
        key = hash_token(token)
        if presence is None:
            self._forget(key)
        elif presence.stage is Stage.OPEN:
            self._remember(key, presence)
        return presence

    def _remember(self, key: str, presence: Presence) -> None:
        if len(self._sessions) >= presences.MANY:
            living = {key: it for key, it in self._sessions.items() if presences.of(it)}
            self._sessions = living
        self._sessions[key] = str(presence.session_id)
        presences.keep(presence)

    def _forget(self, key: str) -> None:
        """Forget the session of a dead cookie, unless it lives on with a newer one."""
        session_id = self._sessions.pop(key, None)
        if session_id is not None and session_id not in self._sessions.values():
            presences.forget(session_id)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        presence: Presence | None = scope["presence"]
        if presence is None or presence.stage is not Stage.OPEN:
            await self.app(scope, receive, send)
            return
        identity = [
            (OURS + b"user", str(presence.user_id).encode()),
            (OURS + b"session", str(presence.session_id).encode()),
        ]
        scope = {**scope, "headers": [*scope["headers"], *identity]}
        if scope["type"] == "websocket":
            await Line(self, scope, receive, send).carry()
        else:
            await self.app(scope, receive, send)


def _without_ours(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    """Drop what only we may say, in every spelling a server could take for it."""
    for name, value in headers:
        if not name.lower().replace(b"_", b"-").startswith(OURS):
            yield name, value


def _refusal(scope: Scope) -> Response | None:
    """Return the answer for somebody who may not go on, None for who may."""
    presence: Presence | None = scope["presence"]
    is_http = scope["type"] == "http"
    if presence is not None and presence.stage is Stage.OPEN:
        return _closed(scope, presence)
    if is_http and _is_below(scope["path"], PUBLIC):
        return None
    if presence is None:
        response = _lead_to(scope, "/sign-in")
        if is_http and read_cookie(scope) is not None:
            drop_cookie(response, scope)
        return response
    if is_http and scope["path"] == "/sign-out":
        return None
    return _lead_to(scope, OWED[presence.stage])


def _closed(scope: Scope, presence: Presence) -> Response | None:
    """Return the answer where even somebody who is signed in may not go on."""
    if _is_below(scope["path"].rstrip("/"), CLOSED):
        return PlainTextResponse(words.NOT_FOUND, 404)
    may_upload = presence.person.may_somewhere(Operation.IMPORT)
    if _is_below(scope["path"], (UPLOADS,)) and not may_upload:
        return PlainTextResponse(words.NO_UPLOADS, 403)
    return None


def _lead_to(scope: Scope, path: str) -> Response:
    if scope["type"] == "http" and _is_page(scope):
        response: Response = RedirectResponse(with_next(path, wanted_page(scope)), 303)
    else:
        response = PlainTextResponse(words.SIGN_IN_FIRST, 401)
    response.headers["cache-control"] = "no-store"
    return response


def _is_below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _is_page(scope: Scope) -> bool:
    """Tell whether whoever asks can be led somewhere else, as a browser and most programs can."""
    is_page = scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(MACHINERY)
    wanted = header(scope, b"accept")
    return is_page and ("text/html" in wanted or "*/*" in wanted)


def _is_opened_page(scope: Scope) -> bool:
    """Tell whether a person opens this in a window: that shows somebody is there."""
    return _is_page(scope) and "text/html" in header(scope, b"accept")


def _is_step(scope: Scope) -> bool:
    """Tell whether a request shows that a person is there: a page opened, or something sent."""
    if scope["type"] != "http":
        return False
    return _is_opened_page(scope) or scope["method"] in ("POST", "PUT")


def presence_of(request: Request) -> Any:
    """Return whose request this is, as the gate found it; None for a stranger."""
    return request.scope.get("presence")
