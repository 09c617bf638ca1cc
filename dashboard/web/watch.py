"""An open page asks every few seconds whether it is still somebody's, and leaves when it is not.

The script that asks is put into Streamlit's page here, with the session the page was drawn for: a
browser that meanwhile belongs to somebody else must not go on showing what it showed before. So is
our style sheet, which then is there before anything is drawn.
"""

from __future__ import annotations

import hashlib
import math
from html import escape
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.gate import MACHINERY, presence_of
from dashboard.web.inline_style import ASSETS
from dashboard.web.pages import asset_version
from dashboard.wording import doors as words
from data import clock
from data.doors.sessions import Presence
from models.access import Stage

TYPES = {".css": "text/css", ".js": "text/javascript"}
FOR_EVER = "public, max-age=31536000, immutable"
STREAMLITS = b'<div id="root">'
HEAD_ENDS = b"</head>"
# Of two rules of equal weight the later one counts, and Streamlit adds its own to the head.
BODY_ENDS = b"</body>"
# Whatever would make the answer a piece of the page, packed, or "as you know it".
NOT_PASSED_ON = (
    b"accept-encoding",
    b"if-modified-since",
    b"if-none-match",
    b"if-range",
    b"range",
)


async def presence(request: Request) -> Response:
    """Tell a page whether it is still somebody's and for how long. GET never counts as activity."""
    found = presence_of(request)
    if found is None or found.stage is not Stage.OPEN:
        return PlainTextResponse("", 401, {"cache-control": "no-store"})
    headers = {
        "cache-control": "no-store",
        "x-session": tag_of(found),
        "x-seconds-left": str(seconds_left(found)),
    }
    return Response(status_code=204, headers=headers)


async def asset(request: Request) -> Response:
    path = ASSETS / request.path_params["name"]
    if path not in ASSETS.iterdir():
        return PlainTextResponse(words.NOT_FOUND, 404)
    is_this = request.query_params.get("v") == asset_version()
    headers = {"cache-control": FOR_EVER if is_this else "no-cache"}
    return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)


def tag_of(found: Presence) -> str:
    """Return a name for a session and its rights that a page may know; the ids stay here.

    A page that was drawn for other rights leaves as one of another session does.
    """
    person = found.person
    sites = ["all"] if person.sites is None else sorted(map(str, person.sites))
    said = f"page:{found.session_id}:{sorted(person.roles)}:{sites}:{person.patient_id}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def seconds_left(found: Presence) -> int:
    left = min(found.idle_until, found.expires_at) - clock.now()
    return max(0, math.floor(left.total_seconds()))


def script_tag(found: Presence) -> str:
    facts = {
        "session": tag_of(found),
        "seconds": str(seconds_left(found)),
        "soon": words.LEAVING_SOON,
        "stay": words.STAY_SIGNED_IN,
    }
    said = " ".join(f'data-{name}="{escape(value)}"' for name, value in facts.items())
    return f'<script src="/door/watch.js?v={asset_version()}" defer {said}></script>'


def sheet_tag() -> str:
    return f'<link rel="stylesheet" href="/door/pages.css?v={asset_version()}">'


class Watched:
    """Puts the script and the sheet into each page of Streamlit's, which is kept by no browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found: Presence | None = scope.get("presence")
        if scope["type"] != "http" or found is None:
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(MACHINERY):
            await self.app(scope, receive, _Part(scope, receive, send).send)
            return
        headers = [it for it in scope["headers"] if it[0] not in NOT_PASSED_ON]
        page = _Page(send, script_tag(found).encode())
        await self.app({**scope, "headers": headers, "extensions": {}}, receive, page.send)


class _Part:
    """An answer for a page, never a page: Streamlit gives its own for what it does not have."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._asked, self._send = (scope, receive, send), send
        self._is_page = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._is_page = True
            await PlainTextResponse(words.NOT_FOUND, 404)(*self._asked)
        if not self._is_page:
            await self._send(message)


class _Page:
    """One answer on its way out: held back until it is whole, if it is a page."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send, self._tag = send, tag
        self._start: Any = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        if STREAMLITS in self._body:
            self._body = self._body.replace(HEAD_ENDS, self._tag + HEAD_ENDS, 1)
            sheet = sheet_tag().encode()
            self._body = self._body.replace(BODY_ENDS, sheet + BODY_ENDS, 1)
            headers = MutableHeaders(scope=self._start)
            headers["content-length"] = str(len(self._body))
            headers["cache-control"] = "no-store"
            for name in ("etag", "last-modified", "accept-ranges"):
                del headers[name]
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})


def _is_page(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/html")


ROUTES = [
    Route("/door/presence", presence, methods=["GET", "POST"]),
    Route("/door/{name}", asset),
]
