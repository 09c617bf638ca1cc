"""Making, checking and refreshing a database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from data import demo, migrations
from data.checkins.standings import refresh_all_standings
from data.database import database_url, reading, writing
from data.instruments import catalogue
from data.messages.replies import note_numbers
from data.results import recompute_all
from models.errors import Refused
from models.policy import OPERATOR
from models.tables import CheckInStanding, CountedCourse, Patient, StoredCourse

Tell = Callable[[int, int], None]
# The first schema whose summary rows hold how much of a gain is gone.
GAIN_KEPT = "0011"


def address() -> str:
    """Return where the database is, without its password."""
    return database_url().render_as_string(hide_password=True)


def ready(engine: Engine) -> None:
    """Bring an empty database to the newest schema; refuse one that is behind or unreachable."""
    problem = find_damage(engine)
    if problem:
        raise Refused(problem)
    here = migrations.current(engine)
    if here is None:
        migrations.upgrade(engine)
    elif here != migrations.newest():
        raise Refused("The database is of another release: run `python -m data migrate` first.")


def make_empty(engine: Engine) -> None:
    ready(engine)
    if count_patients(engine):
        raise Refused(
            f"There are patients in {address()} already; it is left as it is. "
            "To let somebody in: `python -m data users add`."
        )


def migrate(engine: Engine) -> str:
    before = migrations.current(engine)
    migrations.upgrade(engine)
    after = migrations.current(engine)
    count_uncounted(engine)
    if before is not None and before < GAIN_KEPT:
        recompute_older(engine)
    return f"The schema is at {after}" + ("." if before == after else f"; it was at {before}.")


def count_uncounted(engine: Engine) -> None:
    """Work out what an older release did not keep yet; nothing where it is there."""
    with writing(engine) as connection:
        has_patients, has_standings, has_courses, has_counts = (
            connection.scalar(select(model.patient_id).limit(1)) is not None
            for model in (Patient, CheckInStanding, StoredCourse, CountedCourse)
        )
        if has_patients and not has_standings:
            refresh_all_standings(connection)
        note_numbers(connection)
        if has_courses and not has_counts:
            recompute_all(connection)


def recompute_older(engine: Engine) -> None:
    """Compute the results of an older release anew: they do not say yet what is kept now."""
    with writing(engine) as connection:
        recompute_all(connection)


def make_demo(engine: Engine, *, seed: int, patients: int, tell: Tell) -> dict[str, int]:
    return demo.create(engine, OPERATOR, seed=seed, patients=patients, tell=tell)


def count_patients(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(Patient)) or 0


def find_damage(engine: Engine) -> str | None:
    """Return why the database cannot even be opened, if so."""
    try:
        migrations.current(engine)
    except OperationalError:
        return f"The database cannot be reached: {address()}"
    except DatabaseError as error:
        return _damaged(error.orig)
    return None


def _damaged(detail: object) -> str:
    return f"The database file is damaged ({detail}): restore a backup."


def find_schema_problem(engine: Engine) -> str | None:
    """Return what keeps the database from being used, cheaply enough to ask every second."""
    problem = find_damage(engine)
    if problem:
        return problem
    here = migrations.current(engine)
    return None if here == migrations.newest() else f"The schema is at {here}."


def find_problems(engine: Engine) -> list[str]:
    """Return sentences about what is wrong; none when all is well."""
    catalogue()  # raises, naming file and key, when a definition contradicts itself
    problem = find_schema_problem(engine)
    if problem:
        return [problem]
    return _check_file(engine) if engine.dialect.name == "sqlite" else []


def _check_file(engine: Engine) -> list[str]:
    """Return what is wrong with a SQLite file; a damaged one may not even bear the question."""
    problems = []
    try:
        with reading(engine) as connection:
            health = connection.scalar(text("PRAGMA quick_check"))
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    except DatabaseError as error:
        return [_damaged(error.orig)]
    if health != "ok":
        problems.append(_damaged(" ".join(str(health).split())))
    if orphans:
        problems.append(f"{len(orphans)} rows refer to records that do not exist.")
    return problems
