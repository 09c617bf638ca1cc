"""Whose names are offered where an infusion is recorded."""

from __future__ import annotations

import pytest

from data.actions.infusions import record_infusion
from data.actions.users import disable_user
from data.actions.withdrawals import withdraw_record
from data.queries.givers import LATELY, read_givers
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR, Denied, Person, Role
from tests.histories import on

TODAY = 300


def offered(clinic, person=None, site=None):
    site_id = site or clinic.denver
    return read_givers(clinic.engine, person or clinic.anna, site_id=site_id, today=on(TODAY))


def give(clinic, code, day, given_by, site=None):
    patient = clinic.register(code, site=site)
    entry = InfusionEntry(Moment(on(day)), given_by=given_by)
    infusion = record_infusion(clinic.engine, OPERATOR, patient_id=patient, entry=entry)
    return patient, infusion


def test_the_sites_clinicians_are_offered_and_nobody_elses(clinic):
    clinic.set_day(TODAY)
    clinic.user("Robin Ellery", Role.CLINICIAN, clinic.denver)
    clinic.user("Away Elsewhere", Role.CLINICIAN, clinic.phoenix)
    clinic.user("Every Where", Role.CLINICIAN, sees_all_sites=True)
    clinic.user("Max Manager", Role.SITE_MANAGER, clinic.denver)
    gone = clinic.user("Has Left", Role.CLINICIAN, clinic.denver)
    disable_user(clinic.engine, OPERATOR, user_id=gone)

    assert offered(clinic) == ("Every Where", "Robin Ellery")


def test_so_is_whoever_gave_one_there_lately_once_and_as_the_staff_are_written(clinic):
    clinic.set_day(TODAY)
    clinic.user("Robin Ellery", Role.CLINICIAN, clinic.denver)
    lately = TODAY - LATELY.days
    for number, (day, who) in enumerate(
        [
            (TODAY, "robin  ellery"),
            (TODAY, "visiting nurse"),
            (TODAY - 1, "Visiting Nurse"),
            (lately, "Visiting Nurse"),
            (lately, "Just Lately"),
            (lately - 1, "Long Ago"),
            (TODAY, None),
        ]
    ):
        give(clinic, f"D-{number}", day, who)
    give(clinic, "X-1", TODAY, "Of Phoenix", site=clinic.phoenix)
    patient, infusion = give(clinic, "D-9", TODAY, "By Mistake")
    withdraw_record(
        clinic.engine, OPERATOR, "infusion",
        patient_id=patient, record_id=infusion, seen_version=1, reason="wrong chart",
    )  # fmt: skip

    assert offered(clinic) == ("Just Lately", "Robin Ellery", "Visiting Nurse")


def test_only_for_whoever_may_record_one_there(clinic):
    manager = Person("Max", frozenset({Role.SITE_MANAGER}), frozenset({clinic.denver}))
    for person, site in ((clinic.anna, clinic.phoenix), (manager, clinic.denver)):
        with pytest.raises(Denied):
            offered(clinic, person, site)
