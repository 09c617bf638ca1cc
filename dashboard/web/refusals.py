"""Answering no, to a request or to a websocket that wants to be opened."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

REFUSED = 1008  # "policy violation"


async def refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Send the answer; a server that can only hang up on a websocket does that."""
    if scope["type"] == "websocket" and not _takes_answers(scope):
        await receive()
        await send({"type": "websocket.close", "code": REFUSED})
    else:
        await response(scope, receive, send)


def _takes_answers(scope: Scope) -> bool:
    return "websocket.http.response" in (scope.get("extensions") or {})
