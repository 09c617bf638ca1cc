"""What was known of each patient at the end of any past day: records as they stood then.

A record typed in is known from the day it was entered, however old what it tells; a correction or
withdrawal counts from its own day. What an import brought counts as known on the day it happened: a
clinic that moves in with its history would otherwise have nothing to look back on, and where its
records came from they were entered when they happened. A patient's site, year of birth and the
like keep no earlier versions and are taken as they are now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data import clock
from data.importers.intake import IMPORT
from models.outcomes.history import History, Moment, Score
from models.tables import Assessment, EarlierVersion, Infusion, Patient, Site

# More patients than this make no estimate better, and a night no longer.
MOST_PATIENTS = 5_000
BATCH = 500


@dataclass(frozen=True, slots=True)
class Version:
    """What a record said, and the days at whose end it stood: from `since` to before `until`."""

    since: date
    until: date | None
    moment: Moment
    instrument: str | None = None  # None: an infusion
    value: float = 0.0

    def stood_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One patient's records in all their versions, in order of entry."""

    patient_id: UUID
    left_on: date | None
    versions: tuple[Version, ...]

    def days_of_change(self) -> list[date]:
        """Return the days on which what is known changes, in order."""
        until = {one.until for one in self.versions if one.until is not None}
        return sorted({one.since for one in self.versions} | until)

    def history_on(self, day: date) -> History:
        """Return what was known at the end of a day, and had happened by then."""
        known = [one for one in self.versions if one.stood_on(day) and one.moment.day <= day]
        scores: dict[str, list[Score]] = {}
        for one in known:
            if one.instrument is not None:
                scores.setdefault(one.instrument, []).append(Score(one.moment, one.value))
        return History(
            tuple(one.moment for one in known if one.instrument is None),
            {code: tuple(values) for code, values in scores.items()},
        )


def load_timelines(connection: Connection, *, most: int = MOST_PATIENTS) -> Iterator[Timeline]:
    """Yield every patient's timeline; of very many a fixed number, chosen as if by lot."""
    patients = connection.execute(select(Patient.patient_id, Patient.left_on)).all()
    chosen = sorted(patients, key=lambda row: sha256(row.patient_id.bytes).digest())[:most]
    chosen.sort(key=attrgetter("patient_id"))
    zones = {row.site_id: row.time_zone for row in connection.execute(select(Site.__table__))}
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        found = _versions(connection, [row.patient_id for row in batch], zones)
        for row in batch:
            yield Timeline(row.patient_id, row.left_on, tuple(found.get(row.patient_id, ())))


def hash_timelines(timelines: Iterable[Timeline]) -> str:
    """Return a digest of all that was ever known, but for whose it is."""
    digest = sha256()
    for one in timelines:
        digest.update(repr((one.left_on, one.versions)).encode())
    return digest.hexdigest()


def _versions(
    connection: Connection, patient_ids: Sequence[UUID], zones: Mapping[UUID, str]
) -> dict[UUID, list[Version]]:
    found: dict[UUID, list[Version]] = {}
    earlier = _earlier(connection, patient_ids)
    for read, model, key in (
        (_infusion, Infusion, "infusion_id"),
        (_assessment, Assessment, "assessment_id"),
    ):
        table = model.__table__
        rows = connection.execute(
            select(table)
            .where(table.c.patient_id.in_(patient_ids))
            .order_by(table.c.patient_id, table.c[key])
        ).mappings()
        for row in rows:
            told = [*earlier.get(row[key], ()), dict(row)]
            found.setdefault(row["patient_id"], []).extend(_tell(told, read, zones))
    return found


def _earlier(
    connection: Connection, patient_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    query = (
        select(EarlierVersion.record_id, EarlierVersion.body)
        .where(EarlierVersion.patient_id.in_(patient_ids))
        .order_by(EarlierVersion.record_id, EarlierVersion.version)
    )
    return {
        record_id: [_unpack(row.body) for row in rows]
        for record_id, rows in groupby(connection.execute(query), key=attrgetter("record_id"))
    }


def _unpack(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an earlier version with the values that a row has."""
    days = {
        name: date.fromisoformat(body[name]) for name in ("given_on", "taken_on") if name in body
    }
    times = {
        name: datetime.fromisoformat(body[name]) if body[name] else None
        for name in ("given_at", "taken_at", "recorded_at", "withdrawn_at")
        if name in body
    }
    return {**body, **days, **times, "site_id": UUID(body["site_id"])}


def _tell(
    told: Sequence[Mapping[str, Any]], read: Any, zones: Mapping[UUID, str]
) -> Iterator[Version]:
    """Yield the versions of one record that say anything; each stood until the next."""
    ends = [_local_day(row, zones) for row in told[1:]]
    for number, (row, until) in enumerate(zip(told, [*ends, None], strict=True)):
        said = read(row, zones[row["site_id"]])
        if said is None or row["withdrawn_at"] is not None:
            continue
        is_first_of_import = number == 0 and row["entry_key"].startswith(IMPORT)
        known_on = said[0].day if is_first_of_import else _local_day(row, zones)
        yield Version(known_on, until, *said)


def _local_day(row: Mapping[str, Any], zones: Mapping[UUID, str]) -> date:
    at: datetime = row["recorded_at"]
    return at.astimezone(ZoneInfo(zones[row["site_id"]])).date()


def _infusion(row: Mapping[str, Any], zone: str) -> tuple[Moment]:
    return (clock.moment(row["given_on"], row["given_at"], zone),)


def _assessment(row: Mapping[str, Any], zone: str) -> tuple[Moment, str, float] | None:
    if row["total"] is None:
        return None
    return clock.moment(row["taken_on"], row["taken_at"], zone), row["instrument"], row["total"]
