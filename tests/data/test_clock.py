"""Local days and times: a day of follow-up is a calendar day at the site, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import clock
from data.clock import instant, moment
from data.instruments import catalogue
from models.outcomes.courses import group_courses
from models.outcomes.episodes import build_episodes
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules

# A clock time at a site, the instant it means, and how it reads when taken from the database.
CASES = """
zone                | local            | UTC                 | reads
America/New_York    | 2026-03-08 01:59 | 2026-03-08 06:59    | 01:59
America/New_York    | 2026-03-08 02:30 | 2026-03-08 07:30    | 03:30
America/New_York    | 2026-03-08 03:00 | 2026-03-08 07:00    | 03:00
America/New_York    | 2026-11-01 01:30 | 2026-11-01 05:30    | 01:30
America/New_York    | 2026-11-01 02:00 | 2026-11-01 07:00    | 02:00
Australia/Lord_Howe | 2026-10-04 02:10 | 2026-10-03 15:40    | 02:40
Australia/Lord_Howe | 2026-10-04 02:30 | 2026-10-03 15:30    | 02:30
Australia/Lord_Howe | 2026-04-05 01:45 | 2026-04-04 14:45    | 01:45
Australia/Lord_Howe | 2026-07-01 12:00 | 2026-07-01 01:30    | 12:00
Asia/Kathmandu      | 2026-06-01 05:44 | 2026-05-31 23:59    | 05:44
Asia/Kathmandu      | 2026-06-01 05:45 | 2026-06-01 00:00    | 05:45
Pacific/Kiritimati  | 2026-06-02 00:00 | 2026-06-01 10:00    | 00:00
America/Denver      | 2026-06-07 23:59 | 2026-06-08 05:59    | 23:59
UTC                 | 2026-06-07 23:59 | 2026-06-07 23:59    | 23:59
"""


def read_cases() -> list[tuple[str, datetime, datetime, time]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()[1:]]
    return [
        (
            zone,
            datetime.fromisoformat(local),  # a clock on the wall has no offset
            datetime.fromisoformat(utc).replace(tzinfo=UTC),
            time.fromisoformat(reads),
        )
        for zone, local, utc, reads in rows
    ]


@pytest.mark.parametrize(("zone", "local", "utc", "reads"), read_cases())
def test_a_local_time_is_kept_as_an_instant_and_reads_as_it_was_meant(zone, local, utc, reads):
    kept = instant(local.date(), local.time(), zone)

    assert kept == utc
    assert kept.tzinfo is UTC
    assert moment(local.date(), kept, zone) == Moment(local.date(), reads)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 1)])
def test_a_day_without_a_time_stays_that_day_in_every_zone(day):
    for zone in ("America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        assert instant(day, None, zone) is None
        assert moment(day, None, zone) == Moment(day, None)


def test_midnight_is_a_time_not_a_missing_one():
    kept = instant(date(2026, 6, 1), time(0), "America/Denver")

    assert kept == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert moment(date(2026, 6, 1), kept, "America/Denver").time == time(0)


def test_a_time_that_came_twice_reads_the_same_both_times():
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    day = date(2026, 11, 1)

    assert moment(day, first, "America/New_York") == moment(day, second, "America/New_York")


ZONES = st.sampled_from(
    ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/London", "UTC"]
)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), ZONES)  # noqa: DTZ001
def test_what_was_written_is_read_back_unless_the_clocks_skipped_it(local, zone):
    kept = instant(local.date(), local.time(), zone)
    read = moment(local.date(), kept, zone)

    back = kept.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    skipped = back != local  # an hour, or half an hour, that was not on the wall
    assert read.day == local.date()
    assert read.time == local.time() or (skipped and read.time > local.time())


@pytest.mark.parametrize(
    ("utc", "zone", "day"),
    [
        ("2026-11-21 06:59", "America/Denver", date(2026, 11, 20)),
        ("2026-11-21 07:00", "America/Denver", date(2026, 11, 21)),
        ("2026-06-21 05:59", "America/Denver", date(2026, 6, 20)),
        ("2026-06-21 06:00", "America/Denver", date(2026, 6, 21)),
        ("2026-06-20 10:00", "Pacific/Kiritimati", date(2026, 6, 21)),
        ("2026-06-20 18:15", "Asia/Kathmandu", date(2026, 6, 21)),
        ("2026-06-20 18:14", "Asia/Kathmandu", date(2026, 6, 20)),
        ("2026-06-20 23:59", "UTC", date(2026, 6, 20)),
    ],
)
def test_today_is_the_day_on_the_wall_at_the_site(utc, zone, day, monkeypatch):
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)

    assert clock.today(zone) == day


def test_now_knows_that_it_is_in_utc():
    assert clock.now().utcoffset().total_seconds() == 0


def keep_and_read(local: str, zone: str) -> Moment:
    """Return a wall time as it comes back from the database."""
    day, _, at = local.partition(" ")
    on = date.fromisoformat(day)
    return moment(on, instant(on, time.fromisoformat(at), zone), zone)


@pytest.mark.parametrize(
    ("zone", "infusion", "score", "days"),
    [
        # The night of the spring change is an hour short, that of the autumn change an hour long.
        ("America/New_York", "2026-03-07 23:50", "2026-03-08 00:10", 1),
        ("America/New_York", "2026-03-07 23:59", "2026-03-14 00:01", 7),
        ("America/New_York", "2026-03-04 00:01", "2026-03-11 23:59", 7),
        ("America/New_York", "2026-10-28 23:59", "2026-11-04 00:01", 7),
        ("America/New_York", "2026-11-01 00:30", "2026-11-01 23:30", 0),
        ("Australia/Lord_Howe", "2026-09-30 09:00", "2026-10-07 08:00", 7),
        ("Asia/Kathmandu", "2026-06-01 23:59", "2026-06-08 00:00", 7),
        ("Pacific/Kiritimati", "2026-06-01 09:00", "2026-06-08 23:59", 7),
    ],
)
def test_day_seven_after_an_infusion_is_seven_calendar_days_later(zone, infusion, score, days):
    given_at, seen_at = keep_and_read(infusion, zone), keep_and_read(score, zone)
    rules = Rules()
    courses = group_courses([given_at], rules)
    scores = [Score(Moment(given_at.day, None), 20), Score(seen_at, 5)]

    episode = build_episodes(courses, scores, catalogue()["PHQ-9"], rules)[0]

    assert (seen_at.day - given_at.day).days == days
    assert episode.lower_days == days


@pytest.mark.parametrize(
    ("first", "second", "courses"),
    [
        # 14 calendar days: 335 hours in spring, 337 in autumn, and nearly 15 days of 24 hours.
        ("2026-03-01 12:00", "2026-03-15 12:00", 1),
        ("2026-10-25 12:00", "2026-11-08 12:00", 1),
        ("2026-10-25 00:01", "2026-11-08 23:59", 1),
        # 15 calendar days, though hardly more than 14 of 24 hours.
        ("2026-03-01 23:59", "2026-03-16 00:01", 2),
    ],
)
def test_the_pause_between_courses_is_counted_in_calendar_days(first, second, courses):
    zone = "America/New_York"
    moments = [keep_and_read(first, zone), keep_and_read(second, zone)]

    assert len(group_courses(moments, Rules())) == courses


def test_a_score_before_an_infusion_on_a_changing_day_stays_before_it():
    before = keep_and_read("2026-11-01 00:59", "America/New_York")
    infusion = keep_and_read("2026-11-01 01:30", "America/New_York")
    after = keep_and_read("2026-11-01 02:00", "America/New_York")

    assert not before.is_after(infusion)
    assert after.is_after(infusion)


def test_a_patient_elsewhere_is_seen_on_the_day_and_time_of_the_site():
    # 23:30 on Sunday in Denver, 01:30 on Monday in New York: the site in Denver decides.
    at = datetime(2026, 6, 8, 5, 30, tzinfo=UTC)

    assert moment(date(2026, 6, 7), at, "America/Denver") == Moment(date(2026, 6, 7), time(23, 30))
