"""Whether the app can serve (its database answers, with the schema it needs), and its icon."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from dashboard.pictures import ICON
from data import setup
from data.database import configured_engine


async def healthz(_request: Request) -> JSONResponse:
    problem = await run_in_threadpool(setup.find_schema_problem, configured_engine())
    return JSONResponse({"ok": problem is None}, 200 if problem is None else 503)


async def favicon(_request: Request) -> FileResponse:
    return FileResponse(ICON, headers={"cache-control": "max-age=86400"})


ROUTES = [Route("/healthz", healthz), Route("/favicon.png", favicon)]
