"""Exports as files: the same code as `python -m data export`, for who may, audited by the query."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.gate import presence_of
from dashboard.web.pages import guarded
from dashboard.wording import doors as words
from data.database import configured_engine
from data.exporters.sheets import write_frame
from data.exporters.sites import export_sites
from data.exporters.survival import export_survival
from data.instruments import find
from data.queries.episodes import read_episodes
from data.queries.scores import read_scores
from models.errors import NotFound
from models.policy import Person

READS = {"episodes": read_episodes, "scores": read_scores}
SURVIVAL, SITES, USUAL = "survival", "sites", "PHQ-9"


@guarded
async def export(request: Request) -> Response:
    what = request.path_params["what"]
    if what not in (*READS, SURVIVAL, SITES):
        raise NotFound(words.NOT_AN_EXPORT)
    code, day = (
        _code(request.query_params.get("instrument")),
        _day(request.query_params.get("as_of")),
    )
    person = presence_of(request).person
    sheet = await run_in_threadpool(_write, person, what, code, day)
    headers = {
        "content-disposition": f'attachment; filename="{what}.csv"',
        "cache-control": "no-store",
    }
    return Response(sheet, media_type="text/csv; charset=utf-8", headers=headers)


def _write(person: Person, what: str, code: str | None, day: date | None) -> bytes:
    engine = configured_engine()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{what}.csv"
        if what == SURVIVAL:
            export_survival(engine, person, path, instrument=code or USUAL, as_of=day)
        elif what == SITES:
            export_sites(engine, person, path, instrument=code or USUAL, as_of=day)
        else:
            write_frame(path, READS[what](engine, person, instrument=code, as_of=day))
        return path.read_bytes()


def _code(asked: str | None) -> str | None:
    if not asked:
        return None
    known = find(asked)
    if known is None:
        raise NotFound(words.NOT_AN_EXPORT)
    return known.code


def _day(asked: str | None) -> date | None:
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError as error:
        raise NotFound(words.NOT_AN_EXPORT) from error


ROUTES = [Route("/export/{what}.csv", export)]
