"""When maintenance infusions came: by who gave them, and site by site as far as may be shown."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import select, update

from data.actions.infusions import correct_infusion, record_infusion
from data.database import reading, writing
from data.queries.timing import read_timing
from data.queries.timings import SiteTimings, read_site_timings, read_timings
from data.results import recompute_all
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.outcomes.timing import Timing
from models.policy import Denied, Person, Role
from models.tables import CountedCourse, Infusion, Patient
from tests.clinic import rows_of
from tests.dashboard.views.people import patient_of
from tests.histories import on

# A response, then an infusion on day 28 after a check-in of so much.
RESPONSE = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
    25  | -        | {}
    28  | yes      | -
"""
SCORES = {Timing.EARLY: 5, Timing.ON_TIME: 9, Timing.LATE: 15, Timing.UNKNOWN: None}


def register(clinic, code, timing, *, site=None, given_by="Anna"):
    """Register somebody whose one maintenance infusion was given by `given_by` at that time."""
    score = SCORES[timing]
    records = RESPONSE.format("-" if score is None else score)
    patient = clinic.register(code, site=site, records=records)
    infusion = max(rows_of(clinic.engine, Infusion, patient_id=patient), key=lambda it: it.given_on)
    correct_infusion(
        clinic.engine,
        clinic.pia if site == clinic.phoenix else clinic.anna,
        patient_id=patient,
        infusion_id=infusion.infusion_id,
        seen_version=1,
        entry=InfusionEntry(Moment(on(28)), given_by=given_by),
        reason="who gave it",
    )
    return patient


def counts(found):
    return {
        (one.site, one.given_by): (one.patients, *(one.counts[timing] for timing in Timing))
        for one in found
    }


def test_courses_are_counted_by_who_gave_their_first_infusion(clinic):
    register(clinic, "P-1", Timing.EARLY)
    register(clinic, "P-2", Timing.LATE)
    register(clinic, "P-3", Timing.UNKNOWN, given_by="Bert")
    register(clinic, "P-4", Timing.ON_TIME, given_by=None)
    register(clinic, "P-5", Timing.ON_TIME, site=clinic.phoenix, given_by="Pia")

    assert counts(read_timings(clinic.engine, clinic.anna, "PHQ-9")) == {
        ("Denver", "Anna"): (2, 1, 0, 1, 0),
        ("Denver", "Bert"): (1, 0, 0, 0, 1),
        ("Denver", None): (1, 0, 1, 0, 0),
    }
    everywhere = replace(clinic.anna, sites=None)
    assert ("Phoenix", "Pia") in counts(read_timings(clinic.engine, everywhere, "PHQ-9"))
    at_phoenix = read_timings(clinic.engine, everywhere, "PHQ-9", site_id=clinic.phoenix)
    assert list(counts(at_phoenix)) == [("Phoenix", "Pia")]
    assert read_timings(clinic.engine, clinic.anna, "GAD-7") == []


def test_a_name_is_one_however_it_was_typed_and_a_patient_of_two_spellings_one_patient(clinic):
    twice = register(clinic, "P-1", Timing.EARLY, given_by="Zoë Ázimi")
    register(clinic, "P-2", Timing.LATE, given_by="zoë ázimi")
    register(clinic, "P-3", Timing.ON_TIME, given_by="Zoë Ázimi")
    register(clinic, "P-4", Timing.ON_TIME, given_by="Bert")
    register(clinic, "P-5", Timing.LATE, site=clinic.phoenix, given_by="zoë Ázimi")
    for day, score, who in ((32, 4, None), (53, 15, None), (56, None, "ZOË  ÁZIMI")):
        if score is None:
            entry = InfusionEntry(Moment(on(day)), given_by=who)
            record_infusion(clinic.engine, clinic.anna, patient_id=twice, entry=entry)
        else:
            clinic.score(twice, Moment(on(day)), score)

    everywhere = replace(clinic.anna, sites=None)
    assert counts(read_timings(clinic.engine, everywhere, "PHQ-9")) == {
        ("Denver", "Bert"): (1, 0, 1, 0, 0),
        ("Denver", "Zoë Ázimi"): (3, 1, 1, 2, 0),
        ("Phoenix", "Zoë Ázimi"): (1, 0, 0, 1, 0),
    }


def test_reading_every_history_anew_counts_the_same(clinic):
    """The second answer: the plain way, patient by patient, out of their records."""
    chance = Random(3)
    for number in range(12):
        who = chance.choice(("Anna", "Bert", None))
        register(clinic, f"P-{number}", chance.choice(list(Timing)), given_by=who)
    slowly = {}
    with reading(clinic.engine) as connection:
        patients = connection.scalars(select(Patient.patient_id)).all()
    for patient in patients:
        by_day = {
            it.given_on: it.given_by for it in rows_of(clinic.engine, Infusion, patient_id=patient)
        }
        for one in read_timing(clinic.engine, clinic.anna, patient, "PHQ-9"):
            key = (by_day[one.given_on], one.timing)
            slowly[key] = slowly.get(key, 0) + 1

    found = read_timings(clinic.engine, clinic.anna, "PHQ-9")

    assert {
        (one.given_by, timing): count
        for one in found
        for timing, count in one.counts.items()
        if count
    } == slowly


def test_a_refresh_changes_nothing_and_mends_what_was_spoilt(clinic):
    register(clinic, "P-1", Timing.EARLY)
    before = counts(read_timings(clinic.engine, clinic.anna, "PHQ-9"))
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0
        connection.execute(update(CountedCourse).values(given_by="Nobody"))
        assert recompute_all(connection) > 0
        assert recompute_all(connection) == 0

    assert counts(read_timings(clinic.engine, clinic.anna, "PHQ-9")) == before


def test_a_site_is_shown_as_far_as_enough_patients_stand_behind_it(clinic):
    for number in range(3):
        for timing in Timing:
            register(clinic, f"D-{timing}-{number}", timing)
    register(clinic, "X-1", Timing.LATE, site=clinic.phoenix)
    manager = Person("Mia", frozenset({Role.GROUP_MANAGER}), sites=None)

    found = read_site_timings(clinic.engine, manager, "PHQ-9", fewest=3)

    assert found == [SiteTimings("Denver", 3, 3, 6, 3, 3), SiteTimings("Phoenix")]
    [own] = read_site_timings(
        clinic.engine,
        Person("Max", frozenset({Role.SITE_MANAGER}), sites=frozenset({clinic.phoenix})),
        "PHQ-9",
    )
    assert own == SiteTimings("Phoenix")


def test_who_may_not_list_patients_learns_nothing_of_who_gave_what(clinic):
    patient = register(clinic, "P-1", Timing.EARLY)
    managers = (Role.SITE_MANAGER, Role.GROUP_MANAGER, Role.ADMINISTRATOR)
    people = [Person("Mia", frozenset({role}), sites=None) for role in managers]
    for person in (*people, patient_of(patient)):
        with pytest.raises(Denied):
            read_timings(clinic.engine, person, "PHQ-9")
    with pytest.raises(Denied):
        read_site_timings(clinic.engine, patient_of(patient), "PHQ-9")
