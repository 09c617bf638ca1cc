"""Takes what an import read into the database: each row added, already there, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7

from data import clock
from data.actions.assessments import assessment_values
from data.actions.infusions import infusion_values
from data.importers.bulk import insert_rows
from data.importers.people import People
from data.importers.report import Remark, Report
from data.importers.rows import Batch, InfusionRow, Origin, ScoreRow
from data.instruments import catalogue
from models.entries import (
    AssessmentEntry,
    InfusionEntry,
    InvalidEntry,
    ScoredAssessment,
    check_infusion,
    score_assessment,
)
from models.errors import AfterglowError
from models.instrument import Instrument
from models.policy import Person
from models.tables import Assessment, Infusion

# Rows kept in memory before they are written; a commit happens only once, at the end.
CHUNK = 5_000

Tell = Callable[[int, int], None]


@dataclass
class _Table:
    """One record table being filled."""

    name: str
    model: type[Infusion] | type[Assessment]
    id_column: str
    known: set[tuple[UUID, str]]
    pending: list[dict[str, Any]] = field(default_factory=list)


class Intake:
    """One import in one transaction. Read `report` and `touched` when it is through."""

    def __init__(
        self,
        connection: Connection,
        person: Person,
        tell: Tell | None = None,
        site: str | None = None,
    ) -> None:
        self.connection = connection
        self.person = person
        self.tell = tell or (lambda done, total: None)
        self.report = Report()
        self.touched: set[UUID] = set()
        self.now = clock.now()
        self.people = People(connection, person, self.report, site)
        self._today: dict[str, date] = {}

    def take(self, batch: Batch) -> Report:
        """Take a whole batch: patients first, so that their records find them."""
        self._note(batch)
        total = max(batch.rows, 1)
        done = len(batch.broken)
        for number, patient in enumerate(batch.patients, start=done + 1):
            self.people.take(patient)
            self._tell_sometimes(number, total)
        done += len(batch.patients)
        self.people.remark_unstated()
        self.touched |= self.people.touched
        done = self._take_records(
            "infusions", Infusion, "infusion_id", batch.infusions, done, total
        )
        self._take_records("scores", Assessment, "assessment_id", batch.scores, done, total)
        self.tell(total, total)
        return self.report

    def _note(self, batch: Batch) -> None:
        self.report.files = batch.files
        self.report.notes = batch.notes
        for table in ("patients", "infusions", "scores"):
            if getattr(batch, table):
                self.report.begin(table)
        for table, origin, column, reason in batch.broken:
            self.report.refuse(table, Remark(*origin, column, reason))
        self.report.remarks += [Remark(*origin, *rest) for origin, *rest in batch.remarks]

    def _take_records(
        self,
        name: str,
        model: type[Infusion] | type[Assessment],
        id_column: str,
        rows: Sequence[InfusionRow] | Sequence[ScoreRow],
        done: int,
        total: int,
    ) -> int:
        table = _Table(name, model, id_column, self._known_keys(model, rows))
        for number, row in enumerate(rows, start=done + 1):
            try:
                values = self._values(row)
            except InvalidEntry as error:
                self.report.refuse(name, Remark(*row.origin, error.field, str(error)))
            except AfterglowError as error:
                self.report.refuse(name, Remark(*row.origin, "", str(error)))
            else:
                self._keep(table, values)
            self._tell_sometimes(number, total)
        self._flush(table)
        return done + len(rows)

    def _values(self, row: InfusionRow | ScoreRow) -> dict[str, Any]:
        patient_id, site_id, zone = self.people.find(row.code)
        if isinstance(row, InfusionRow):
            return self._infusion(row, patient_id, site_id, zone)
        return self._assessment(row, patient_id, site_id, zone)

    def _infusion(
        self, row: InfusionRow, patient_id: UUID, site_id: UUID, zone: str
    ) -> dict[str, Any]:
        zone = zone if row.site is None else self.people.sites.zone_of(row.site)
        entry = InfusionEntry(
            row.when.at_site(zone),
            row.drug,
            row.route,
            row.measures,
            row.adverse_events,
            row.note,
        )
        check_infusion(entry, today=self._today_at(zone))
        if row.site is not None:  # only now: a refused row opens no site
            site_id, zone = self.people.sites.find_or_open(row.site, row.origin)
        key = entry_key(
            row.when.stated, row.drug, row.route, sorted(row.measures.items()), row.note
        )
        return self._row(patient_id, site_id, key, infusion_values(entry, zone))

    def _assessment(
        self, row: ScoreRow, patient_id: UUID, site_id: UUID, zone: str
    ) -> dict[str, Any]:
        entry = AssessmentEntry(
            row.when.at_site(zone),
            row.instrument,
            row.mode,
            row.items,
            row.stated_total,
            row.safety_answer,
            row.note,
        )
        scored = _score(entry, catalogue()[row.instrument], self._today_at(zone))
        for remark in (row.remark, scored.remark):
            if remark:
                self._remark(row.origin, remark)
        key = entry_key(
            row.instrument,
            row.when.stated,
            row.items,
            row.stated_total,
            row.safety_answer,
            row.note,
        )
        return self._row(patient_id, site_id, key, assessment_values(entry, scored, zone))

    def _row(
        self, patient_id: UUID, site_id: UUID, key: str, values: dict[str, Any]
    ) -> dict[str, Any]:
        values |= {
            "patient_id": patient_id,
            "site_id": site_id,
            "entry_key": key,
            "version": 1,
            "recorded_at": self.now,
            "recorded_by": self.person.name,
        }
        return values

    def _keep(self, table: _Table, values: dict[str, Any]) -> None:
        key = (values["patient_id"], values["entry_key"])
        if key in table.known:
            self.report.count(table.name, "unchanged")
            return
        table.known.add(key)
        values[table.id_column] = uuid7()
        table.pending.append(values)
        self.touched.add(values["patient_id"])
        self.report.count(table.name, "added")
        if len(table.pending) >= CHUNK:
            self._flush(table)

    def _flush(self, table: _Table) -> None:
        if table.pending:
            insert_rows(self.connection, table.model, table.pending)
            table.pending = []

    def _known_keys(self, model: type[Any], rows: Sequence[Any]) -> set[tuple[UUID, str]]:
        """Return the entries already there, of the patients this file is about."""
        wanted = list({self.people.known[r.code].patient_id for r in rows if r.code in self.people})
        found: set[tuple[UUID, str]] = set()
        old = [patient_id for patient_id in wanted if patient_id not in self.people.new]
        for start in range(0, len(old), 500):
            query = select(model.patient_id, model.entry_key).where(
                model.patient_id.in_(old[start : start + 500])
            )
            found.update((row.patient_id, row.entry_key) for row in self.connection.execute(query))
        return found

    def _today_at(self, zone: str) -> date:
        if zone not in self._today:
            self._today[zone] = clock.today(zone)
        return self._today[zone]

    def _remark(self, origin: Origin, sentence: str) -> None:
        self.report.remarks.append(Remark(*origin, "", sentence))

    def _tell_sometimes(self, done: int, total: int) -> None:
        if done % 500 == 0:
            self.tell(done, total)


def _score(entry: AssessmentEntry, instrument: Instrument, today: date) -> ScoredAssessment:
    """Score an entry. A stated total that cannot be is kept and flagged where items make one."""
    stated = entry.stated_total
    if stated is None or instrument.accepts_total(stated) or not entry.items:
        return score_assessment(entry, instrument, today=today)
    scored = score_assessment(replace(entry, stated_total=None), instrument, today=today)
    if scored.total is None:
        return score_assessment(entry, instrument, today=today)
    remark = f"stated total {stated:g} is impossible; the items make {scored.total:g}"
    return replace(scored, remark=remark)


def entry_key(*facts: Any) -> str:
    """Return the same key for the same facts: a row repeated word for word is one record."""
    digest = hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
    return f"import:{digest}"
