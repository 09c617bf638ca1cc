"""The command line: `python -m data COMMAND`. Exit codes: 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data import setup
from data.actions.forecasts import (
    refresh_back_tests,
    refresh_forecasts,
    refresh_what_is_due,
)
from data.actions.results import refresh_results
from data.commands import audit, exports, pretend_users, users
from data.commands.addresses import set_up_link
from data.commands.remind import remind
from data.database import configured_engine
from data.demo.users import make_users
from data.doors.links import make_set_up_token
from data.importers import import_files, read_path
from data.importers.report import Report
from models.errors import AfterglowError
from models.policy import OPERATOR

app = typer.Typer(
    help="Afterglow: how long each ketamine course held.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and those hold patients' data
)
app.add_typer(audit.app, name="audit")
app.add_typer(users.app, name="users")
app.command()(remind)
app.command()(exports.export)
MOST_SHOWN = 20
LAST_IN_LINE = 19  # as far as a process may step back


class DateOrder(StrEnum):
    YMD = "ymd"
    MDY = "mdy"
    DMY = "dmy"


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while work goes on; `tell(done, total)` moves it."""
    with typer.progressbar(length=1000, label=label, file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.update(max(0, done * 1000 // max(total, 1) - bar.pos))

        yield tell


@app.command()
def init() -> None:
    """Make an empty database; refused if there is one with patients in it."""
    engine = configured_engine()
    setup.make_empty(engine)
    typer.echo(f"An empty database is ready: {setup.address()}")
    token = make_set_up_token(engine)
    if token is not None:
        typer.echo("Start Afterglow, then open this within 24 hours: it makes an administrator.")
        typer.echo(set_up_link(token))


@app.command()
def migrate() -> None:
    """Bring the database schema up to date."""
    typer.echo(setup.migrate(configured_engine()))


@app.command()
def demo(
    patients: Annotated[int, typer.Option(help="How many pretend patients.")] = 1500,
    seed: Annotated[int, typer.Option(help="The same seed makes the same group.")] = 7,
) -> None:
    """Make a pretend group of 12 sites; refused where there are patients already."""
    engine = configured_engine()
    setup.ready(engine)
    with progress("Inventing a group") as tell:
        counts = setup.make_demo(engine, seed=seed, patients=patients, tell=tell)
    made = ", ".join(f"{count} {name}" for name, count in counts.items())
    typer.echo(f"Made {made}. All of it is pretend. {setup.address()}")
    typer.echo(pretend_users.tell(engine, make_users(engine, OPERATOR)))


@app.command()
def doctor() -> None:
    """Check the database, the schema and the definitions; refused if anything is wrong."""
    problems = setup.find_problems(configured_engine())
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo("Everything checked is in order.")


@app.command("import")
def import_path(
    path: Annotated[Path, typer.Argument(exists=True, help="A file or a folder.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it; keep nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write refused rows to this CSV.")] = None,
    dates: Annotated[DateOrder, typer.Option(help="Order of dates like 03/04/2026.")] = (
        DateOrder.YMD
    ),
) -> None:
    """Import patients, infusions and scores; bad rows are listed and left out."""
    engine = configured_engine()
    setup.ready(engine)
    with progress("Importing") as tell:
        done = import_files(
            engine, OPERATOR, read_path(path), dry_run=dry_run, date_order=dates, tell=tell
        )
    if report is not None:
        done.write_refusals(report)
    print_report(done, dry_run=dry_run, listed_in=report)


def print_report(report: Report, *, dry_run: bool, listed_in: Path | None) -> None:
    for title, lines in (("Refused", report.refusals), ("Remarks", report.remarks)):
        if lines:
            typer.echo(f"{title}:")
        for line in lines[:MOST_SHOWN]:
            typer.echo(f"  {line}")
        if len(lines) > MOST_SHOWN:
            where = f" (all are in {listed_in})" if listed_in and title == "Refused" else ""
            typer.echo(f"  and {len(lines) - MOST_SHOWN} more{where}")
    if dry_run:
        typer.echo("Nothing was kept: this was a dry run.")
    for line in report.summary():
        typer.echo(line)


@app.command()
def refresh(
    due: Annotated[
        bool,
        typer.Option(
            "--due",
            help="Only what the outlook needs and only where something has changed, giving way to "
            "other work: what the server does by itself.",
        ),
    ] = False,
) -> None:
    """Recompute courses and episodes, learn anew how long responses hold, and back-test that."""
    engine = configured_engine()
    setup.ready(engine)
    if due:
        give_way()
        done = refresh_what_is_due(engine, OPERATOR)
        typer.echo(f"Worked out: {', '.join(done) or 'nothing was due'}.")
        return
    with progress("Recomputing") as tell:
        patients, changed = refresh_results(engine, OPERATOR, tell=tell)
    typer.echo(f"Recomputed {patients} patients; {changed} stored results changed.")
    typer.echo(f"Fitted {refresh_forecasts(engine, OPERATOR)} forecast models anew.")
    with progress("Looking back on outlooks") as tell:
        tested = refresh_back_tests(engine, OPERATOR, tell=tell)
    typer.echo(f"Back-tested {tested} instruments anew.")


def give_way() -> None:
    """Let whatever else this computer does go first."""
    if hasattr(os, "nice"):
        os.nice(LAST_IN_LINE)


def main() -> None:
    try:
        app()
    except AfterglowError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:  # a folder that is not there, a file that may not be written
        typer.echo(f"{error.strerror}: {error.filename}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
