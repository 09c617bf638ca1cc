"""Everybody's outlook: what is kept, what is exported, and that no day knows of a later one."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import update

from data import forecasts
from data.actions.forecasts import refresh_forecasts
from data.commands.exports import read_asked
from data.database import connect, reading, writing
from data.exporters.sheets import write_frame
from data.forecasts import stored_fit
from data.importers import import_files, read_path
from data.migrations import upgrade
from data.policies import RULES, in_force
from data.queries.forecast import read_forecast
from data.queries.forecasts import COLUMNS, read_forecasts
from models.errors import NotFound, Refused
from models.outcomes.forecast import OutlookStatus
from models.outcomes.rules import Rules
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import AuditLine, Patient, StoredFit
from tests.clinic import HOLDING, LOST, rows_of
from tests.histories import on
from tests.policies import change_policy
from tests.simulated_clinics import SCENARIOS, ask, invent_clinic, write_clinic
from tests.simulated_clinics import on as day_of

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def losses(clinic, copies):
    """Enough patients whose response was lost, and one who still responds, on day 20."""

    def fill():
        clinic.set_day(40)
        for number in range(10):
            clinic.register(f"L-{number}", records=LOST)
        return clinic.register("H-1", records=HOLDING)

    holding = copies.fill(clinic.engine, "ten losses", fill)
    clinic.set_day(20)
    return holding


@pytest.fixture
def invented():
    clinic = invent_clinic(SCENARIOS["mixed"], 60, seed=3)
    return clinic, ask(clinic, seed=3)


@pytest.fixture
def imported(engine, tmp_path, invented):
    """An invented clinic, and the days asked about as (code, day)."""
    clinic, questions = invented
    write_clinic(tmp_path, clinic, questions)
    at = (tmp_path / "at.csv").rename(tmp_path.parent / f"{tmp_path.name}-at.csv")
    assert import_files(engine, OPERATOR, read_path(tmp_path)).refusals == []
    return read_asked(at)


def only(frame, code):
    return frame[frame["patient_id"] == code].reset_index(drop=True)


def test_refresh_fits_once_and_again_only_when_something_has_changed(clinic, losses):
    assert refresh_forecasts(clinic.engine, OPERATOR) == 1
    (first,) = rows_of(clinic.engine, StoredFit)
    assert (first.instrument, first.responses, first.losses) == ("PHQ-9", 11, 10)
    assert first.body["losses"] == 10

    clinic.set_day(22)
    assert refresh_forecasts(clinic.engine, OPERATOR) == 0
    clinic.record(losses, "day | PHQ-9\n21 | 7")
    assert refresh_forecasts(clinic.engine, OPERATOR) == 1

    (second,) = rows_of(clinic.engine, StoredFit)
    assert second.data_hash != first.data_hash
    assert second.fitted_at > first.fitted_at


def test_only_who_may_recompute_everybody_may_fit(clinic, losses):
    with pytest.raises(Denied):
        refresh_forecasts(clinic.engine, clinic.anna)

    assert rows_of(clinic.engine, StoredFit) == []


def test_a_model_of_other_rules_or_of_another_version_is_not_read(clinic, losses, monkeypatch):
    refresh_forecasts(clinic.engine, OPERATOR)
    with reading(clinic.engine) as connection:
        rules = in_force(connection, RULES)
        assert stored_fit(connection, "PHQ-9", rules).model is not None
        assert stored_fit(connection, "PHQ-9", Rules(revision=2)) is None
        monkeypatch.setattr(forecasts, "VERSION", 99)
        assert stored_fit(connection, "PHQ-9", rules) is None


def test_the_chart_reads_the_stored_model(clinic, losses):
    refresh_forecasts(clinic.engine, OPERATOR)

    found = read_forecast(clinic.engine, clinic.anna, losses)

    assert found.outlook.status is OutlookStatus.STATED
    assert found.outlook.well_on == on(14)
    assert 0 < found.outlook.window.chance_within(14) < 1
    assert (found.instrument, found.patients, found.losses) == ("PHQ-9", 11, 10)
    assert found.fitted_at == clinic.now


def test_before_the_first_fit_or_under_new_rules_there_is_no_window(clinic, losses):
    found = read_forecast(clinic.engine, clinic.anna, losses)
    assert (found.outlook.status, found.fitted_at) == (OutlookStatus.TOO_FEW, None)

    refresh_forecasts(clinic.engine, OPERATOR)
    change_policy(clinic.engine, OPERATOR, RULES, {"silence": 21}, reason="Try three weeks.")

    assert read_forecast(clinic.engine, clinic.anna, losses).fitted_at is None


def test_nobody_but_the_patients_clinicians_reads_an_outlook_and_the_look_is_written(
    clinic, losses
):
    themselves = Person("Ada", frozenset({Role.PATIENT}), patient_id=losses)
    manager = Person("Max", frozenset({Role.SITE_MANAGER}), sites=frozenset({clinic.denver}))

    for stranger in (clinic.pia, themselves, manager):
        with pytest.raises(Denied):
            read_forecast(clinic.engine, stranger, losses)
    with pytest.raises(NotFound):
        read_forecast(clinic.engine, OPERATOR, clinic.denver)

    read_forecast(clinic.engine, clinic.bert, losses)
    (look,) = [one for one in rows_of(clinic.engine, AuditLine) if one.person == "Bert"]
    assert (look.operation, look.patient_id) == ("read_chart", losses)


def test_each_status_has_its_row(clinic, losses):
    clinic.register("N-1", records="day | infusion | PHQ-9\n0 | yes | -\n7 | - | 9")
    clinic.register("R-1", records="day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 19")
    clinic.register("C-1", records="day | infusion | PHQ-9\n-1 | - | 20\n15 | yes | -")
    clinic.register("S-1", records="day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -")
    clinic.register("X-1", records="day | PHQ-9\n5 | 20")

    frame = read_forecasts(clinic.engine, OPERATOR, instrument="PHQ-9")

    assert tuple(frame.columns) == COLUMNS
    told = dict(zip(frame["patient_id"], frame["status"], strict=True))
    assert {code: str(told.get(code)) for code in ("N-1", "R-1", "C-1", "S-1", "L-1", "H-1")} == {
        "N-1": "no_baseline", "R-1": "not_responding", "C-1": "in_course",
        "S-1": "not_assessed", "L-1": "lost", "H-1": "stated",
    }  # fmt: skip
    assert "X-1" not in told
    windows = frame[["q10", "q50", "p_lost_7", "p_lost_112"]].notna().all(axis=1)
    assert windows.tolist() == [status == "stated" for status in frame["status"]]


def test_too_few_losses_are_said_to_be_too_few(clinic):
    clinic.set_day(40)
    clinic.register("L-1", records=LOST)
    clinic.register("H-1", records=HOLDING)

    frame = read_forecasts(clinic.engine, OPERATOR, as_of=on(20))

    assert only(frame, "H-1")["status"].tolist() == ["too_few"]


def test_an_export_is_written_to_the_audit_and_denied_to_others(clinic, losses):
    with pytest.raises(Denied):
        read_forecasts(clinic.engine, clinic.anna)

    read_forecasts(clinic.engine, OPERATOR)

    lines = [line for line in rows_of(clinic.engine, AuditLine) if line.operation == "export"]
    assert {"what": "forecast", "rows": 11} in [line.detail for line in lines]


def test_an_instrument_without_a_rule_is_refused(clinic, losses):
    with pytest.raises(Refused, match="no rule"):
        read_forecasts(clinic.engine, OPERATOR, instrument="AUDIT-C")


def test_an_unknown_patient_is_named_and_stops_none_of_the_others(clinic, losses):
    asked = [("H-1", on(3)), ("Z-9", on(3))]
    frame = read_forecasts(clinic.engine, OPERATOR, instrument="PHQ-9", at=asked)
    without = read_forecasts(clinic.engine, OPERATOR, instrument="PHQ-9", at=asked[:1])

    assert (frame.attrs["unknown"], without.attrs["unknown"]) == (["Z-9"], [])
    pd.testing.assert_frame_equal(frame, without, check_flags=False)


@only_sqlite
def test_what_happens_later_changes_nothing_that_was_known_on_a_day(
    engine, imported, invented, tmp_path
):
    """The strictest test of leakage: take everything later out of the files; nothing moves."""
    clinic, questions = invented
    as_of = day_of(300)
    at = [(code, day) for code, day in imported if day <= as_of][:6]
    known = read_forecasts(engine, OPERATOR, instrument="PHQ-9", as_of=as_of, at=at)
    stop = {code: (day - day_of(0)).days for code, day in at}
    for patient in clinic:
        last = stop.get(patient.code, 300)
        patient.infusions[:] = [day for day in patient.infusions if day <= last]
        patient.scores[:] = [(day, score) for day, score in patient.scores if day <= last]
    other = connect(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    upgrade(other)
    folder = tmp_path / "cut"
    folder.mkdir()
    write_clinic(folder, clinic, questions)
    (folder / "at.csv").unlink()
    import_files(other, OPERATOR, read_path(folder))

    alone = read_forecasts(other, OPERATOR, instrument="PHQ-9", as_of=as_of, at=at)
    other.dispose()

    assert (known["status"] == "stated").sum() >= 5
    pd.testing.assert_frame_equal(
        known.dropna(subset="course_end").reset_index(drop=True),
        alone.dropna(subset="course_end").reset_index(drop=True),
    )


def test_listed_patients_are_known_as_of_their_own_day_and_others_as_of_the_common_one(
    clinic, losses
):
    at = [("L-0", on(15)), ("L-0", on(9)), ("H-1", on(8))]

    frame = read_forecasts(clinic.engine, OPERATOR, instrument="PHQ-9", as_of=on(36), at=at)

    assert only(frame, "L-0")["as_of"].tolist() == [on(9), on(15)]
    assert only(frame, "L-0")["days_since"].tolist() == [9, 15]
    assert only(frame, "H-1")["as_of"].tolist() == [on(8)]
    assert only(frame, "L-1")["status"].tolist() == ["lost"]
    # One lost response of ten is not known yet, and nine are too few.
    assert only(frame, "H-1")["status"].tolist() == ["too_few"]


def test_a_listed_patient_of_whom_nothing_was_known_has_a_row_all_the_same(clinic, losses):
    before = on(0) - timedelta(days=400)

    frame = read_forecasts(
        clinic.engine, OPERATOR, instrument="PHQ-9", as_of=on(20), at=[("H-1", before)]
    )

    assert only(frame, "H-1")[["as_of", "status"]].values.tolist() == [[before, "not_assessed"]]


def test_the_file_says_durations_and_what_they_rest_on(clinic, losses, tmp_path):
    clinic.set_day(38)
    clinic.record(losses, "day | infusion | PHQ-9\n30 | yes | -\n36 | - | 7")

    write_frame(tmp_path / "out.csv", read_forecasts(clinic.engine, OPERATOR))

    with (tmp_path / "out.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["patient_id"] == "H-1")
    assert row["own_durations"] == "14+"
    assert "1 own responses" in row["basis"]
    assert "10 losses" in row["basis"]
    assert float(row["q10"]) < float(row["q50"])
    assert float(row["p_lost_7"]) < float(row["p_lost_112"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("patient_id,day\nP,2026-01-01\n", "columns"),
        ("patient_id,as_of\nP,2026-13-01\n", "line 2"),
        ("patient_id,as_of\nP,2026-01-01\n,2026-01-02\n", "line 3"),
    ],
)
def test_a_list_that_cannot_be_read_names_its_line(tmp_path, text, problem):
    path = tmp_path / "at.csv"
    path.write_text(text)

    with pytest.raises(Refused, match=problem):
        read_asked(path)


def test_a_list_may_bear_times_and_further_columns(tmp_path):
    path = tmp_path / "at.csv"
    path.write_text("note,AS_OF, Patient_ID\nx,2026-01-01T10:00,P 1\n")

    assert read_asked(path) == [("P 1", date(2026, 1, 1))]


def test_facts_of_a_patient_reach_the_model_and_their_name_does_not(clinic, losses):
    with writing(clinic.engine) as connection:
        connection.execute(
            update(Patient)
            .where(Patient.patient_id == losses)
            .values(name="Ada Lovelace", birth_year=1980, covariates={"failures": "3"})
        )
    with reading(clinic.engine) as connection:
        facts = forecasts.load_facts(connection, [losses])[losses]

    assert facts == {
        "patient:failures": "3", "birth_year": 1980, "sex": None, "indication": None,
        "site": "Denver",
    }  # fmt: skip
