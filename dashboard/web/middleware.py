"""Before anything else: foreign origins refused, answers with the headers a clinic needs."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The hash is that of the one inline line in Streamlit's index.html.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class SameOrigin:
    """Refuses a page of another site that tries to talk to this one.

    Streamlit checks origins too, but first asks an outside host for its own address, and while
    that hangs nobody is served.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif not _is_ours(scope):
            await _refuse(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))


def _is_ours(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return scope["type"] == "http"  # a browser always says where a websocket comes from
    return urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"Refused: another site asked."})


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *HEADERS]}
        await send(message)

    return send_with_headers


# Streamlit serves its scripts uncompressed: 2.7 MB for a first page that gzip makes 1.1.
MIDDLEWARE = [Middleware(SameOrigin), Middleware(GZipMiddleware, minimum_size=1024)]
