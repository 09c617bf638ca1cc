"""The stored back-test beside a slow plain loop, and that no past day knows of a later one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.actions.assessments import correct_assessment
from data.actions.forecasts import refresh_back_tests
from data.actions.withdrawals import withdraw_record
from data.backtests import read_evidence, stored_test
from data.database import reading
from data.forecasts import forecast_instruments, gather_responses, read_histories
from data.histories import load_records
from data.importers import import_files, read_path
from data.looking_back import follow_patient
from data.past_sayings import say
from data.policies import RULES, in_force
from models.entries import AssessmentEntry
from models.outcomes.backtest import Raised, Saying, judge_prompts, run_backtest
from models.outcomes.forecast import fit_model, state_outlooks
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import prompts_at
from models.outcomes.rules import Rules
from models.policy import OPERATOR, Denied
from models.tables import Assessment, Infusion, StoredBackTest, StoredCourse, StoredEpisode
from tests.clinic import rows_of
from tests.histories import on
from tests.policies import change_policy
from tests.simulated_clinics import SCENARIOS, ask, invent_clinic, write_clinic
from tests.simulated_clinics import on as day_of

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
PHQ9 = forecast_instruments()["PHQ-9"]
# How long the invented clinic is followed, from DAY_0.
ENDS = 420


@pytest.fixture
def followed(clinic, tmp_path):
    """Denver and Phoenix, and an invented clinic brought in as of its last day."""
    invented = invent_clinic(replace(SCENARIOS["mixed"], days=ENDS, missed=(0.0, 0.1)), 50, seed=5)
    write_clinic(tmp_path, invented, ask(invented, seed=5))
    (tmp_path / "at.csv").unlink()
    clinic.set_day((day_of(ENDS) - on(0)).days)
    assert import_files(clinic.engine, OPERATOR, read_path(tmp_path)).refusals == []
    return clinic


def sundays(first, last):
    day = first
    while day.toordinal() % 7:
        day += timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=7)


def as_of(connection, day):
    return list(read_histories(connection, load_records(connection, until=day), Rules()))


def slow_back_test(connection, last):
    """Every Sunday anew from what the records say until then: no cache, no timeline, no query."""
    spells = select(StoredEpisode.__table__, StoredCourse.end_on).join(
        StoredCourse,
        (StoredCourse.patient_id == StoredEpisode.patient_id)
        & (StoredCourse.course_no == StoredEpisode.course_no),
    )
    truth = {
        (row.patient_id, row.end_on): (row.lower_days, row.upper_days)
        for row in connection.execute(spells.where(StoredEpisode.instrument == "PHQ-9"))
        if row.responded
    }
    model, learnt, sayings, raised, first = None, [], [], {}, None
    for day in sundays(date(2023, 12, 25), last):
        known = [one for one in as_of(connection, day) if "PHQ-9" in one.episodes and one.courses]
        if day.toordinal() % (28 if model is None else 84) == 0:
            learnt = gather_responses(known).get("PHQ-9", [])
            model = fit_model(learnt)
        if model is None:
            continue
        first = first or day
        outlooks = state_outlooks(model, [one.ask(PHQ9, day, Rules()) for one in known])
        for one, outlook in zip(known, outlooks, strict=True):
            key = (one.records.patient_id, one.courses[-1].last.day)
            if outlook.window and day.toordinal() % 28 == 0:
                sayings.append(slow_saying(key, outlook, learnt, truth))
            if one.episodes["PHQ-9"][-1].responded:
                seen = raised.setdefault(key, {})
                for prompt in slow_prompts(one, outlook, day):
                    seen.setdefault(prompt.value, (day - key[1]).days)
    records = slow_raised(truth, raised, first, last)
    return run_backtest(sayings, judge_prompts(records, list(Prompt), within=14))


def slow_saying(key, outlook, learnt, truth):
    lower, upper = truth[key]
    since = outlook.days_since
    at = [((one.lower + one.upper) / 2 if one.is_lost else one.lower, one.is_lost)
          for one in learnt]  # fmt: skip

    def still(day):
        share = 1.0
        for loss in sorted({when for when, is_lost in at if is_lost and when <= day}):
            gone = sum(when == loss and is_lost for when, is_lost in at)
            share *= 1 - gone / sum(when >= loss for when, _ in at)
        return share

    own = outlook.own[-1] if outlook.own else None
    well = (outlook.well_on - outlook.course_end).days
    return Saying(
        patient=key[0],
        on=outlook.as_of,
        lower=lower - since,
        upper=None if upper is None else upper - since,
        within=outlook.window.lost_within[1],
        low=outlook.window.quantiles[0],
        high=outlook.window.quantiles[-1],
        population=1 - still(since + 14) / still(well) if still(well) else 0.0,
        last_own=own and (own[0] if own[1] is None else sum(own) / 2) - since,
    )


def slow_prompts(one, outlook, day):
    return prompts_at(
        one.courses,
        one.episodes["PHQ-9"],
        one.records.history.scores["PHQ-9"],
        PHQ9,
        chance=outlook.window.lost_within[1] if outlook.window else None,
        rules=Rules(),
        lines=PromptRules(),
        today=day,
    )


def slow_raised(truth, raised, first, last):
    return [
        Raised(
            key[0], lower, upper, tuple(raised.get(key, {}).items()),
            is_in_time=upper is not None and first < key[1] + timedelta(upper) <= last,
        )
        for key, (lower, upper) in truth.items()
        if key in raised or upper is not None
    ]  # fmt: skip


def in_plain(found):
    """Return a back-test as nested tuples of rounded numbers, prompts in order of kind."""

    def plain(value):
        if isinstance(value, float):
            return round(value, 9)
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return [plain(one) for one in value] if isinstance(value, tuple) else value

    return plain(found)


@only_sqlite
def test_what_is_stored_is_what_a_slow_plain_loop_finds(followed):
    assert refresh_back_tests(followed.engine, OPERATOR) == 1

    with reading(followed.engine) as connection:
        kept = stored_test(connection, "PHQ-9", in_force(connection, RULES))
        slow = slow_back_test(connection, day_of(ENDS) - timedelta(days=28))

    assert slow.known_patients >= 10
    assert {record.kind for record in slow.prompts} > {"lost", "outlook"}
    assert in_plain(kept.result) == in_plain(slow)
    assert (kept.made_at, kept.is_current) == (followed.now, True)


def sayings_of(clinic, today):
    """Return what was said of PHQ-9 on each day, and the prompts that were raised."""
    with reading(clinic.engine) as connection:
        evidence = read_evidence(connection, today)
    days = list(sundays(day_of(0), today - timedelta(days=28)))
    known, truth = [[] for _ in days], {"PHQ-9": {}}
    for line, facts in zip(evidence.timelines, evidence.facts, strict=True):
        follow_patient(line, facts, {"PHQ-9": PHQ9}, Rules(), days, known, truth)
    said = say(known, days, PHQ9, Rules(), PromptRules(), truth["PHQ-9"])
    told = [(one.patient, one.on, one.within, one.low, one.high, one.population, one.last_own)
            for one in said.sayings]  # fmt: skip
    return told, said.raised


@only_sqlite
def test_whatever_is_entered_corrected_or_withdrawn_later_changes_nothing_that_was_said(followed):
    today = day_of(ENDS)
    before = sayings_of(followed, today)
    followed.now += timedelta(days=1)
    for row in rows_of(followed.engine, Assessment)[::30]:
        entry = AssessmentEntry(Moment(row.taken_on), "PHQ-9", stated_total=27 - row.total)
        correct_assessment(
            followed.engine, OPERATOR, patient_id=row.patient_id, seen_version=1,
            assessment_id=row.assessment_id, entry=entry, reason="all wrong",
        )  # fmt: skip
        late = Moment(row.taken_on + timedelta(days=1))
        followed.score(row.patient_id, late, 27 - row.total)
    for row in rows_of(followed.engine, Infusion)[::40]:
        withdraw_record(
            followed.engine, OPERATOR, "infusion", patient_id=row.patient_id,
            record_id=row.infusion_id, seen_version=1, reason="never given",
        )  # fmt: skip

    after = sayings_of(followed, today)

    assert len(before[0]) > 50
    assert after == before


@only_sqlite
def test_it_is_worked_out_again_only_when_something_has_changed(followed):
    refresh_back_tests(followed.engine, OPERATOR)
    [first] = rows_of(followed.engine, StoredBackTest)

    followed.now += timedelta(hours=1)
    assert refresh_back_tests(followed.engine, OPERATOR) == 0
    assert rows_of(followed.engine, StoredBackTest) == [first]

    change_policy(followed.engine, OPERATOR, RULES, {"silence": 21}, reason="Three weeks.")
    with reading(followed.engine) as connection:
        stale = stored_test(connection, "PHQ-9", in_force(connection, RULES))
    assert (stale.made_at, stale.is_current) == (first.made_at, False)

    assert refresh_back_tests(followed.engine, OPERATOR) == 1
    [second] = rows_of(followed.engine, StoredBackTest)
    assert (second.policy_revision, second.made_at) == (2, followed.now)
    assert second.data_hash != first.data_hash


def test_only_who_may_recompute_everybody_may(clinic):
    with pytest.raises(Denied):
        refresh_back_tests(clinic.engine, clinic.anna)


def test_a_clinic_without_records_has_none(clinic):
    clinic.register("P")

    assert refresh_back_tests(clinic.engine, OPERATOR) == 0
    assert rows_of(clinic.engine, StoredBackTest) == []
    with reading(clinic.engine) as connection:
        assert stored_test(connection, "PHQ-9", Rules()) is None
