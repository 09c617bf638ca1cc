"""Check-ins of 100,000 patients at 100 sites: PYTHONPATH=. python THIS

Half were infused within a year, each agreed to mail, and every fifth answers as asked. Times what
Today, Durations and a round of reminders read, beside the same from everybody's schedule, which is
what the tests hold them against.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, select
from uuid_utils.compat import uuid7

from data import clock
from data.checkins.dues import load_facts
from data.checkins.standings import refresh_all_standings
from data.database import connect, reading, writing
from data.messages.reminders import plan_reminders
from data.policies import PLAN, in_force
from data.queries.due import completion_by_site, read_missed
from models.checkins.schedule import completion, missed_in_a_row
from models.policy import OPERATOR
from models.tables import CheckIn, CheckInWishes, Infusion, Patient, PatientSite, Site
from tests.benchmarks.group_of_100000 import fill

SPAN = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder for the database, used again if there")
    folder = parser.parse_args().keep or Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'checkins.sqlite'}"
    fill(url)
    engine = connect(url)
    with reading(engine) as connection:
        is_asked = connection.scalar(select(CheckInWishes.patient_id).limit(1)) is not None
    if not is_asked:
        ask_everybody(engine)
        told("everybody's standings worked out", lambda: refresh(engine))
    today = clock.today()
    span = {"since": today - timedelta(days=SPAN), "until": today}
    for _ in range(3):
        told("Today: missed", lambda: len(read_missed(engine, OPERATOR)))
        told(
            "Durations: done of expected", lambda: len(completion_by_site(engine, OPERATOR, **span))
        )
    told("reminders, the first round", lambda: plan_reminders(engine))
    told("reminders, the next round", lambda: plan_reminders(engine))
    told("the same from every schedule", lambda: from_schedules(engine, **span))


def told(what: str, act: Callable[[], Any]) -> None:
    started, processor = time.perf_counter(), time.process_time()
    result = act()
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    print(f"{what:34} {seconds:8.3f} s  {processor:8.3f} of processor  -> {result}", flush=True)


def ask_everybody(engine: Engine) -> None:
    random, now = np.random.default_rng(1), clock.now()
    with writing(engine) as connection:
        query = select(Patient.patient_id, Patient.site_id, Site.time_zone).join(
            Site, Site.site_id == Patient.site_id
        )
        rows: dict[type, list[dict[str, Any]]] = {PatientSite: [], CheckInWishes: []}
        rows |= {Infusion: [], CheckIn: []}
        for patient_id, site_id, zone in connection.execute(query).all():
            _ask(random, rows, patient_id, site_id, clock.today(zone), now)
        for model, some in rows.items():
            for start in range(0, len(some), 20_000):
                connection.execute(insert(model), some[start : start + 20_000])


def _ask(random: Any, rows: Any, patient_id: Any, site_id: Any, today: Any, now: Any) -> None:
    days = int(random.integers(10, 400))
    who = {"patient_id": patient_id}
    stamp = {"recorded_at": now, "recorded_by": "test"}
    rows[PatientSite].append(
        {**who, "from_on": today - timedelta(days=days + 7), "site_id": site_id}
    )
    wishes = {"email": "sealed", "mail_agreed_at": now, "hour": 17, "language": "en", "version": 1}
    rows[CheckInWishes].append({**who, **wishes, **stamp})
    if random.random() < 0.5:
        given = today - timedelta(days=days)
        infusion = {"infusion_id": uuid7(), "site_id": site_id, "given_on": given, "version": 1}
        kept = {"drug": "ketamine", "entry_key": f"bench:{patient_id.hex}", "adverse_events": []}
        rows[Infusion].append({**who, **infusion, **kept, **stamp})
        if random.random() < 0.2:
            for due in (7, 14, 21):
                rows[CheckIn].append(_checkin(who, given + timedelta(days=due), now))


def _checkin(who: dict[str, Any], due_on: Any, now: Any) -> dict[str, Any]:
    times = dict.fromkeys(("started_at", "saved_at", "submitted_at"), now)
    empty = {"answers": {}, "chips": [], "note": None, "mode": "link", "language": "en"}
    asked = {"due_on": due_on, "instruments": ["PHQ-9"]}
    return {**who, "checkin_id": uuid7(), **asked, **empty, **times}


def refresh(engine: Engine) -> int:
    with writing(engine) as connection:
        return refresh_all_standings(connection)


def from_schedules(engine: Engine, **span: Any) -> tuple[int, int]:
    """Return how many missed two to eight in a row, and how many forms were done."""
    missed = done = 0
    with reading(engine) as connection:
        plan = in_force(connection, PLAN)
        for facts in load_facts(connection, list(connection.scalars(select(Patient.patient_id)))):
            dues = facts.dues(plan)
            missed += 2 <= missed_in_a_row(dues) <= 8
            done += completion(dues, **span)[0]
    return missed, done


if __name__ == "__main__":
    main()
