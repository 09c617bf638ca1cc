"""What the sites' pages cost for 1,000 and for 100,000 patients: what is published is read.

The first reading after a renewal publishes the counts and works the figures out; every other one
reads what is kept.

`PYTHONPATH=. python tests/benchmarks/site_pages.py [--patients 1000 10000 100000]`
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
from sqlalchemy import Engine, func, insert, select

from data import setup
from data.database import connect, reading, writing
from data.queries.sites import read_sites
from data.site_counts import TABLES, add_to_counts
from models.outcomes.sites.tally import Tally
from models.policy import Person, Role
from models.tables import Site
from tests.simulated_sites import Truth, simulate

SITES = 12
MANAGER = Person("Mona", frozenset({Role.GROUP_MANAGER}), sites=frozenset())


def fill(path: Path, patients: int) -> Engine:
    engine = connect(f"sqlite:///{path}")
    setup.ready(engine)
    truth = Truth(sizes=(patients // SITES,) * SITES, mixed=0.3)
    tally, _ = simulate(truth, np.random.default_rng(1))
    ids = [uuid4() for _ in range(SITES)]
    named = Tally(
        *(
            {(ids[key[0]], *key[1:]): amounts for key, amounts in table.items()}
            for table in (tally.marks, tally.cases, tally.spans)
        )
    )
    rows = [
        {"site_id": site, "name": f"Site {n}", "time_zone": "UTC", "recorded_at": datetime.now(UTC)}
        for n, site in enumerate(ids)
    ]
    with writing(engine) as connection:
        connection.execute(insert(Site), rows)
        add_to_counts(connection, named)
    return engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[1000, 10_000, 100_000])
    for patients in parser.parse_args().patients:
        with tempfile.TemporaryDirectory() as folder:
            engine = fill(Path(folder) / "sites.sqlite", patients)
            with reading(engine) as connection:
                rows = {
                    name: connection.scalar(select(func.count()).select_from(model))
                    for name, model in TABLES.items()
                }
            before = time.process_time()
            read_sites(engine, MANAGER, "PHQ-9")
            first = time.process_time() - before
            spent = []
            for _ in range(9):
                before = time.process_time()
                read_sites(engine, MANAGER, "PHQ-9")
                spent.append(time.process_time() - before)
            engine.dispose()
        print(
            f"{patients} patients: {min(spent) * 1000:.0f} ms (of {max(spent) * 1000:.0f}), after "
            f"a renewal {first:.2f} s; rows {rows}",
            flush=True,
        )


if __name__ == "__main__":
    main()
