"""Before anything else: foreign origins refused, answers with the headers a clinic needs."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.addresses import header, is_encrypted
from dashboard.web.bugs import report_bug
from dashboard.web.gate import Gate
from dashboard.web.refusals import refuse
from dashboard.web.watch import Watched
from dashboard.wording import doors as words

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
    # Others learn nothing; under "no-referrer" our own forms would say they come from nowhere.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
# A browser that was here once over TLS comes over nothing else.
HSTS = (b"strict-transport-security", b"max-age=31536000")
FORM = "application/x-www-form-urlencoded"
# A mail program's own button sends either kind (RFC 8058): the token in the address is what counts.
# A text service sends JSON: its signature is.
KINDS = {"unsubscribe": (FORM, "multipart/form-data"), "texts": ("application/json",)}
ASKING_ONLY = ("GET", "HEAD", "OPTIONS")
BEGINNINGS = ("http.response.start", "websocket.accept", "websocket.http.response.start")


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
            return
        answer = _Answer(send, [*HEADERS, HSTS] if is_encrypted(scope) else HEADERS)
        refusal = _find_refusal(scope)
        if refusal is not None:
            await refuse(scope, receive, answer.send, PlainTextResponse(refusal, 403))
            return
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:  # the server would log its words, which may be a patient's
            reference = report_bug(error)
            if scope["type"] == "http" and not answer.is_begun:
                await PlainTextResponse(words.bug(reference), 500)(scope, receive, answer.send)


def _find_refusal(scope: Scope) -> str | None:
    """Return why a request cannot be meant by a page of ours, None if it may be."""
    origin = header(scope, b"origin")
    is_socket = scope["type"] == "websocket"
    if origin or is_socket:  # a browser always says where a websocket comes from
        # The same host without TLS is another site: anybody on the way can speak for it.
        ours = f"{'https' if is_encrypted(scope) else 'http'}://{header(scope, b'host')}"
        if origin != ours:
            return words.FOREIGN
    if is_socket or scope["method"] in ASKING_ONLY:
        return None
    # Older browsers do not say; those that do cannot be made to say it wrongly by a page.
    if header(scope, b"sec-fetch-site") not in ("", "same-origin", "none"):
        return words.FOREIGN
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    forms = KINDS.get(scope["path"].split("/")[1], (FORM,))
    return words.NOT_A_FORM if scope["method"] == "POST" and kind not in forms else None


class _Answer:
    """What is sent back, with our headers on whatever begins it."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send, self._headers = send, headers
        self.is_begun = False

    async def send(self, message: Message) -> None:
        self.is_begun = True
        if message["type"] in BEGINNINGS:
            message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
        await self._send(message)


# Streamlit serves its scripts uncompressed: 2.7 MB for a first page that gzip makes 1.1. It is
# inside the gate, so that nothing is read before it is known who asks, and outside of what changes
# a page on its way.
MIDDLEWARE = [
    Middleware(SameOrigin),
    Middleware(Gate),
    Middleware(GZipMiddleware, minimum_size=1024),
    Middleware(Watched),
]
