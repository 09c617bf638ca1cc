"""Where check-ins stand is kept with every change, and counts what each schedule would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from data import clock, demo
from data.actions.checkin_wishes import set_wishes
from data.actions.policies import set_policy
from data.actions.withdrawals import withdraw_record
from data.checkins.dues import load_facts
from data.checkins.forms import submit
from data.checkins.standings import WAS_ASKED, refresh_all_standings
from data.database import reading, writing
from data.importers import import_files, read_path
from data.messages.reminders import plan_reminders
from data.policies import PLAN, in_force
from data.queries.due import completion_by_site, read_missed
from models.checkins.plan import Plan
from models.checkins.schedule import completion, missed_in_a_row
from models.policy import OPERATOR
from models.tables import CheckInStanding, CheckInWishes, Infusion, Patient, Site, SiteCheckIns
from tests.checkins import ask
from tests.clinic import only_row, rows_of
from tests.histories import on


def refresh(engine) -> int:
    with writing(engine) as connection:
        return refresh_all_standings(connection)


def test_every_change_keeps_them_current(clinic):
    asked = ask(clinic)
    engine, patient_id = clinic.engine, asked.patient_id

    def stands_differently() -> None:
        now = only_row(engine, CheckInStanding)
        assert refresh(engine) == 0
        assert now not in seen
        seen.append(now)

    seen = [None]
    stands_differently()
    token = asked.link().token
    stands_differently()
    asked.answer(token, *[1] * 10)
    submit(engine, token)
    stands_differently()
    clinic.record(patient_id, "day | PHQ-9 | NRS-11 \n -5 | 9 | 4")
    stands_differently()
    for version, changes in enumerate(({"weekday": 2}, {"stopped": True}, {"stopped": False})):
        set_wishes(
            engine, asked.person, patient_id=patient_id, seen_version=version, changes=changes
        )
        stands_differently() if version < 2 else None
    infusion = only_row(engine, Infusion)
    withdraw_record(
        engine,
        OPERATOR,
        "infusion",
        patient_id=patient_id,
        record_id=infusion.infusion_id,
        seen_version=1,
        reason="another patient's",
    )
    stands_differently()
    set_policy(engine, OPERATOR, PLAN, Plan(baseline_every=14), reason="less often")
    stands_differently()


def test_what_was_damaged_is_put_right_and_counted(clinic):
    patient_id = ask(clinic).patient_id
    good = rows_of(clinic.engine, SiteCheckIns)
    with writing(clinic.engine) as connection:
        wrong = {"forms": [739_000, 6, 0], "missed_from": on(0)}
        here = CheckInStanding.patient_id == patient_id
        connection.execute(update(CheckInStanding).where(here).values(**wrong))

    assert refresh(clinic.engine) > 0

    assert rows_of(clinic.engine, SiteCheckIns) == good
    assert refresh(clinic.engine) == 0


def slow_counts(engine, since, until):
    """Return patients, done and expected by site, from every patient's own schedule."""
    found = {}
    with reading(engine) as connection:
        plan = in_force(connection, PLAN)
        for facts in load_facts(connection, list(connection.scalars(select(Patient.patient_id)))):
            done, expected = completion(facts.dues(plan), since=since, until=until)
            sums = found.get(facts.site_id, (0, 0, 0))
            counted = (int(expected > 0), done, expected)
            found[facts.site_id] = tuple(a + b for a, b in zip(sums, counted, strict=True))
    return found


def slow_missed(engine, today):
    with reading(engine) as connection:
        plan = in_force(connection, PLAN)
        asked = list(connection.scalars(select(Patient.patient_id).where(WAS_ASKED)))
        paused = select(CheckInWishes.patient_id).where(
            CheckInWishes.paused_from <= today, CheckInWishes.paused_until >= today
        )
        away = set(connection.scalars(paused))
        return {
            facts.patient_id: missed
            for facts in load_facts(connection, asked)
            if facts.patient_id not in away and (facts.left_on is None or facts.left_on > today)
            if 2 <= (missed := missed_in_a_row(facts.dues(plan))) <= 8
        }


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_pretend_group_is_counted_as_schedule_by_schedule(engine):
    demo.create(engine, OPERATOR, patients=60)
    with writing(engine) as connection:  # one clock for all, as days differ around midnight
        connection.execute(update(Site).values(time_zone="America/Denver"))
        connection.execute(update(CheckInWishes).values(time_zone=None))
    today = clock.today("America/Denver")
    for days in (0, 13, 90):
        since, until = today - timedelta(days=days), today
        rows = completion_by_site(engine, OPERATOR, since=since, until=until)
        fast = {row.site_id: (row.patients, row.done, row.expected) for row in rows}
        slow = slow_counts(engine, since, until)
        assert {site: sums for site, sums in fast.items() if any(sums)} == {
            site: sums for site, sums in slow.items() if any(sums)
        }
    listed = {row.patient_id: row.missed for row in read_missed(engine, OPERATOR)}
    assert listed == slow_missed(engine, today)
    assert refresh(engine) == 0


def test_an_import_keeps_them_too(engine, tmp_path):
    (tmp_path / "patients.csv").write_text("patient_id,site,indication\nA-1,Denver,ocd\n")
    (tmp_path / "infusions.csv").write_text("patient_id,date\nA-1,2026-01-05\n")
    (tmp_path / "scores.csv").write_text(
        "patient_id,date,instrument,score\nA-1,2026-01-12,PHQ-9,12\nA-1,2026-01-12,OCD-NRS,5\n"
    )
    import_files(engine, OPERATOR, read_path(tmp_path))
    assert sum(row.done for row in rows_of(engine, SiteCheckIns)) == 1
    assert refresh(engine) == 0
    (tmp_path / "patients.csv").write_text("patient_id,site,left_on\nA-1,Denver,2026-02-01\n")
    import_files(engine, OPERATOR, read_path(tmp_path))
    assert max(row.due_on for row in rows_of(engine, SiteCheckIns)) < date(2026, 2, 1)
    assert refresh(engine) == 0


def test_many_writers_at_once_leave_nothing_to_put_right(clinic):
    patients = [clinic.register(f"P-{number}") for number in range(4)]

    def infuse(patient):
        clinic.record(patient, "day | infusion\n 0 | yes")

    def score(patient):
        clinic.record(patient, "day | PHQ-9\n 7 | 9")

    def wish(patient):
        changes = {"weekday": 3, "hour": 9}
        set_wishes(clinic.engine, OPERATOR, patient_id=patient, seen_version=0, changes=changes)

    acts = [(act, patient) for patient in patients for act in (infuse, score, wish)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda it: it[0](it[1]), acts))
        list(pool.map(lambda _: plan_reminders(clinic.engine), range(3)))

    assert refresh(clinic.engine) == 0
    assert len(rows_of(clinic.engine, CheckInStanding, was_asked=True)) == 4
