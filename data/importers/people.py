"""Whom an import is about: patients added or updated, never blanked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.actions.patients import note_move
from data.actions.records import keep_earlier
from data.importers.bulk import insert_rows
from data.importers.report import Remark, Report
from data.importers.rows import PatientRow
from data.importers.sites import Place, Sites
from models.errors import AfterglowError, Refused
from models.policy import Person
from models.tables import Patient, PatientSite, Site

# Where patients go of whom no file says which site they belong to.
UNSTATED_SITE = "Imported"
UPDATABLE = ("name", "date_of_birth", "birth_year", "sex", "indication", "left_on")


class Known(NamedTuple):
    patient_id: UUID
    site_id: UUID
    time_zone: str


@dataclass
class _Seen:
    row: PatientRow
    accepted: bool


class People:
    """Patients by the clinic's own number."""

    def __init__(
        self, connection: Connection, person: Person, report: Report, site: str | None = None
    ) -> None:
        self.connection = connection
        self.person = person
        self.report = report
        self.unstated_site = site or UNSTATED_SITE
        self.sites = Sites(connection, report)
        self.touched: set[UUID] = set()
        self.new: dict[str, date] = {}  # code: first day here, the import's unless told of earlier
        self._pending: list[dict[str, Any]] = []
        self._unstated: list[PatientRow] = []
        self._other_ages: list[PatientRow] = []
        self._seen: dict[str, _Seen] = {}
        rows = connection.execute(
            select(Patient.code, Patient.patient_id, Patient.site_id, Site.time_zone).join(
                Site, Site.site_id == Patient.site_id
            )
        )
        self.known = {code: Known(patient_id, site, zone) for code, patient_id, site, zone in rows}

    def __contains__(self, code: str) -> bool:
        return code in self.known

    def find(self, code: str) -> Known:
        """Return a patient, or raise Refused with where their own row went wrong."""
        known = self.known.get(code)
        if known is not None:
            return known
        seen = self._seen.get(code)
        if seen is not None:
            raise Refused(f"patient {code} was refused: see {seen.row.origin.file}")
        raise Refused(f"patient {code} is not known: expected in patients.csv or already here")

    def take(self, row: PatientRow) -> None:
        """Add or update one patient, or refuse the row."""
        try:
            self._refuse_contradiction(row)
            outcome = self._update(row) if row.code in self.known else self._add(row)
        except AfterglowError as error:
            self._seen.setdefault(row.code, _Seen(row, False))
            self.report.refuse("patients", Remark(*row.origin, "", str(error)))
            return
        self._seen.setdefault(row.code, _Seen(row, True))
        self.report.count("patients", outcome)

    def _refuse_contradiction(self, row: PatientRow) -> None:
        """One file may name a patient twice only if it says the same twice."""
        seen = self._seen.get(row.code)
        if seen is None or not seen.accepted:
            return
        first, again = seen.row, row
        same = (first.site, first.fields, first.covariates, first.year_by_age)
        if same != (again.site, again.fields, again.covariates, again.year_by_age):
            raise Refused(f"patient {row.code} is already in row {first.origin.row}, otherwise")

    def _place(self, row: PatientRow) -> Place:
        """Return the site a row states, or the one its patient has or is given."""
        if row.site is not None:
            return self.sites.find_or_open(row.site, row.origin, row.time_zone)
        known = self.known.get(row.code)
        if known is not None:
            return Place(known.site_id, known.time_zone)
        self._unstated.append(row)
        return self.sites.find_or_open(self.unstated_site, row.origin)

    def flush(self) -> None:
        """Write the patients added so far: their records refer to them."""
        stamp = {"recorded_at": clock.now(), "recorded_by": self.person.name, "version": 1}
        insert_rows(self.connection, Patient, self._pending, stamp)
        self._pending = []

    def finish(self) -> None:
        """Note since when new patients are here, once all of their records are known."""
        insert_rows(self.connection, PatientSite, [
            {
                "patient_id": self.known[code].patient_id,
                "from_on": day,
                "site_id": self.known[code].site_id,
            }
            for code, day in self.new.items()
        ])  # fmt: skip

    def hear_of(self, code: str, day: date) -> None:
        """Take note of the day of a new patient's record."""
        self.new[code] = min(self.new[code], day)

    def remark_unstated(self) -> None:
        """Say once how many new patients no file gives a site."""
        if self._unstated:
            first = self._unstated[0].origin
            sentence = f"no site is stated for {len(self._unstated)} new patients"
            sentence += f"; they belong to {self.unstated_site}"
            self.report.remarks.append(Remark(first.file, None, "site", sentence))

    def remark_other_ages(self) -> None:
        """Say once that ages were not taken over the birth years already known."""
        if self._other_ages:
            first = self._other_ages[0].origin
            sentence = "rows whose age is more than a year off the birth year already known,"
            sentence += f" which stays: {len(self._other_ages)}; state birth_year to change it"
            self.report.remarks.append(Remark(first.file, None, "age", sentence))

    def _add(self, row: PatientRow) -> str:
        place = self._place(row)
        patient_id = uuid7()
        self._pending.append(
            {
                "patient_id": patient_id,
                "code": row.code,
                "site_id": place.site_id,
                "covariates": row.covariates,
                **{name: row.fields.get(name) for name in UPDATABLE},
                "birth_year": row.fields.get("birth_year", row.year_by_age),
            }
        )
        self.known[row.code] = Known(patient_id, *place)
        self.new[row.code] = clock.today(place.time_zone)
        self.touched.add(patient_id)
        return "added"

    def _update(self, row: PatientRow) -> str:
        """Take over what the file says anew; a blank cell never erases what is known."""
        place = self._place(row)
        patient_id = self.known[row.code].patient_id
        if row.code in self.new:
            self.flush()
        before = dict(
            self.connection.execute(
                select(Patient.__table__).where(Patient.patient_id == patient_id)
            )
            .mappings()
            .one()
        )
        values: dict[str, Any] = {**row.fields, "site_id": place.site_id}
        values["covariates"] = before["covariates"] | row.covariates
        values.setdefault("birth_year", self._weigh_age(row, before))
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return "unchanged"
        keep_earlier(
            self.connection,
            self.person,
            "patient",
            patient_id,
            before,
            f"import of {row.origin.file}",
        )
        self.connection.execute(
            update(Patient)
            .where(Patient.patient_id == patient_id)
            .values(
                **changed,
                version=before["version"] + 1,
                recorded_at=clock.now(),
                recorded_by=self.person.name,
            )
        )
        if "site_id" in changed and row.code not in self.new:
            note_move(self.connection, patient_id, *place)
        self.known[row.code] = Known(patient_id, *place)
        self.touched.add(patient_id)
        return "updated"

    def _weigh_age(self, row: PatientRow, before: Mapping[str, Any]) -> int | None:
        """Return the birth year that stays; an age only fills in what is not known.

        A file does not say on which day its ages were true, so they come to another birth year
        whenever it is brought in again in a later year.
        """
        year, born = before["birth_year"], before["date_of_birth"]
        known = year if year is not None or born is None else born.year
        if row.year_by_age is None:
            return year
        if known is None:
            return row.year_by_age
        if abs(known - row.year_by_age) > 1:
            self._other_ages.append(row)
        return year
