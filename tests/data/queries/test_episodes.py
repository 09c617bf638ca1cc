"""Episodes, scores and durations: stored results against recomputed ones, and who sees which."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pandas as pd
import pytest
from sqlalchemy import update

from data import clock, demo
from data.actions.results import refresh_results
from data.actions.withdrawals import withdraw_record
from data.database import writing
from data.exporters.sheets import say
from data.queries.durations import DurationFilter, read_durations
from data.queries.episodes import COLUMNS, read_episodes
from data.queries.scores import read_scores
from models.outcomes.history import Moment
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import Assessment, AuditLine, Infusion, Patient, StoredEpisode
from tests.clinic import LOST, only_row, rows_of
from tests.histories import on

TODAY = date(2026, 5, 20)
TEN_DAYS_AGO = TODAY - timedelta(days=10)


def in_text(frame):
    """Return the rows as the export writes them, where 1 and 1.0 are the same."""
    return [tuple(map(say, row)) for row in frame.itertuples(index=False, name=None)]


@pytest.fixture
def group(engine, copies, monkeypatch):
    """The pretend group on a day that has the same date at all of its sites."""
    now = datetime.combine(TODAY, time(18), UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    create = partial(demo.create, engine, OPERATOR, patients=60, today=TODAY)
    copies.fill(engine, "sixty pretend patients", create)
    return engine


def test_stored_results_equal_those_recomputed_from_the_records(group):
    stored = read_episodes(group, OPERATOR)
    recomputed = read_episodes(group, OPERATOR, as_of=TODAY)

    assert len(stored) > 60
    assert {"lost", "holding"} <= set(stored["end_reason"].dropna())
    assert in_text(stored) == in_text(recomputed)


def test_as_of_a_day_is_as_if_nothing_had_happened_since(group, monkeypatch):
    """What is left once later records are withdrawn, stored and read on that day, is the same."""
    episodes = read_episodes(group, OPERATOR, as_of=TEN_DAYS_AGO)
    scores = read_scores(group, OPERATOR, as_of=TEN_DAYS_AGO)
    assert in_text(episodes) != in_text(read_episodes(group, OPERATOR))

    with writing(group) as connection:
        for model, day in ((Assessment, Assessment.taken_on), (Infusion, Infusion.given_on)):
            gone = update(model).where(day > TEN_DAYS_AGO).values(withdrawn_at=clock.now())
            assert connection.execute(gone).rowcount > 0
    refresh_results(group, OPERATOR)
    then = datetime.combine(TEN_DAYS_AGO, time(18), UTC)
    monkeypatch.setattr(clock, "now", lambda: then)

    assert in_text(read_episodes(group, OPERATOR)) == in_text(episodes)
    assert in_text(read_scores(group, OPERATOR)) == in_text(scores)


def test_the_columns_are_those_of_the_export(clinic):
    clinic.register("P-1", records=LOST)

    [row] = read_episodes(clinic.engine, OPERATOR).to_dict("records")

    assert tuple(row) == COLUMNS
    assert row == {
        "patient_id": "P-1",
        "site": "Denver",
        "instrument": "PHQ-9",
        "course_no": 1,
        "kind": "induction",
        "course_start": on(0),
        "course_end": on(0),
        "infusions": 1,
        "baseline": 20,
        "best": 8,
        "responded": True,
        "remitted": False,
        "lower_days": 14,
        "upper_days": 21,
        "end_reason": "lost",
        "loss_on": on(21),
        "policy_revision": 1,
    }


def test_every_course_of_whoever_ever_answered_the_instrument_is_there(clinic):
    clinic.register("P-1", records=LOST)
    clinic.register(
        "P-2", records="day | infusion | GAD-7\n 0 | yes | -\n 20 | yes | -\n 55 | - | 9"
    )
    clinic.register("P-3", records="day | infusion | PHQ-9\n 0 | yes | -")

    episodes = read_episodes(clinic.engine, OPERATOR)

    keys = list(
        zip(episodes["patient_id"], episodes["instrument"], episodes["course_no"], strict=True)
    )
    assert keys == [("P-1", "PHQ-9", 1), ("P-2", "GAD-7", 1), ("P-2", "GAD-7", 2)]
    assert list(read_episodes(clinic.engine, OPERATOR, instrument="PHQ-9")["patient_id"]) == ["P-1"]


def test_with_a_day_a_loss_not_yet_confirmed_is_only_possible(clinic):
    clinic.register("P-1", records=LOST)

    ends = {
        day: read_episodes(clinic.engine, OPERATOR, as_of=on(day))["end_reason"].tolist()
        for day in (6, 7, 20, 21, 27, 28)
    }

    assert ends == {
        6: [None],
        7: ["holding"],
        20: ["holding"],
        21: ["possible_loss"],
        27: ["possible_loss"],
        28: ["lost"],
    }
    assert read_episodes(clinic.engine, OPERATOR, as_of=on(-2)).empty


def test_every_export_is_audited_with_how_much_and_not_what(clinic):
    clinic.register("P-1", records=LOST)
    read_episodes(clinic.engine, OPERATOR)
    read_scores(clinic.engine, OPERATOR)

    details = [row.detail for row in rows_of(clinic.engine, AuditLine, operation="export")]
    assert details == [{"what": "episodes", "rows": 1}, {"what": "scores", "rows": 5}]


def test_scores_are_in_local_time_padded_to_the_longest_form(clinic):
    clinic.set_day(70)
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(64), time(8, 5)), items=(1, None, 1, 1, 1, 1, 1, 1, 0))
    clinic.score(patient, Moment(on(64)), 12, instrument="GAD-7")
    withdrawn = clinic.score(patient, Moment(on(65)), 3)
    withdraw_record(
        clinic.engine,
        OPERATOR,
        "assessment",
        patient_id=patient,
        record_id=withdrawn,
        seen_version=1,
        reason="entered twice",
    )

    scores = read_scores(clinic.engine, OPERATOR)

    assert list(scores.columns) == [
        "patient_id", "site", "datetime", "instrument", "mode", "total",
        *(f"item_{number}" for number in range(1, 10)), "version",
    ]  # fmt: skip
    assert sorted(scores["datetime"]) == [on(64).isoformat(), f"{on(64).isoformat()}T08:05:00"]
    by_code = scores.set_index("instrument")
    assert by_code.loc["PHQ-9", "total"] == pytest.approx(7 * 9 / 8)
    assert pd.isna(by_code.loc["PHQ-9", "item_2"])
    assert by_code.loc["GAD-7", [f"item_{n}" for n in range(1, 10)]].isna().all()


def durations(clinic, person=OPERATOR, day=60, **wanted):
    wanted = {"instrument": "PHQ-9", **wanted}
    return read_durations(clinic.engine, person, DurationFilter(**wanted), today=on(day))


@pytest.fixture
def courses(clinic, copies):
    def fill():
        head, before, given = "day | infusion | PHQ-9", "-1 | - | 20", "9 | yes | -"
        clinic.register("D-1", records=LOST, indication="depression")
        clinic.register("D-2", records=LOST[: LOST.index("    21")], indication="anxiety")
        clinic.register("D-3", records="\n".join([head, before, given, "15 | - | 19"]))
        clinic.register("D-4", records="\n".join([head, before, given]))
        clinic.register("P-1", records=LOST, site=clinic.phoenix)

    copies.fill(clinic.engine, "five courses", fill)
    return clinic


NARROWED = {
    "nothing": ({}, {"D-1", "D-2", "P-1"}),
    "an indication": ({"indication": "anxiety"}, {"D-2"}),
    "inductions": ({"kind": "induction"}, {"D-1", "D-2", "P-1"}),
    "maintenance": ({"kind": "maintenance"}, set()),
    "a route": ({"route": "IV"}, {"D-1", "D-2", "P-1"}),
    "another route": ({"route": "IM"}, set()),
    "since the day they ended": ({"since": on(0)}, {"D-1", "D-2", "P-1"}),
    "since the day after": ({"since": on(1)}, set()),
    "until the day they ended": ({"until": on(0)}, {"D-1", "D-2", "P-1"}),
    "until the day before": ({"until": on(-1)}, set()),
    "another instrument": ({"instrument": "GAD-7"}, set()),
}


@pytest.mark.parametrize(("wanted", "expected"), NARROWED.values(), ids=NARROWED)
def test_durations_narrowed_to(courses, wanted, expected):
    assert set(durations(courses, **wanted).courses["code"]) == expected


def test_durations_count_every_course_by_what_was_stated_of_it(courses):
    found = durations(courses)

    assert found.counted == {"responded": 3, "not_responding": 1, "not_assessed": 1}
    told = found.courses.set_index("code")
    assert (told.loc["D-1", "lower_days"], told.loc["D-1", "upper_days"]) == (14, 21)
    assert (told.loc["D-1", "end_reason"], told.loc["D-2", "end_reason"]) == ("lost", "silent")
    assert (
        durations(courses, day=27).courses.set_index("code").loc["D-2", "end_reason"] == "holding"
    )


def test_durations_are_of_the_patients_one_may_list(courses):
    both = Person(
        "Bo", frozenset({Role.CLINICIAN, Role.GROUP_MANAGER}), frozenset({courses.denver})
    )
    assert set(durations(courses, courses.pia).courses["code"]) == {"P-1"}
    assert set(durations(courses, both).courses["code"]) == {"D-1", "D-2"}
    assert set(durations(courses, site_id=courses.phoenix).courses["code"]) == {"P-1"}
    assert durations(courses, courses.anna, site_id=courses.phoenix).counted == {}


@pytest.mark.parametrize("role", [Role.GROUP_MANAGER, Role.SITE_MANAGER])
def test_a_manager_reads_no_durations_of_today(courses, role):
    """Two looks a day apart could be subtracted; managers read what is published of sites."""
    with pytest.raises(Denied):
        durations(courses, Person("Mo", frozenset({role}), frozenset({courses.denver})))


def test_who_left_is_said_to_have_left(clinic):
    patient = clinic.register("P-1", records=LOST[: LOST.index("    21")])
    with writing(clinic.engine) as connection:
        connection.execute(
            update(Patient).where(Patient.patient_id == patient).values(left_on=on(20))
        )

    assert durations(clinic).courses["end_reason"].tolist() == ["left"]
    assert only_row(clinic.engine, StoredEpisode).held == "open"
