"""Whether the app can serve: its database answers and has the schema it needs."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data import setup
from data.database import configured_engine


async def healthz(_request: Request) -> JSONResponse:
    problem = await run_in_threadpool(setup.find_schema_problem, configured_engine())
    return JSONResponse({"ok": problem is None}, 200 if problem is None else 503)


ROUTES = [Route("/healthz", healthz)]
