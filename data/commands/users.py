"""`python -m data users ...`: for the first administrator, and for whoever is locked out."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import Engine

from data import setup
from data.actions import users as actions
from data.actions.user_entries import UserEntry
from data.commands.addresses import welcome_link
from data.commands.pretend_users import tell
from data.database import configured_engine
from data.demo.users import make_users
from data.doors.throttles import normalise_name
from data.queries.group import read_group
from data.queries.users import UserRow, list_users
from models.errors import NotFound
from models.policy import OPERATOR, Role

app = typer.Typer(help="Who may sign in.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="The sign-in name, or the whole name.")]


@app.command()
def add(
    name: Annotated[str, typer.Option(help="As records and the audit will say.")],
    sign_in_name: Annotated[str, typer.Option(help="What they type to sign in.")],
    role: Annotated[list[Role], typer.Option(help="May be given more than once.")],
    site: Annotated[list[str] | None, typer.Option(help="May be given more than once.")] = None,
    all_sites: Annotated[bool, typer.Option("--all-sites", help="Every site, new ones too.")] = (
        False
    ),
    patient: Annotated[str | None, typer.Option(help="The number of a patient's user.")] = None,
) -> None:
    """Add a user and print the one-time link with which they choose a password."""
    engine = _ready()
    entry = UserEntry(
        sign_in_name=sign_in_name,
        name=name,
        roles=frozenset(role),
        site_ids=_sites(engine, site or []),
        sees_all_sites=all_sites,
        patient_number=patient,
    )
    _, token = actions.add_user(engine, OPERATOR, entry=entry)
    _print_link(name, token)


@app.command("list")
def list_all() -> None:
    """List everybody who may sign in, and those who no longer may."""
    rows = list_users(_ready(), OPERATOR)
    for row in rows:
        typer.echo("\t".join((row.sign_in_name, row.name, _roles(row), _where(row), _state(row))))
    if not rows:
        typer.echo("There is no user yet.")


@app.command()
def disable(who: Who) -> None:
    """Close somebody out at once; what they wrote stays."""
    engine = _ready()
    row = _find(engine, who)
    actions.disable_user(engine, OPERATOR, user_id=row.user_id)
    typer.echo(f"{row.name} can no longer sign in; their sessions have ended.")


@app.command()
def enable(who: Who) -> None:
    """Let somebody in again who was disabled."""
    engine = _ready()
    row = _find(engine, who)
    actions.enable_user(engine, OPERATOR, user_id=row.user_id)
    typer.echo(f"{row.name} can sign in again.")


@app.command()
def link(who: Who) -> None:
    """Print a new one-time link for somebody who cannot come in; earlier ones are dead."""
    engine = _ready()
    row = _find(engine, who)
    _print_link(row.name, actions.new_welcome_link(engine, OPERATOR, user_id=row.user_id))


@app.command()
def reset_second_factor(who: Who) -> None:
    """Take away the second factor of somebody who has lost it."""
    engine = _ready()
    row = _find(engine, who)
    actions.reset_second_factor(engine, OPERATOR, user_id=row.user_id)
    typer.echo(f"The second factor of {row.name} is gone; their sessions have ended.")


@app.command()
def pretend() -> None:
    """Make the pretend group's users, or give them new passwords; refused anywhere else."""
    engine = _ready()
    typer.echo(tell(engine, make_users(engine, OPERATOR)))


def _ready() -> Engine:
    engine = configured_engine()
    setup.ready(engine)
    return engine


def _find(engine: Engine, who: str) -> UserRow:
    rows = list_users(engine, OPERATOR)
    named = [row for row in rows if row.sign_in_name == normalise_name(who)]
    named += [row for row in rows if row.name.casefold() == who.strip().casefold()]
    if not named:
        raise NotFound(f"There is no user called {who}.")
    return named[0]


def _sites(engine: Engine, names: list[str]) -> frozenset[UUID]:
    sites = read_group(engine, OPERATOR).sites
    known = {name.casefold(): site_id for name, site_id in sites.items()}
    unknown = [name for name in names if name.strip().casefold() not in known]
    if unknown:
        raise NotFound(f"There is no site called {unknown[0]}.")
    return frozenset(known[name.strip().casefold()] for name in names)


def _print_link(name: str, token: str) -> None:
    typer.echo(f"{name} opens this once, within 24 hours, to choose a password:")
    typer.echo(welcome_link(token))


def _roles(row: UserRow) -> str:
    return ", ".join(sorted(role.replace("_", " ") for role in row.roles))


def _where(row: UserRow) -> str:
    if row.sees_all_sites:
        return "all sites"
    if row.patient_number is not None:
        return f"patient {row.patient_number}"
    return ", ".join(row.sites) or "no site"


def _state(row: UserRow) -> str:
    if row.disabled_at is not None:
        return "disabled"
    if not row.has_password and not row.has_identity:
        return "link not used yet" if row.link_until else "no password"
    if row.has_second_factor:
        return "second factor"
    return "password only" if row.has_password else "identity provider only"
