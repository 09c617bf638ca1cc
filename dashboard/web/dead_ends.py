"""Addresses below a door that lead nowhere: said here, or Streamlit would serve its page there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.gate import PUBLIC
from dashboard.web.pages import go, guarded, say
from dashboard.wording import doors as words


@guarded
async def no_page(request: Request) -> Response:
    without_slash = request.url.path.rstrip("/")
    if without_slash != request.url.path:  # as somebody types it who reads it off a wall
        return go(without_slash)
    return say(words.NOT_FOUND, title=words.NOT_FOUND_TITLE, status=404)


# Last of all routes: whatever is a page below these doors comes before.
ROUTES = [Route(f"{door}{rest}", no_page) for door in PUBLIC for rest in ("", "/{_:path}")]
