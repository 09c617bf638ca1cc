"""The models of how long responses hold: fitted from everybody's records, kept, and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, insert, select

from data import clock
from data.histories import PatientRecords, bind_patients, is_chosen, load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.results import outcomes_of
from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.episodes import Episode
from models.outcomes.forecast import (
    VERSION,
    Asked,
    DurationModel,
    Response,
    collect_responses,
    fit_model,
    from_plain,
    outlook_status,
    to_plain,
)
from models.outcomes.forecast.covariates import Facts
from models.outcomes.history import History
from models.outcomes.rules import Rules
from models.tables import Patient, Site, StoredFit


@dataclass(frozen=True)
class Fit:
    """A fitted model and what it rests on; no model where there were too few losses."""

    instrument: str
    model: DurationModel | None
    patients: int
    responses: int
    losses: int
    data_hash: str
    policy_revision: int
    fitted_at: datetime


@dataclass(frozen=True)
class Reading:
    """One patient's records as the instruments see them on a day."""

    records: PatientRecords
    courses: list[Course]
    episodes: dict[str, list[Episode]]
    facts: Facts
    _found: dict[str, list[Response]] = field(default_factory=dict)

    def responses(self, instrument: Instrument) -> list[Response]:
        if instrument.code not in self._found:
            self._found[instrument.code] = self._collect(instrument)
        return self._found[instrument.code]

    def _collect(self, instrument: Instrument) -> list[Response]:
        episodes = self.episodes.get(instrument.code)
        if episodes is None:
            return []
        scores = self.records.history.scores[instrument.code]
        return collect_responses(
            self.records.patient_id, self.courses, episodes, scores, instrument, self.facts
        )

    def ask(self, instrument: Instrument, as_of: date, rules: Rules) -> Asked:
        """Put what is asked of this patient; the records must end on `as_of`."""
        spells = self.episodes.get(instrument.code, [])
        status = outlook_status(
            self.courses, spells[-1] if spells else None, as_of=as_of, rules=rules
        )
        course_end = self.courses[-1].last.day if self.courses else None
        return Asked(status, as_of, course_end, tuple(self.responses(instrument)))


def fit_changed(connection: Connection) -> tuple[list[Fit], list[str]]:
    """Fit what has changed since it was last fitted; return that, and all instruments in use."""
    rules = in_force(connection, RULES)
    by_instrument = gather_responses(read_histories(connection, load_records(connection), rules))
    fitted = []
    for code, responses in by_instrument.items():
        fit = stored_fit(connection, code, rules)
        if fit is None or fit.data_hash != hash_responses(responses):
            fitted.append(fit_responses(code, responses, rules))
    return fitted, list(by_instrument)


def store_fits(connection: Connection, fitted: Sequence[Fit], in_use: Sequence[str]) -> int:
    """Keep models, unless the rules have changed while they were fitted; return how many."""
    revision = in_force(connection, RULES).revision
    kept = [fit for fit in fitted if fit.policy_revision == revision]
    for fit in kept:
        _store(connection, fit)
    connection.execute(delete(StoredFit).where(StoredFit.instrument.not_in(in_use)))
    return len(kept)


def stored_fit(connection: Connection, instrument: str, rules: Rules) -> Fit | None:
    """Return what was fitted last, unless under other rules or by another version of the model."""
    row = connection.execute(
        select(StoredFit.__table__).where(
            StoredFit.instrument == instrument,
            StoredFit.version == VERSION,
            StoredFit.policy_revision == rules.revision,
        )
    ).one_or_none()
    if row is None:
        return None
    return Fit(
        row.instrument,
        from_plain(row.body) if row.body else None,
        row.patients,
        row.responses,
        row.losses,
        row.data_hash,
        row.policy_revision,
        row.fitted_at,
    )


def fit_responses(instrument: str, responses: Sequence[Response], rules: Rules) -> Fit:
    return Fit(
        instrument,
        fit_model(responses),
        len({response.patient for response in responses}),
        len(responses),
        sum(response.is_lost for response in responses),
        hash_responses(responses),
        rules.revision,
        clock.now(),
    )


def hash_responses(responses: Iterable[Response]) -> str:
    """Return a digest of all the model sees of them, but for whose they are."""
    digest, before = sha256(), None
    for one in responses:
        seen = (
            one.patient == before, one.lower, one.upper, one.held.value, one.days, one.margins,
            sorted(one.facts.items()),
        )  # fmt: skip
        digest.update(repr(seen).encode())
        before = one.patient
    return digest.hexdigest()


def gather_responses(readings: Iterable[Reading]) -> dict[str, list[Response]]:
    """Return everybody's responses by instrument, patient by patient."""
    instruments = forecast_instruments()
    gathered: dict[str, list[Response]] = {}
    for reading in readings:
        for code in reading.episodes:
            if code in instruments:
                gathered.setdefault(code, []).extend(reading.responses(instruments[code]))
    return gathered


def forecast_instruments() -> dict[str, Instrument]:
    """Return the instruments by which a response can be lost."""
    return {code: one for code, one in catalogue().items() if one.response_drop is not None}


def read_histories(
    connection: Connection, records: Iterable[PatientRecords], rules: Rules,
    patient_ids: Sequence[UUID] | None = None,
) -> Iterable[Reading]:  # fmt: skip
    """Yield each patient's records with courses, episodes and the facts known from the start."""
    instruments, facts = catalogue(), load_facts(connection, patient_ids)
    for one in records:
        yield read_history(one, instruments, rules, facts[one.patient_id])


def read_history(
    records: PatientRecords, instruments: Mapping[str, Instrument], rules: Rules, facts: Facts
) -> Reading:
    courses, episodes = outcomes_of(records, instruments, rules)
    return Reading(records, courses, episodes, facts)


def cut_history(history: History, day: date) -> History:
    """Return what had happened by the end of a day."""
    scores = {
        code: tuple(score for score in values if score.moment.day <= day)
        for code, values in history.scores.items()
    }
    return History(
        tuple(moment for moment in history.infusions if moment.day <= day),
        {code: values for code, values in scores.items() if values},
    )


def load_facts(
    connection: Connection, patient_ids: Sequence[UUID] | None = None
) -> dict[UUID, Facts]:
    """Return what may tell one patient's durations from another's, by patient."""
    query: Select[Any] = select(Patient.__table__, Site.name.label("site")).join(
        Site, Site.site_id == Patient.site_id
    )
    if patient_ids is not None:
        query = query.where(is_chosen(Patient.patient_id, len(patient_ids) != 1))
    rows = connection.execute(query, bind_patients(patient_ids) if patient_ids is not None else {})
    return {row.patient_id: _facts(row) for row in rows}


def _facts(row: Any) -> Facts:
    born = row.date_of_birth.year if row.date_of_birth else row.birth_year
    stated = {f"patient:{name}": value for name, value in row.covariates.items()}
    own = {"birth_year": born, "sex": row.sex, "indication": row.indication, "site": row.site}
    return {**stated, **own}


def _store(connection: Connection, fit: Fit) -> None:
    connection.execute(delete(StoredFit).where(StoredFit.instrument == fit.instrument))
    connection.execute(
        insert(StoredFit),
        {
            "instrument": fit.instrument,
            "version": VERSION,
            "data_hash": fit.data_hash,
            "policy_revision": fit.policy_revision,
            "patients": fit.patients,
            "responses": fit.responses,
            "losses": fit.losses,
            "body": to_plain(fit.model) if fit.model else None,
            "fitted_at": fit.fitted_at,
        },
    )
