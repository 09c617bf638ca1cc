"""Reading one record, the last infusion, the rules, the sites, and what was imported."""

from __future__ import annotations

from datetime import time

from sqlalchemy import update

from data.actions.infusions import correct_infusion, record_infusion
from data.actions.withdrawals import withdraw_record
from data.database import writing
from data.importers import import_files
from data.policies import RULES
from data.queries.group import read_group
from data.queries.imports import MOST, read_imports
from data.queries.latest_infusion import read_latest_infusion
from data.queries.policies import read_policy
from data.queries.records import read_record
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.outcomes.rules import Rules
from models.policy import OPERATOR
from models.tables import Infusion, Patient, Site
from tests.clinic import clinician, only_row, rows_of
from tests.histories import on


def infuse(clinic, patient_id, day, **more):
    entry = InfusionEntry(Moment(on(day), more.pop("at", None)), **more)
    return record_infusion(clinic.engine, OPERATOR, patient_id=patient_id, entry=entry)


def latest(clinic, patient_id):
    return read_latest_infusion(clinic.engine, clinic.anna, patient_id=patient_id)


def test_a_record_is_read_with_the_zone_of_its_patients_site(clinic):
    patient = clinic.register("P-1")
    record_id = infuse(clinic, patient, 3, at=time(9), route="SC", measures={"dose_mg": 30})

    record = read_record(
        clinic.engine, clinic.anna, "infusion", patient_id=patient, record_id=record_id
    )

    assert (record["given_on"], record["route"], record["dose_mg"]) == (on(3), "SC", 30)
    assert (record["time_zone"], record["version"]) == ("America/Denver", 1)


def test_a_record_keeps_the_clock_of_its_own_site_when_its_patient_moves(clinic):
    patient = clinic.register("P-1")
    clinic.set_day(80)  # in summer time Phoenix is an hour behind Denver
    record_id = infuse(clinic, patient, 75, at=time(0, 30))
    stood = only_row(clinic.engine, Infusion).given_at
    with writing(clinic.engine) as connection:
        connection.execute(update(Patient).values(site_id=clinic.phoenix))

    record = read_record(
        clinic.engine, clinic.pia, "infusion", patient_id=patient, record_id=record_id
    )
    assert record["time_zone"] == "America/Denver"
    correct_infusion(
        clinic.engine,
        clinic.pia,
        patient_id=patient,
        infusion_id=record_id,
        seen_version=1,
        entry=InfusionEntry(Moment(on(75), time(0, 30)), route="SL"),
        reason="another route",
    )
    assert only_row(clinic.engine, Infusion).given_at == stood


def test_the_latest_infusion_is_by_day_then_by_entry_and_never_a_withdrawn_one(clinic):
    patient = clinic.register("P-1")
    neighbour = clinic.register("P-2")
    assert latest(clinic, patient) is None

    infuse(clinic, patient, 9, route="IV")
    second = infuse(clinic, patient, 9, route="IM")
    infuse(clinic, patient, 2, route="SL")
    infuse(clinic, neighbour, 30, route="IN")
    assert latest(clinic, patient)["route"] == "IM"

    withdraw_record(
        clinic.engine,
        clinic.anna,
        "infusion",
        patient_id=patient,
        record_id=second,
        seen_version=1,
        reason="entered twice",
    )
    assert latest(clinic, patient)["route"] == "IV"
    assert len(rows_of(clinic.engine, Infusion, patient_id=patient)) == 3


def test_the_rules_are_the_defaults_until_a_clinic_sets_its_own(clinic):
    assert read_policy(clinic.engine, clinic.anna, RULES) == Rules()


def test_the_group_is_the_sites_one_may_read_by_name(clinic):
    assert read_group(clinic.engine, clinic.anna).sites == {"Denver": clinic.denver}
    group = read_group(clinic.engine, OPERATOR)
    assert list(group.sites) == ["Denver", "Phoenix"]
    assert (group.zone, group.is_pretend, group.has_patients) == ("America/Denver", False, False)

    clinic.register("P-1")
    with writing(clinic.engine) as connection:
        connection.execute(update(Site).values(is_pretend=True))
    group = read_group(clinic.engine, OPERATOR)
    assert (group.is_pretend, group.has_patients) == (True, True)


def test_a_clinician_of_no_site_sees_none(clinic):
    group = read_group(clinic.engine, clinician("New"))

    assert (group.sites, group.zone) == ({}, "UTC")


def test_imports_are_listed_latest_first_with_their_counts(clinic):
    patients = b"patient_id,site\nP-1,Denver\nP-2,\n"
    scores = b"patient_id,date,instrument,score\nP-1,2026-01-05,PHQ-9,12\n"
    import_files(clinic.engine, OPERATOR, [("patients.csv", patients)])
    clinic.set_day(61)
    import_files(clinic.engine, OPERATOR, [("patients.csv", patients), ("scores.csv", scores)])

    rows = read_imports(clinic.engine, OPERATOR).to_dict("records")

    told = [{name: row[name] for name in ("by", "files", "added", "unchanged", "refused")}
            for row in rows]  # fmt: skip
    assert told == [
        {"by": "command line", "files": "patients.csv, scores.csv", "added": 1, "unchanged": 1,
         "refused": 1},
        {"by": "command line", "files": "patients.csv", "added": 1, "unchanged": 0, "refused": 1},
    ]  # fmt: skip


def test_only_so_many_imports_are_listed(clinic):
    for number in range(MOST + 2):
        content = f"patient_id,site\nP-{number},Denver\n".encode()
        import_files(clinic.engine, OPERATOR, [(f"{number}.csv", content)])

    listed = read_imports(clinic.engine, OPERATOR)
    assert len(listed) == MOST
