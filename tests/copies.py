"""Databases that are filled once and copied from then on, which takes milliseconds."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine

from tests.postgres import Postgres

T = TypeVar("T")


@dataclass
class Copies:
    """What was filled once in this run, by the kind of database and a name."""

    folder: Path
    server: Callable[[], Postgres]
    kept: dict[tuple[str, str], tuple[Any, bytes]] = field(default_factory=dict)

    def fill(self, engine: Engine, name: str, fill: Callable[[], T]) -> T:
        """Fill a database, or make it a copy of the one that was; return what `fill` returned.

        A copy has the same keys as the first, so both must begin as copies of one template.
        """
        key = (engine.dialect.name, name)
        if key not in self.kept:
            made = pickle.dumps(fill())
            engine.dispose()
            self.kept[key] = (self._keep(engine, name), made)
        else:
            engine.dispose()
            self._bring_back(engine, self.kept[key][0])
        return pickle.loads(self.kept[key][1])  # its own: what one test changes is no other's

    def _keep(self, engine: Engine, name: str) -> Any:
        if engine.dialect.name == "postgresql":
            return self.server().create(engine.url.database)
        return shutil.copyfile(engine.url.database, self.folder / f"{name}.sqlite3")

    def _bring_back(self, engine: Engine, template: Any) -> None:
        if engine.dialect.name == "postgresql":
            self.server().replace(engine.url.database, template)
        else:
            shutil.copyfile(template, engine.url.database)
