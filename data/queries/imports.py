"""What was imported before."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Engine, select

from data.database import reading
from data.looks import note_look
from models.policy import Operation, Person, readable_sites
from models.tables import ImportRun

MOST = 50


def read_imports(engine: Engine, person: Person) -> pd.DataFrame:
    """Return when, by, files, added, unchanged, refused and updated, the latest import first."""
    query = select(ImportRun).order_by(ImportRun.recorded_at.desc()).limit(MOST)
    with reading(engine) as connection:
        readable_sites(person, Operation.IMPORT)
        rows = connection.execute(query).all()
    note_look(engine, person, Operation.IMPORT, looked="imports")  # names of files may name people
    outcomes = ("added", "unchanged", "refused", "updated")
    return pd.DataFrame(
        [
            (
                row.recorded_at,
                row.recorded_by,
                ", ".join(row.files),
                *(sum(c.get(outcome, 0) for c in row.counts.values()) for outcome in outcomes),
            )
            for row in rows
        ],
        columns=["when", "by", "files", *outcomes],
    )
