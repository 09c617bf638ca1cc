"""The first page by its name: Streamlit knows it as / only, and calls /today an unknown page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from dashboard.sitemap import ENTRIES


async def to_front(_request: Request) -> RedirectResponse:
    return RedirectResponse("/")


ROUTES = [Route(f"/{ENTRIES[0].name}", to_front)]
