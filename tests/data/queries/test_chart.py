"""One patient's chart: local times, what stands now, how each response ended as of today."""

from __future__ import annotations

from datetime import datetime, time

import pandas as pd
import pytest
from sqlalchemy import insert, update

from data.actions.infusions import record_infusion
from data.database import writing
from data.queries.chart import read_chart
from models.entries import InfusionEntry
from models.errors import NotFound
from models.outcomes.history import Moment
from models.outcomes.rules import Rules
from models.policy import OPERATOR
from models.tables import AuditLine, ClinicPolicy, Patient
from tests.clinic import LOST, rows_of
from tests.histories import on


def infuse(clinic, patient_id, day, clock_time=None, **more):
    entry = InfusionEntry(Moment(on(day), clock_time), **more)
    return record_infusion(clinic.engine, OPERATOR, patient_id=patient_id, entry=entry)


def chart_of(clinic, patient_id, person=None):
    return read_chart(clinic.engine, person or clinic.anna, patient_id)


def test_times_are_the_sites_clock_across_the_change_to_summer_time(clinic):
    clinic.set_day(70)
    patient = clinic.register("P-1")
    for day in (61, 64):  # Sunday 8 March 2026 is day 62
        infuse(clinic, patient, day, time(23, 30))
        clinic.score(patient, Moment(on(day), time(8, 5)), 12)

    chart = chart_of(clinic, patient)

    assert list(chart.infusions["at"]) == [
        pd.Timestamp(datetime.combine(on(day), time(23, 30))) for day in (61, 64)
    ]
    assert list(chart.infusions["day"]) == [on(61), on(64)]
    assert list(chart.scores["at"].dt.time) == [time(8, 5)] * 2


def test_a_time_is_that_of_the_clinic_where_it_was_even_after_a_move(clinic):
    patient = clinic.register("P-1")
    clinic.set_day(80)  # in summer time Phoenix is an hour behind Denver
    infuse(clinic, patient, 75, time(0, 30))
    with writing(clinic.engine) as connection:
        connection.execute(update(Patient).values(site_id=clinic.phoenix))

    chart = chart_of(clinic, patient, clinic.pia)

    assert chart.patient.site == "Phoenix"
    assert list(chart.infusions["day"]) == [on(75)]
    assert list(chart.infusions["at"]) == [pd.Timestamp(datetime.combine(on(75), time(0, 30)))]


def test_rows_are_in_order_of_time_and_an_unknown_time_comes_first_that_day(clinic):
    patient = clinic.register("P-1")
    for total, moment in [
        (1, Moment(on(9), time(17))),
        (2, Moment(on(9), time(8))),
        (3, Moment(on(9))),
        (4, Moment(on(2), time(23))),
        (5, Moment(on(9))),
    ]:
        clinic.score(patient, moment, total)

    assert list(chart_of(clinic, patient).scores["total"]) == [4, 3, 5, 2, 1]


DOSES = {
    "from dose and weight": ({"dose_mg": 40, "weight_kg": 80}, 0.5),
    "as stated where there is no weight": ({"stated_mg_kg": 0.7}, 0.7),
    "derived rather than stated": ({"dose_mg": 40, "weight_kg": 80, "stated_mg_kg": 0.9}, 0.5),
    "unknown from the dose alone": ({"dose_mg": 40}, None),
    "unknown from nothing": ({}, None),
}


@pytest.mark.parametrize(("measures", "expected"), DOSES.values(), ids=DOSES)
def test_dose_per_kg_is(clinic, measures, expected):
    patient = clinic.register("P-1")
    infuse(clinic, patient, 0, measures=measures)

    [dose] = chart_of(clinic, patient).infusions["mg_kg"]
    assert (None if pd.isna(dose) else dose) == expected


def test_every_infusion_names_its_course(clinic):
    patient = clinic.register("P-1")
    for day in (40, 0, 3, 14):
        infuse(clinic, patient, day)

    chart = chart_of(clinic, patient)

    assert list(chart.infusions["course_no"]) == [1, 1, 1, 2]
    assert list(chart.courses["infusions"]) == [3, 1]


OPEN = LOST[: LOST.index("    21")]  # responding when last seen, on day 14
ENDS = {
    "holding on the thirteenth day of silence": (OPEN, None, 27, "holding"),
    "silent from the fourteenth": (OPEN, None, 28, "silent"),
    "left from the day of leaving": (OPEN, 20, 20, "left"),
    "holding until the day of leaving": (OPEN, 20, 19, "holding"),
    "lost stays lost after leaving": (LOST, 30, 60, "lost"),
    "lost stays lost in silence": (LOST, None, 300, "lost"),
}


@pytest.mark.parametrize(("records", "left", "today", "expected"), ENDS.values(), ids=ENDS)
def test_how_the_response_ended_is_as_of_today(clinic, records, left, today, expected):
    left_on = None if left is None else on(left)
    patient = clinic.register("P-1", records=records, left_on=left_on)
    clinic.set_day(today)

    chart = chart_of(clinic, patient)

    assert list(chart.episodes["end_reason"]) == [expected]
    assert (chart.today, chart.patient.left_on) == (on(today), left_on)


def test_an_episode_knows_when_the_next_course_began(clinic):
    patient = clinic.register("P-1", records=LOST)
    infuse(clinic, patient, 35)

    episodes = chart_of(clinic, patient).episodes

    assert [None if pd.isna(day) else day for day in episodes["next_start_on"]] == [on(35), None]
    assert list(episodes["kind"]) == ["induction", "maintenance"]


def test_a_patient_without_records_has_an_empty_chart(clinic):
    patient = clinic.register("P-1", name="Ada", birth_year=1980, covariates={"arm": "a"})

    chart = chart_of(clinic, patient)

    for frame in (chart.infusions, chart.scores, chart.courses, chart.episodes):
        assert frame.empty
    assert (chart.patient.name, chart.patient.covariates) == ("Ada", {"arm": "a"})
    assert {"mg_kg", "course_no", "at", "day"} <= set(chart.infusions.columns)


def test_the_rules_are_those_in_force(clinic):
    patient = clinic.register("P-1")
    for revision, silence in ((2, 21), (3, 28)):
        with writing(clinic.engine) as connection:
            connection.execute(
                insert(ClinicPolicy),
                {
                    "revision": revision,
                    "thresholds": Rules(silence=silence, revision=revision).to_dict(),
                    "reason": "agreed in a meeting",
                    "recorded_at": clinic.now,
                    "recorded_by": "Anna",
                },
            )

    assert chart_of(clinic, patient).rules == Rules(silence=28, revision=3)


def test_who_may_read_every_chart_is_told_plainly_of_one_that_does_not_exist(clinic):
    with pytest.raises(NotFound, match=r"There is no such patient\."):
        chart_of(clinic, clinic.denver, OPERATOR)


def looks(clinic, patient_id):
    lines = rows_of(clinic.engine, AuditLine, operation="read_chart", patient_id=patient_id)
    return [line.person for line in lines]


def test_one_look_is_one_audit_line_however_often_the_page_is_drawn(clinic):
    patient, other = clinic.register("P-1"), clinic.register("P-2")
    for _ in range(3):
        chart_of(clinic, patient)
    chart_of(clinic, patient, clinic.bert)
    chart_of(clinic, other)
    assert looks(clinic, patient) == ["Anna", "Bert"]
    assert looks(clinic, other) == ["Anna"]

    clinic.now = clinic.now.replace(minute=1)  # a minute later it is another look
    chart_of(clinic, patient)
    assert looks(clinic, patient) == ["Anna", "Bert", "Anna"]
