"""Write a migration from the difference between the tables and the newest one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from data.database import connect, writing
from data.migrations import configuration, newest, upgrade


def write_migration(message: str) -> None:
    """Compare models.tables with an empty database at head, and write what is missing."""
    number = f"{int(newest() or 0) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'empty.sqlite'}")
        upgrade(engine)
        config = configuration()
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Usage: python -m data.migrations "what it does"')
    write_migration(sys.argv[1])
