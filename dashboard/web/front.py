"""The bare address leads to whatever page the person's day begins with."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.sitemap import HOME, front_of


async def to_front(request: Request) -> Response:
    """Redirect here rather than in the page, or the browser's Back would lead here again."""
    presence = request.scope.get("presence")  # set by the gate
    front = None if presence is None else front_of(presence.person)
    return RedirectResponse(f"/{front.name if front else HOME}", 303)


ROUTES = [Route("/", to_front)]
