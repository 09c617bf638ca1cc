"""The sites' counts say what counting everybody anew would say, whatever was done in between."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select, update

from data.actions.assessments import record_assessment
from data.actions.withdrawals import withdraw_record
from data.database import reading, writing
from data.importers import import_files
from data.policies import RULES
from data.results import recompute_all
from data.setup import count_uncounted
from data.site_counts import read_tally, recount
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.outcomes.sites.facts import Breakdown, Mark
from models.policy import OPERATOR
from models.tables import Assessment, CountedCourse, SiteCase, SiteMark, SiteSpan
from tests.clinic import LOST, rows_of
from tests.histories import on
from tests.policies import change_policy

COUNTS = (SiteMark, SiteCase, SiteSpan)
HELD = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    10  | -        | 3
    57  | -        | 6
    58  | yes      | -
    60  | -        | 19
"""


def counted(engine, site, mark, instrument="PHQ-9"):
    with reading(engine) as connection:
        tally = read_tally(connection, [instrument])
    found = tally.rows_of(instrument, Breakdown.ALL).get(site, {}).get("", {}).get(mark)
    return (found.courses, found.patients) if found else (0, 0)


def agree(engine):
    with writing(engine) as connection:
        assert recount(connection) == 0


def test_a_patient_s_courses_are_counted_at_their_site(clinic):
    clinic.register("P-1", records=LOST)
    clinic.register("P-2", records=HELD)
    clinic.register("P-3", site=clinic.phoenix, records=HELD)

    assert counted(clinic.engine, clinic.denver, Mark.TREATED) == (3, 2)
    assert counted(clinic.engine, clinic.denver, Mark.RESPONDED) == (2, 2)
    assert counted(clinic.engine, clinic.denver, Mark.NOT_RESPONDING) == (1, 1)
    assert counted(clinic.engine, clinic.denver, Mark.HELD_8) == (1, 1)
    assert counted(clinic.engine, clinic.denver, Mark.LOST_BY_4) == (1, 1)
    assert counted(clinic.engine, clinic.phoenix, Mark.REMITTED) == (1, 1)
    spans = {(row.lower_days, row.upper_days) for row in rows_of(clinic.engine, SiteSpan)}
    assert spans == {(14, 21), (57, 0)}
    agree(clinic.engine)


def test_a_course_counts_even_where_nothing_was_answered(clinic):
    clinic.register("P-1", records="day | infusion\n0 | yes")

    assert counted(clinic.engine, clinic.denver, Mark.TREATED, "") == (1, 1)
    assert counted(clinic.engine, clinic.denver, Mark.TREATED) == (0, 0)


def test_a_correction_takes_away_what_was_counted_before(clinic):
    patient_id = clinic.register("P-1", records=LOST)
    for form in rows_of(clinic.engine, Assessment, patient_id=patient_id):
        withdraw_record(
            clinic.engine,
            clinic.anna,
            "assessment",
            patient_id=patient_id,
            record_id=form.assessment_id,
            seen_version=1,
            reason="wrong patient",
        )

    assert counted(clinic.engine, clinic.denver, Mark.RESPONDED) == (0, 0)
    assert counted(clinic.engine, clinic.denver, Mark.TREATED, "") == (1, 1)
    with reading(clinic.engine) as connection:
        assert not connection.execute(select(SiteSpan).where(SiteSpan.courses != 0)).all()
    agree(clinic.engine)


def test_a_patient_who_moves_is_counted_where_they_went(clinic):
    clinic.register("P-1", records=LOST)
    moved = [("patients.csv", b"patient_id,site\nP-1,Phoenix\n")]
    assert import_files(clinic.engine, OPERATOR, moved).refusals == []

    assert counted(clinic.engine, clinic.denver, Mark.TREATED) == (0, 0)
    assert counted(clinic.engine, clinic.phoenix, Mark.TREATED) == (1, 1)
    agree(clinic.engine)


def test_new_rules_count_everybody_anew(clinic):
    clinic.register("P-1", records=LOST)
    change_policy(clinic.engine, OPERATOR, RULES, {"response_window": 1}, reason="to see it")

    agree(clinic.engine)


def test_a_refresh_changes_nothing_and_finds_what_was_spoilt(clinic):
    clinic.register("P-1", records=LOST)
    clinic.register("P-2", records=HELD)
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0
        connection.execute(update(SiteSpan).values(courses=7))
        assert recompute_all(connection) == 2
        assert recompute_all(connection) == 0


def test_a_database_of_before_is_counted_when_it_is_migrated(clinic):
    clinic.register("P-1", records=LOST)
    with writing(clinic.engine) as connection:
        for model in (CountedCourse, *COUNTS):
            connection.execute(model.__table__.delete())
    count_uncounted(clinic.engine)

    assert counted(clinic.engine, clinic.denver, Mark.RESPONDED) == (1, 1)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_the_counts_are_those_of_counting_anew(clinic, seed):
    rng = np.random.default_rng(seed)
    patients = [
        clinic.register(f"P-{n}", site=(clinic.denver, clinic.phoenix)[n % 2], records=table)
        for n, table in enumerate([LOST, HELD, LOST, HELD])
    ]
    for _ in range(25):
        patient_id = patients[int(rng.integers(len(patients)))]
        forms = [
            form
            for form in rows_of(clinic.engine, Assessment, patient_id=patient_id)
            if form.withdrawn_at is None
        ]
        if forms and rng.random() < 0.4:
            form = forms[int(rng.integers(len(forms)))]
            withdraw_record(
                clinic.engine,
                OPERATOR,
                "assessment",
                patient_id=patient_id,
                record_id=form.assessment_id,
                seen_version=form.version,
                reason="test",
            )
        else:
            entry = AssessmentEntry(
                Moment(on(int(rng.integers(-5, 60)))),
                "PHQ-9",
                stated_total=int(rng.integers(0, 28)),
            )
            record_assessment(clinic.engine, OPERATOR, patient_id=patient_id, entry=entry)
    agree(clinic.engine)
