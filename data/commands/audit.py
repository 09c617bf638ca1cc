"""`python -m data audit ...`: check the audit, and note the ends of its chains elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data import setup
from data.audit_heads import heads_path, note_heads, read_lines
from data.database import configured_engine
from data.queries.audit import verify as find_findings
from models.policy import OPERATOR

app = typer.Typer(help="Check who did what.", no_args_is_help=True)


@app.command()
def verify(
    heads: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Ends noted elsewhere; else the usual file."
        ),
    ] = None,
) -> None:
    """Check every line of the audit; exit code 1 if one was edited, dropped or added."""
    engine = configured_engine()
    setup.ready(engine)
    path = heads or heads_path(engine)
    lines = read_lines(path)
    with _progress("Checking") as tell:
        findings = find_findings(engine, OPERATOR, heads=lines, tell=tell)
    for finding in findings:
        typer.echo(str(finding))
    against = f"{len(lines)} ends noted in {path}" if lines else "no ends noted elsewhere"
    if findings:
        typer.echo(f"The audit is not as it was written ({against}).")
        raise typer.Exit(1)
    typer.echo(f"The audit is as it was written ({against}).")


@app.command()
def heads(out: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Append the present end of every chain to a file, to be kept away from the database."""
    engine = configured_engine()
    setup.ready(engine)
    typer.echo(f"{note_heads(engine, out)} ends noted in {out}")


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    with typer.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(max(0, done * 1000 // max(total, 1) - bar.pos))
