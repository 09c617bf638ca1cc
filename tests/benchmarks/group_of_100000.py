"""A pretend database of 100 sites and 100,000 patients, a few hundred of them with records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from data import migrations
from data.database import connect, reading, writing
from data.results import recompute
from models.tables import Assessment, Infusion, Patient, Site, Standing

SITES, A_SITE, WITH_RECORDS = 100, 1000, 300
GIVEN = ("Anna", "Ben", "Chiara", "David", "Elif", "Frida", "Georg", "Hana", "Ivo", "Jana")
FAMILY = ("Abel", "Bauer", "Costa", "Dietz", "Evans", "Fischer", "Garcia", "Hoffmann", "Ito")
# situation: share of patients, and the days since the last check-in it is drawn from
SITUATIONS = {
    "open": (0.36, (0, 120)),
    "lost": (0.22, (0, 900)),
    "gap": (0.03, (0, 900)),
    "possible_loss": (0.02, (0, 400)),
    "not_responding": (0.15, (0, 900)),
    "no_baseline": (0.05, (0, 900)),
    "low_baseline": (0.03, (0, 900)),
    "not_assessed": (0.08, (0, 900)),
    "unscored": (0.02, None),
    "untreated": (0.04, None),
}
Rows = list[dict[str, Any]]


def fill(url: str) -> UUID:
    """Fill an empty database, leave a full one as it is; return a patient with records."""
    engine = connect(url)
    migrations.upgrade(engine)
    with reading(engine) as connection:
        found = connection.scalar(select(Infusion.patient_id).limit(1))
    if found is not None:
        return found
    random = np.random.default_rng(1)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        sites = _add_sites(connection, now)
        patients = _patients(random, sites, now)
        _add(connection, Patient, patients)
        standings = [_standing(random, patient, now) for patient in patients]
        chosen = [int(n) for n in random.choice(len(patients), WITH_RECORDS, replace=False)]
        kept = [row for number, row in enumerate(standings) if number not in set(chosen)]
        _add(connection, Standing, kept)
        for number in chosen:
            _add_records(connection, random, patients[number], now)
        recompute(connection, [patients[number]["patient_id"] for number in chosen])
    return patients[chosen[0]]["patient_id"]


def _add(connection: Connection, model: type, rows: Rows) -> None:
    for start in range(0, len(rows), 5000):
        connection.execute(insert(model), rows[start : start + 5000])


def _add_sites(connection: Connection, now: datetime) -> list[UUID]:
    rows: Rows = [
        {
            "site_id": uuid7(),
            "name": f"Site {number:03}",
            "time_zone": "America/Denver",
            "is_pretend": True,
            "recorded_at": now,
        }
        for number in range(SITES)
    ]
    connection.execute(insert(Site), rows)
    return [row["site_id"] for row in rows]


def _patients(random: np.random.Generator, sites: list[UUID], now: datetime) -> Rows:
    total = SITES * A_SITE
    site = random.permutation(np.repeat(np.arange(SITES), A_SITE))
    given, family = random.integers(0, len(GIVEN), total), random.integers(0, len(FAMILY), total)
    left = random.random(total) < 0.1
    indications = ("depression", "ptsd", "anxiety", "chronic_pain", None)
    indication = random.choice(len(indications), total, p=(0.6, 0.15, 0.1, 0.1, 0.05))
    return [
        {
            "patient_id": uuid7(),
            "code": f"P{number:06}",
            "site_id": sites[site[number]],
            "name": f"{GIVEN[given[number]]} {FAMILY[family[number]]}",
            "birth_year": 1950 + number % 50,
            "sex": "fm"[number % 2],
            "indication": indications[indication[number]],
            "left_on": now.date() - timedelta(days=number % 500) if left[number] else None,
            "covariates": {},
            "version": 1,
            "recorded_at": now,
            "recorded_by": "benchmark",
        }
        for number in range(total)
    ]


def _standing(
    random: np.random.Generator, patient: dict[str, Any], now: datetime
) -> dict[str, Any]:
    names = list(SITUATIONS)
    situation = names[random.choice(len(names), p=[SITUATIONS[name][0] for name in names])]
    ages = SITUATIONS[situation][1]
    seen = None if ages is None else now.date() - timedelta(days=int(random.integers(*ages)))
    treated = situation != "untreated"
    given = (seen or now.date()) - timedelta(days=int(random.integers(1, 90)))
    scores = [int(value) for value in random.integers(2, 24, 12)]
    recent = seen and [
        [(seen - timedelta(days=7 * (11 - n))).isoformat(), float(value)]
        for n, value in enumerate(scores)
    ]
    answer = int(random.random() < 0.002) if seen else None
    return {
        "patient_id": patient["patient_id"],
        "code": patient["code"],
        "instrument": "PHQ-9" if seen else None,
        "situation": situation,
        "course_no": 1 if treated else None,
        "last_infusion_on": given if treated else None,
        "last_assessed_on": seen,
        "turned_on": None,
        "baseline": 19.0 if seen else None,
        "latest": float(scores[-1]) if seen else None,
        "gain_lost": float(random.uniform(-0.2, 0.4)) if situation == "open" else None,
        "recent": recent or [],
        "safety_instrument": "PHQ-9" if seen else None,
        "safety_on": seen,
        "safety_answer": answer,
        "safety_before": 0 if seen else None,
        "safety_blank_on": None,
    }


def _add_records(
    connection: Connection, random: np.random.Generator, patient: dict[str, Any], now: datetime
) -> None:
    """Give one patient six infusions and three boosters, and a PHQ-9 and GAD-7 a week."""
    start = now.date() - timedelta(days=210)
    shared = {
        "patient_id": patient["patient_id"],
        "site_id": patient["site_id"],
        "version": 1,
        "recorded_at": now,
        "recorded_by": "benchmark",
    }
    days = [0, 3, 7, 10, 14, 17, 60, 110, 160]
    infusions: Rows = [
        shared
        | {"infusion_id": uuid7(), "given_on": start + timedelta(days=day), "drug": "ketamine"}
        | {"route": "IV", "dose_mg": 40.0, "weight_kg": 80.0, "adverse_events": []}
        | {"entry_key": f"benchmark:{day}"}
        for day in days
    ]
    forms: Rows = []
    for week in range(-1, 29):
        for instrument, items in (("PHQ-9", 9), ("GAD-7", 7)):
            worst = 3 if week <= 0 else 2
            answers = [int(answer) for answer in random.integers(worst - 1, worst + 1, items)]
            answers[-1] = 0
            forms.append(
                shared
                | {"assessment_id": uuid7(), "instrument": instrument, "items": answers}
                | {"taken_on": start + timedelta(days=7 * week), "mode": "link"}
                | {"safety_answer": answers[-1] if instrument == "PHQ-9" else None}
                | {"total": float(sum(answers)), "is_prorated": False}
                | {"entry_key": f"benchmark:{instrument}:{week}"}
            )
    connection.execute(insert(Infusion), infusions)
    connection.execute(insert(Assessment), forms)
