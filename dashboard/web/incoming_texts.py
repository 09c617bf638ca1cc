"""Where a text service hands over what patients answer: signed, or not read at all.

POST /texts/replies with {"from": "+13035550100", "text": "STOP"}, the header X-Timestamp (seconds)
and X-Signature (data.messages.replies.sign_reply). It answers 204 whatever the text was, so that
nobody learns which numbers are known.
"""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.web.pages import client_of, guarded
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.refusals import TryLater
from data.messages.replies import Unsigned, check_reply, count_unsigned, take_reply
from data.messages.settings import reply_secret

LONGEST = 8 * 1024  # bytes; a text has at most some 1,600 letters


@guarded
async def replies(request: Request) -> Response:
    secret = reply_secret()
    if secret is None:
        return PlainTextResponse(words.NOT_FOUND, 404)
    client, body = client_of(request), await _read(request)
    signed = (request.headers.get(name, "") for name in ("x-timestamp", "x-signature"))
    try:
        check_reply(secret, *signed, body)
    except Unsigned:
        return await _refuse(client)
    said = _said(body)
    if said is None:
        return PlainTextResponse(words.NOT_A_FORM, 400)
    sender, text = said
    engine = configured_engine()
    await run_in_threadpool(take_reply, engine, sender=sender, words=text, client=client)
    return Response(status_code=204)


async def _read(request: Request) -> bytes:
    """Return the body, cut where it is longer than any text: then its signature is wrong."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            break
    return body[: LONGEST + 1]


async def _refuse(client: str | None) -> Response:
    try:
        await run_in_threadpool(count_unsigned, configured_engine(), client)
    except TryLater as error:
        return PlainTextResponse(str(error), 429, {"retry-after": str(error.seconds)})
    return PlainTextResponse("", 401)


def _said(body: bytes) -> tuple[str, str] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    said = [found.get(name) for name in ("from", "text")] if isinstance(found, dict) else []
    sender, text = said if len(said) == 2 else (None, None)
    return (sender, text) if isinstance(sender, str) and isinstance(text, str) else None


ROUTES = [Route("/texts/replies", replies, methods=["POST"])]
