"""Takes what an import read into the database: each row added, already there, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
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
    check_assessment,
    check_infusion,
    score_answers,
)
from models.errors import AfterglowError
from models.policy import Person
from models.tables import Assessment, Infusion

# Rows kept in memory before they are written; a commit happens only once, at the end.
CHUNK = 5_000
# How the entry keys of all that an import brought begin.
IMPORT = "import:"

Tell = Callable[[int, int], None]
_Row = TypeVar("_Row", InfusionRow, ScoreRow)


class _Kind(NamedTuple):
    """Which table takes a kind of record."""

    name: str
    model: type[Infusion] | type[Assessment]
    id_column: str
    day_column: str


INFUSIONS = _Kind("infusions", Infusion, "infusion_id", "given_on")
SCORES = _Kind("scores", Assessment, "assessment_id", "taken_on")


@dataclass
class _Table:
    """One record table being filled."""

    kind: _Kind
    known: set[tuple[str, str]]  # patient code, entry key
    pending: list[dict[str, Any]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)  # patients of whom something was added
    added: int = 0
    unchanged: int = 0


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
        self._worth = lru_cache(maxsize=65_536)(_worth)  # many give the same answers

    def take(self, batch: Batch) -> Report:
        """Take a whole batch: patients first, so that their records find them."""
        self._note(batch)
        total = max(batch.rows, 1)
        done = len(batch.broken)
        for number, patient in enumerate(batch.patients, start=done + 1):
            self.people.take(patient)
            if number % 500 == 0:
                self.tell(number, total)
        done += len(batch.patients)
        self.people.flush()
        self.people.remark_unstated()
        self.people.remark_other_ages()
        self.touched |= self.people.touched
        self._take_records(INFUSIONS, batch.infusions, self._infusion, done, total)
        done += len(batch.infusions)
        self._take_records(SCORES, batch.scores, self._assessment, done, total)
        self.people.finish()
        self.tell(total, total)
        self.report.refusals.sort(key=lambda refusal: (refusal.file, refusal.row or 0))
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
        kind: _Kind,
        rows: Sequence[_Row],
        values_of: Callable[[_Row], dict[str, Any]],
        done: int,
        total: int,
    ) -> None:
        table = _Table(kind, self._known_keys(kind.model, rows))
        for number, row in enumerate(rows, start=done + 1):
            try:
                values = values_of(row)
            except InvalidEntry as error:
                self.report.refuse(kind.name, Remark(*row.origin, error.field, str(error)))
            except AfterglowError as error:
                self.report.refuse(kind.name, Remark(*row.origin, "", str(error)))
            else:
                self._keep(table, row.code, values)
            if number % 500 == 0:
                self.tell(number, total)
        self._close(table)

    def _infusion(self, row: InfusionRow) -> dict[str, Any]:
        patient_id, site_id, zone = self.people.find(row.code)
        zone = zone if row.site is None else self.people.sites.zone_of(row.site)
        entry = InfusionEntry(
            row.when.at_site(zone),
            row.drug,
            row.route,
            row.measures,
            row.adverse_events,
            row.note,
            row.given_by,
        )
        check_infusion(entry, today=self._today_at(zone))
        if row.site is not None:  # only now: a refused row opens no site
            site_id, zone = self.people.sites.find_or_open(row.site, row.origin)
        values = infusion_values(entry, zone)
        values["patient_id"] = patient_id
        values["site_id"] = site_id
        measures = sorted(row.measures.items())
        said = (row.site, row.adverse_events, row.note, row.unknown)
        values["entry_key"] = entry_key(row.when.words, row.drug, row.route, measures, *said)
        return values

    def _assessment(self, row: ScoreRow) -> dict[str, Any]:
        patient_id, site_id, zone = self.people.find(row.code)
        _, _, when, code, mode, items, stated, safety, note, remark, unknown = row
        entry = AssessmentEntry(when.at_site(zone), code, mode, items, stated, safety, note)
        check_assessment(entry, today=self._today_at(zone))
        scored = self._worth(code, items, stated, safety)
        if remark:
            self._remark(row.origin, remark)
        if scored.remark:
            self._remark(row.origin, scored.remark)
        values = assessment_values(entry, scored, zone)
        values["patient_id"] = patient_id
        values["site_id"] = site_id
        values["entry_key"] = entry_key(
            code, when.words, mode, items, stated, safety, note, unknown
        )
        return values

    def _keep(self, table: _Table, code: str, values: dict[str, Any]) -> None:
        key = (code, values["entry_key"])
        if key in table.known:
            table.unchanged += 1
            return
        table.known.add(key)
        table.codes.add(code)
        table.added += 1
        if code in self.people.new:
            self.people.hear_of(code, values[table.kind.day_column])
        values[table.kind.id_column] = uuid7()
        table.pending.append(values)
        if len(table.pending) >= CHUNK:
            self._flush(table)

    def _flush(self, table: _Table) -> None:
        stamp = {"version": 1, "recorded_at": self.now, "recorded_by": self.person.name}
        insert_rows(self.connection, table.kind.model, table.pending, stamp)
        table.pending = []

    def _close(self, table: _Table) -> None:
        self._flush(table)
        self.report.count(table.kind.name, "added", table.added)
        self.report.count(table.kind.name, "unchanged", table.unchanged)
        self.touched |= {self.people.known[code].patient_id for code in table.codes}

    def _known_keys(self, model: type[Any], rows: Sequence[Any]) -> set[tuple[str, str]]:
        """Return the entries already there, of the patients this file is about."""
        codes = {row.code for row in rows if row.code in self.people}
        ids = {self.people.known[code].patient_id: code for code in codes}
        found: set[tuple[str, str]] = set()
        old = [patient_id for patient_id, code in ids.items() if code not in self.people.new]
        for start in range(0, len(old), 500):
            query = select(model.patient_id, model.entry_key).where(
                model.patient_id.in_(old[start : start + 500])
            )
            found.update(
                (ids[patient_id], key) for patient_id, key in self.connection.execute(query)
            )
        return found

    def _today_at(self, zone: str) -> date:
        if zone not in self._today:
            self._today[zone] = clock.today(zone)
        return self._today[zone]

    def _remark(self, origin: Origin, sentence: str) -> None:
        self.report.remarks.append(Remark(*origin, "", sentence))


def _worth(
    code: str, items: tuple[float | None, ...] | None, stated: float | None, safety: int | None
) -> ScoredAssessment:
    return score_answers(catalogue()[code], items, stated, safety)


def entry_key(*facts: Any) -> str:
    """Return the same key for the same facts: a row repeated word for word is one record."""
    return IMPORT + hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
