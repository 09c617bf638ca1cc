"""`python -m data export`: what the clinic takes away as CSV."""

from __future__ import annotations

import csv
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data import setup
from data.database import configured_engine
from data.exporters.sheets import write_frame
from data.exporters.sites import export_sites
from data.exporters.survival import export_survival
from data.instruments import find
from data.queries.episodes import read_episodes
from data.queries.forecasts import read_forecasts
from data.queries.scores import read_scores
from models.errors import Refused
from models.policy import OPERATOR


class Export(StrEnum):
    EPISODES = "episodes"
    FORECAST = "forecast"
    SURVIVAL = "survival"
    SITES = "sites"
    SCORES = "scores"


def export(
    what: Export,
    out: Annotated[Path, typer.Argument(dir_okay=False)],
    instrument: Annotated[str | None, typer.Option(help="Such as PHQ-9.")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    by: Annotated[str | None, typer.Option(help="survival only: site")] = None,
    at: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="forecast only: a CSV of patient_id, as_of; each patient as known on that day.",
        ),
    ] = None,
) -> None:
    """Write episodes, forecasts, survival curves, sites compared or scores as CSV. Survival and
    sites are of PHQ-9 unless told.
    """
    engine = configured_engine()
    setup.ready(engine)
    day = as_of.date() if as_of else None
    code = _code(instrument)
    if by not in (None, "site"):
        raise typer.BadParameter("only 'site' is known", param_hint="--by")
    if by is not None and what is not Export.SURVIVAL:
        raise typer.BadParameter("only survival is exported by site", param_hint="--by")
    if at is not None and what is not Export.FORECAST:
        raise typer.BadParameter(
            "only forecasts are exported at days of their own", param_hint="--at"
        )
    if what is Export.SURVIVAL:
        rows = export_survival(
            engine, OPERATOR, out, instrument=code or "PHQ-9", as_of=day, by_site=by == "site"
        )
    elif what is Export.SITES:
        rows = export_sites(engine, OPERATOR, out, instrument=code or "PHQ-9", as_of=day)
    elif what is Export.FORECAST:
        asked = read_asked(at) if at else []
        frame = read_forecasts(engine, OPERATOR, instrument=code, as_of=day, at=asked)
        rows = write_frame(out, frame)
        if unknown := frame.attrs["unknown"]:
            more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            typer.echo(f"Not known here, so without a row: {unknown[0]}{more}.", err=True)
    else:
        read = read_episodes if what is Export.EPISODES else read_scores
        rows = write_frame(out, read(engine, OPERATOR, instrument=code, as_of=day))
    typer.echo(f"{what.value}: {rows} rows written to {out}")


def read_asked(path: Path) -> list[tuple[str, date]]:
    """Read patient_id and as_of from a CSV; raises Refused naming the line that is wrong."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        rows.fieldnames = [name.strip().casefold() for name in rows.fieldnames or ()]
        if not {"patient_id", "as_of"} <= set(rows.fieldnames):
            raise Refused(f"{path.name} needs the columns patient_id and as_of.")
        return [_read_line(path.name, rows.line_num, row) for row in rows]


def _read_line(name: str, line: int, row: dict[str, str | None]) -> tuple[str, date]:
    code, day = (row["patient_id"] or "").strip(), (row["as_of"] or "").strip()
    try:
        if code:
            return code, date.fromisoformat(day[:10])
    except ValueError:
        pass
    raise Refused(f"{name}, line {line}: a patient_id and a day like 2026-03-31 are needed.")


def _code(instrument: str | None) -> str | None:
    if instrument is None:
        return None
    known = find(instrument)
    if known is None:
        raise Refused(f"{instrument} is not an instrument this clinic uses.")
    return known.code
