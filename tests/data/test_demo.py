"""The pretend group: the right places, every kind of course, and never beside real data."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import func, select

from data import clock, demo
from data.actions.sites import open_site
from data.database import reading, writing
from data.demo.answers import draw_item_habits, fill_items, leave_blanks
from data.demo.group import SITES, share_out
from data.demo.people import INDICATIONS
from data.flags import raise_flags
from data.instruments import catalogue
from data.queries.due import completion_by_site, read_due, read_missed
from data.queries.morning import read_morning
from models.checkins.schedule import State
from models.checkins.standing import MISSED_SHOWN, MISSED_STILL_NEWS
from models.errors import Refused
from models.exposure_rules import ExposureRules
from models.outcomes.booking import Booked, follow_booking
from models.outcomes.ending import EndReason, end_reason
from models.outcomes.episodes import Held, Unstated
from models.outcomes.prompt_rules import OF_SAFETY
from models.outcomes.rules import Rules
from models.outcomes.screens import find_due
from models.outcomes.standing import Situation, Status, status_on
from models.policy import OPERATOR, Person
from models.screening import ScreenEntry, ScreenKind, check_screen
from models.tables import (
    Assessment,
    AuditLine,
    CheckIn,
    CheckInWishChange,
    CheckInWishes,
    Flag,
    FlagAction,
    Infusion,
    Patient,
    PlannedInfusion,
    PromptReview,
    Screen,
    Site,
    StoredEpisode,
)
from models.tables import Standing as StoredStanding
from tests.clinic import rows_of

TODAY = date(2026, 5, 20)

# Where each city lies, from a map and the IANA list; Arizona keeps no summer time.
ZONES = {
    "Chicago": "America/Chicago",
    "Dallas": "America/Chicago",
    "Denver": "America/Denver",
    "Houston": "America/Chicago",
    "Jacksonville": "America/New_York",
    "Las Vegas": "America/Los_Angeles",
    "Minneapolis": "America/Chicago",
    "Phoenix": "America/Phoenix",
    "Reno": "America/Los_Angeles",
    "Salt Lake City": "America/Denver",
    "Seattle": "America/Los_Angeles",
    "Tucson": "America/Phoenix",
}


@pytest.fixture(scope="module")
def whole_group():
    return demo.invent(seed=7, patients=1500, today=TODAY)


@pytest.fixture
def group(engine, copies):
    create = partial(demo.create, engine, OPERATOR, patients=120, today=TODAY)
    counts = copies.fill(engine, "pretend patients", create)
    with reading(engine) as connection:
        yield counts, connection


def test_sites_are_in_their_zones_and_marked_as_pretend(group):
    _, connection = group
    rows = connection.execute(select(Site.name, Site.time_zone, Site.is_pretend)).all()

    assert {name: zone for name, zone, _ in rows} == ZONES
    assert all(is_pretend for _, _, is_pretend in rows)


def test_what_it_counts_is_what_is_there_and_audited(group):
    counts, connection = group
    stored = {
        "sites": connection.scalar(select(func.count()).select_from(Site)),
        "patients": connection.scalar(select(func.count()).select_from(Patient)),
        "infusions": connection.scalar(select(func.count()).select_from(Infusion)),
        "scores": connection.scalar(select(func.count()).select_from(Assessment)),
        "flags": connection.scalar(select(func.count()).select_from(Flag)),
        "check-ins": connection.scalar(select(func.count()).select_from(CheckIn)),
        "booked infusions": connection.scalar(select(func.count()).select_from(PlannedInfusion)),
        "screens": connection.scalar(select(func.count()).select_from(Screen)),
    }

    assert counts == stored
    assert counts["patients"] == 120
    assert connection.scalars(select(AuditLine.detail)).all() == [
        {"pretend": True, "seed": 7, **counts}
    ]


def test_every_patient_belongs_to_a_site_and_stands_somewhere(group):
    _, connection = group

    assert connection.scalar(select(func.count()).select_from(StoredStanding)) == 120
    assert len(set(connection.scalars(select(Patient.site_id)))) == len(ZONES)
    assert set(connection.scalars(select(Patient.indication))) == set(INDICATIONS)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_way_a_course_can_end_occurs(engine):
    demo.create(engine, OPERATOR, patients=600, today=TODAY)
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                StoredEpisode.held,
                StoredEpisode.unstated,
                StoredEpisode.last_assessed_on,
                Patient.left_on,
            ).join(Patient, Patient.patient_id == StoredEpisode.patient_id)
        ).all()
    ends = Counter(
        end_reason(Held(held), last_assessed_on=assessed, left_on=left, as_of=TODAY, rules=Rules())
        for held, _, assessed, left in rows
        if held
    )

    assert set(ends) == set(EndReason)
    assert {reason for _, reason, _, _ in rows} == {None, *(reason.value for reason in Unstated)}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_morning_has_somebody_in_every_status_and_few_who_merely_fell_silent(engine):
    demo.create(engine, OPERATOR, today=TODAY)
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                StoredStanding.situation,
                StoredStanding.last_infusion_on,
                StoredStanding.last_assessed_on,
                StoredStanding.safety_answer,
                Patient.left_on,
            ).join(Patient, Patient.patient_id == StoredStanding.patient_id)
        ).all()
    statuses = Counter(
        status_on(
            Situation(row.situation),
            last_infusion_on=row.last_infusion_on,
            last_assessed_on=row.last_assessed_on,
            left_on=row.left_on,
            as_of=TODAY,
            rules=Rules(),
        )
        for row in rows
    )
    asked = [row for row in rows if row.left_on is None and row.safety_answer is not None]

    assert set(statuses) == set(Status)
    assert 50 <= statuses[Status.RESPONDING] <= 90
    assert 10 <= statuses[Status.UNKNOWN] <= 150
    assert 10 <= statuses[Status.LOST] <= 60
    assert sum(row.safety_answer > 0 for row in asked) / len(asked) < 0.3


def test_the_same_seed_makes_the_same_records():
    once, again = (demo.invent(seed=7, patients=150, today=TODAY) for _ in range(2))
    other = demo.invent(seed=8, patients=150, today=TODAY)

    assert once == again
    assert other.patients != once.patients
    assert other.scores != once.scores


def test_a_second_group_is_refused_and_changes_nothing(group, engine):
    counts, _ = group
    with pytest.raises(Refused, match="this database already holds patients"):
        demo.create(engine, OPERATOR, patients=120, today=TODAY)

    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Assessment)) == counts["scores"]


def test_it_is_refused_beside_a_real_site(engine):
    open_site(engine, OPERATOR, name="Boise", time_zone="America/Boise")

    with pytest.raises(Refused, match="this database already holds sites"):
        demo.create(engine, OPERATOR, patients=120, today=TODAY)


def test_it_is_refused_to_those_who_may_not_import(engine):
    with pytest.raises(Refused, match="may not import"):
        demo.create(engine, Person("nobody", frozenset()), patients=120, today=TODAY)


def test_a_row_that_would_be_refused_leaves_no_half_group(engine):
    """Tomorrow's records do not pass the checks of an import; nothing of the rest is kept."""
    with pytest.raises(Refused, match="in the future"):
        demo.create(engine, OPERATOR, patients=120, today=date.max - timedelta(days=400))

    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Site)) == 0


def test_records_end_yesterday_and_span_two_years(whole_group):
    days = [row.when.day for row in (*whole_group.infusions, *whole_group.scores)]

    assert max(days) == TODAY - timedelta(days=1)
    assert min(days) < TODAY - timedelta(days=700)
    assert all(
        row.fields["left_on"] is None or row.fields["left_on"] <= TODAY
        for row in whole_group.patients
    )


def test_nobody_is_seen_after_they_left(whole_group):
    left = {row.code: row.fields["left_on"] for row in whole_group.patients}
    late = [
        row.code
        for row in (*whole_group.infusions, *whole_group.scores)
        if left[row.code] and row.when.day > left[row.code]
    ]

    assert late == []


def test_infusions_are_on_weekdays_in_clinic_hours_and_never_twice_a_day(whole_group):
    times = [row.when.time for row in whole_group.infusions if row.when.time]
    days = Counter((row.code, row.when.day) for row in whole_group.infusions)

    assert {row.when.day.weekday() for row in whole_group.infusions} == {0, 1, 2, 3, 4}
    assert 8 <= min(times).hour
    assert max(times).hour <= 17
    assert max(days.values()) == 1


def test_it_is_as_messy_as_a_clinic(whole_group):
    """Shares counted here from the rows, against what was asked for."""
    forms = [row for row in whole_group.scores if row.items and row.instrument == "PHQ-9"]
    blank = [row for row in forms if None in row.items]
    patients = whole_group.patients
    indications = Counter(row.fields["indication"] for row in patients)
    gaps = [
        (second - first).days
        for days in days_by_patient(whole_group.scores).values()
        for first, second in pairwise(days)
    ]

    assert 0.45 < indications["depression"] / len(patients) < 0.55
    assert 0.01 < len(blank) / len(forms) < 0.08
    assert any(row.stated_total is not None for row in whole_group.scores)
    assert {row.mode for row in whole_group.scores} == {"link", "kiosk", "staff"}
    assert {row.route for row in whole_group.infusions} == {"IV", "IM", "SC", "IN", "SL"}
    assert 0.1 < sum(gap > 10 for gap in gaps) / len(gaps) < 0.5
    assert sum(gap > 84 for gap in gaps) > 5
    assert max(Counter(initials(row.fields["name"]) for row in patients).values()) > 5


def test_selection_on_a_high_score_regresses_to_the_mean(whole_group):
    """Between screening and first infusion nobody was treated, and yet the scores fall."""
    first_infusion = {}
    for row in whole_group.infusions:
        first_infusion.setdefault(row.code, row.when.day)
    before = {}
    for row in whole_group.scores:
        if row.instrument == "PHQ-9" and row.items and None not in row.items:
            if row.when.day <= first_infusion.get(row.code, TODAY):
                before.setdefault(row.code, []).append(sum(row.items))
    falls = [scores[0] - scores[-1] for scores in before.values() if len(scores) > 1]

    assert len(falls) > 100
    assert 0.1 < sum(falls) / len(falls) < 3


def test_forms_hold_every_item_and_totals_stay_in_range(whole_group):
    for row in whole_group.scores:
        instrument = catalogue()[row.instrument]
        if row.items is None:
            assert instrument.accepts_total(row.stated_total)
        else:
            total = instrument.total(row.items).value
            assert total is None or instrument.accepts_total(total)


@pytest.mark.parametrize(
    ("code", "blanks"), [("PEG", {0}), ("PHQ-9", {0, 1, 2, 3}), ("PCL-5", {0, 1, 2, 3})]
)
def test_a_form_is_never_left_wholly_blank(code, blanks):
    instrument = catalogue()[code]
    rng = np.random.default_rng(1)
    full = (0.0,) * instrument.items_count
    forms = [leave_blanks(rng, instrument, full) for _ in range(20_000)]

    assert {form.count(None) for form in forms} == blanks


@pytest.mark.parametrize("total", range(28))
def test_items_make_the_total_they_are_to_make(total):
    instrument = catalogue()["PHQ-9"]
    rng = np.random.default_rng(total)
    habits = draw_item_habits(rng, instrument, depressed=False)
    answers = fill_items(rng, instrument, habits, total / 27, day=0, start=0.6)

    # The safety item goes its own way: a three there can exceed a small total, a nought cap 27.
    others, safety = sum(answers[:8]), answers[8]
    assert others == min(max(total - safety, 0), 24)


def test_patients_are_shared_out_by_size_with_none_left_over():
    assert share_out(1500) == [site.size for site in SITES]
    assert share_out(12) == [1] * 12
    for patients in (13, 120, 1499, 3001):
        assert sum(share_out(patients)) == patients
        assert min(share_out(patients)) >= 1
    with pytest.raises(ValueError, match="cannot fill"):
        share_out(11)


def days_by_patient(rows):
    days = {}
    for row in rows:
        days.setdefault(row.code, []).append(row.when.day)
    return {code: sorted(set(found)) for code, found in days.items()}


def initials(name):
    return "".join(part[0] for part in name.split())


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_flags_are_dealt_with_but_for_some_and_none_is_missing(engine):
    demo.create(engine, OPERATOR, patients=240)
    flags, steps = rows_of(engine, Flag), rows_of(engine, FlagAction)

    assert {flag.closed_at is None for flag in flags} == {True, False}
    for flag in flags:
        own = [step for step in steps if step.flag_id == flag.flag_id]
        assert flag.version == 1 + len(own)
        assert (flag.first_action_at is None) == (not own)
        assert not own or own[0].taken_at == flag.first_action_at > flag.raised_at
        assert all(step.taken_at < clock.now() for step in own)
    with writing(engine) as connection:
        everyone = connection.scalars(select(Patient.patient_id)).all()
        assert raise_flags(connection, everyone) == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_some_are_asked_and_of_these_some_pause_stop_or_miss(engine):
    demo.create(engine, OPERATOR, patients=300)
    wishes = rows_of(engine, CheckInWishes)

    assert {row.stopped_on is not None for row in wishes} == {True, False}
    assert {row.paused_until is not None for row in wishes} == {True, False}
    assert {row.mail_agreed_at is not None for row in wishes} == {True, False}
    assert any(
        MISSED_SHOWN <= row.missed <= MISSED_STILL_NEWS for row in read_missed(engine, OPERATOR)
    )
    today = clock.today()
    since = today - timedelta(days=90)
    sites = completion_by_site(engine, OPERATOR, since=since, until=today)
    assert 0.6 < sum(row.done for row in sites) / sum(row.expected for row in sites) < 0.9
    changes = rows_of(engine, CheckInWishChange)
    assert {row.what.get("by") for row in changes} == {None, "patient"}
    for row in wishes:
        assert row.version == sum(change.patient_id == row.patient_id for change in changes)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_pretend_check_in_was_answered_before_now_and_counts_as_done(engine):
    demo.create(engine, OPERATOR, patients=120)
    checkins = rows_of(engine, CheckIn)

    assert checkins
    assert max(row.submitted_at for row in checkins) <= clock.now()
    for row in checkins[:20]:
        [due] = [
            due
            for due in read_due(engine, OPERATOR, row.patient_id).dues
            if due.due_on == row.due_on
        ]
        assert due.state is State.DONE
        assert set(row.answers) <= set(row.instruments)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_next_infusions_are_booked_ahead_but_for_some_that_have_gone_by(engine):
    demo.create(engine, OPERATOR, patients=300, today=TODAY)
    infusions, given = rows_of(engine, Infusion), {}
    for row in infusions:
        given.setdefault(row.patient_id, []).append(row.given_on)

    latest = {}
    for row in sorted(rows_of(engine, PlannedInfusion), key=lambda row: row.version):
        assert row.planned_on.weekday() < 5 or row.planned_on < TODAY
        latest[row.patient_id] = row
    states = Counter(
        follow_booking(it.planned_on, it.made_on, given[patient], today=TODAY).state
        for patient, it in latest.items()
    )

    assert states[Booked.AWAITED] >= 20 > states[Booked.GONE_BY] >= 1
    assert {row.given_by for row in infusions} >= {"Robin Ellery", "Sasha Quill", None}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_most_screens_are_done_when_due_and_a_few_find_something(engine):
    demo.create(engine, OPERATOR, patients=300, today=TODAY)
    screens, given = rows_of(engine, Screen), {}
    for row in rows_of(engine, Infusion):
        given.setdefault(row.patient_id, []).append(row.given_on)

    for row in screens:
        entry = ScreenEntry(
            ScreenKind(row.kind), row.done_on, row.is_finding, tuple(row.findings), row.remark
        )
        check_screen(entry, today=TODAY)
    dues = [
        find_due(
            kind,
            [it.done_on for it in screens if (it.patient_id, it.kind) == (patient, kind)],
            days,
            ExposureRules(),
        )
        for patient, days in given.items()
        for kind in ScreenKind
    ]
    overdue = sum(due.is_due(TODAY) for due in dues) / len(dues)
    assert 0.02 <= overdue <= 0.4
    assert 0.01 <= sum(it.is_finding for it in screens) / len(screens) <= 0.15


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_some_prompts_are_put_aside_by_staff_and_none_about_safety(engine):
    demo.create(engine, OPERATOR, patients=240)
    reviews = rows_of(engine, PromptReview)
    found = read_morning(engine, OPERATOR, today=clock.today("America/Los_Angeles"))

    assert len(reviews) >= 2
    assert {row.patient_id for row in found.aside} == {row.patient_id for row in reviews}
    assert all(OF_SAFETY.isdisjoint(row.prompts) for row in reviews)
    assert len(found.rows) > 2 * len(reviews)
