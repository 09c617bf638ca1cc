"""Whose courses count as something else than when their site's figures were published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from data.site_counts import read_counted
from models.outcomes.sites.renewal import find_changes
from models.tables import FreshPatient, PublishedSite

Stored = Iterable[Mapping[str, Any]]
SAME_AS_PUBLISHED = delete(FreshPatient).where(
    *(
        FreshPatient.__table__.c[name] == bindparam(f"at_{name}")
        for name in ("patient_id", "site_id", "instrument", "question", "was")
    )
)


def mark_fresh(connection: Connection, before: Stored, after: Stored) -> None:
    """Note whose counted courses changed, where there are published figures they changed from.

    Who counts as they were published again is noted no longer.
    """
    rows = [row for row in _by_patient(before, after) if row[1] != row[2]]
    if not rows:
        return
    published = defaultdict(set)
    for site, instrument in connection.execute(
        select(PublishedSite.site_id, PublishedSite.instrument)
    ):
        published[site].add(instrument)
    changes = [
        (_key(patient_id, site, code, question), digests)
        for patient_id, was, now in rows
        for (site, instrument, question), digests in find_changes(
            map(read_counted, was), map(read_counted, now)
        ).items()
        for code in ({instrument} & published[site] if instrument else published[site])
    ]
    if changes:
        add = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
        values = [key | {"was": was} for key, (was, _) in changes]
        connection.execute(add(FreshPatient).on_conflict_do_nothing(), values)
        again = [
            {f"at_{name}": value for name, value in (key | {"was": now}).items()}
            for key, (_, now) in changes
        ]
        connection.execute(SAME_AS_PUBLISHED, again)


def _key(patient_id: UUID, site: Any, instrument: str, question: str) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "site_id": site,
        "instrument": instrument,
        "question": str(question),
    }


def count_fresh(connection: Connection, instrument: str) -> dict[UUID, dict[str, int]]:
    """Return per site how many patients have changed in each question and row."""
    fresh = FreshPatient
    query = (
        select(fresh.site_id, fresh.question, func.count())
        .where(fresh.instrument == instrument)
        .group_by(fresh.site_id, fresh.question)
    )
    found: dict[UUID, dict[str, int]] = {}
    for site, question, patients in connection.execute(query):
        found.setdefault(site, {})[question] = patients
    return found


def count_in_any(
    connection: Connection, site: UUID, instrument: str, questions: Iterable[str]
) -> int:
    """Return how many different patients have changed in any of these rows."""
    query = select(func.count(FreshPatient.patient_id.distinct())).where(
        FreshPatient.site_id == site,
        FreshPatient.instrument == instrument,
        FreshPatient.question.in_(list(questions)),
    )
    return connection.scalar(query) or 0


def clear_fresh(
    connection: Connection, site: UUID, instrument: str, questions: Iterable[str]
) -> None:
    connection.execute(
        delete(FreshPatient).where(
            FreshPatient.site_id == site,
            FreshPatient.instrument == instrument,
            FreshPatient.question.in_(list(questions)),
        )
    )


def _by_patient(
    before: Stored, after: Stored
) -> list[tuple[UUID, list[dict[str, Any]], list[dict[str, Any]]]]:
    found: dict[UUID, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
    for place, rows in enumerate((before, after)):
        for row in rows:
            found.setdefault(row["patient_id"], ([], []))[place].append(dict(row))
    return [(patient_id, was, now) for patient_id, (was, now) in found.items()]
