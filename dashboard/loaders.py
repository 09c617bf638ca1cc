"""What pages ask for, on the configured database. The only place that caches.

Cached are counts and curves of a whole clinic, keyed by plain values and by what a person may see,
because Streamlit's cache is shared by everybody; never a patient's answers.
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from data import clock
from data.database import configured_engine
from data.outlook_switch import is_outlook_on
from data.policies import RULES
from data.queries.backtests import Trust, read_trust
from data.queries.chart import Chart, read_chart
from data.queries.due import MissedForms, SiteCompletion, completion_by_site, read_missed
from data.queries.durations import DurationFilter, Durations, read_durations, summarise_courses
from data.queries.first_action import FirstAction, time_to_first_action
from data.queries.givers import read_givers
from data.queries.group import Group, read_group
from data.queries.morning import Morning, read_morning
from data.queries.morning_outlooks import read_morning_outlooks
from data.queries.morning_rows import NearOutlook
from data.queries.patients import PatientFilter, PatientPage, count_by_status, list_patients
from data.queries.policies import read_policy
from data.queries.sites import read_sites
from data.queries.work import Work, read_work
from data.site_reports import SitesReport
from models.outcomes.curves import Summary
from models.outcomes.rules import Rules
from models.outcomes.standing import Status
from models.policy import Person

# Counts may be this many seconds old; a record just entered shows at once on its own chart.
COUNTS_TTL = 20
# A form becomes missed at midnight, and one that is filled in leaves the list within minutes.
SCHEDULES_TTL = 120


def group(person: Person) -> Group:
    return _group(_key(person), person)


def today(person: Person) -> date:
    """Return the day by which lists are reckoned."""
    return clock.today(group(person).zone)


def morning(person: Person, site_id: UUID | None) -> Morning:
    """Return who to look at; whose forms were missed only where the schedules are not too many.

    The outlooks are in it where they are switched on, and not those of too many.
    """
    return read_morning(
        configured_engine(),
        person,
        today=today(person),
        site_id=site_id,
        missed=_missed(_key(person), site_id, person),
        outlooks=_outlooks(_key(person), site_id, today(person), person)
        if is_outlook_on()
        else None,
    )


def tells_outlooks(person: Person, site_id: UUID | None) -> bool:
    """Return whether the outlooks were few enough to be worked out, or are not wanted."""
    if not is_outlook_on():
        return True
    return _outlooks(_key(person), site_id, today(person), person) is not None


def work(person: Person, site_id: UUID | None, *, days: int) -> tuple[Work, ...]:
    """Return who has done how much about flags and prompts in the last days."""
    return _work(_key(person), site_id, days, person)


def counts(person: Person, site_id: UUID | None = None) -> dict[Status, int]:
    return _counts(_key(person), site_id, today(person), person)


def first_action(person: Person, site_id: UUID | None, *, days: int) -> FirstAction:
    """Return how long flags of the last days waited for somebody, at one's sites together."""
    return _first_actions(_key(person), site_id, days, today(person), person)[0]


def first_action_by_site(person: Person, *, days: int) -> tuple[FirstAction, ...]:
    """Return the same for all sites together and then for each."""
    return _first_actions(_key(person), None, days, today(person), person)


def completion(person: Person, *, days: int) -> list[SiteCompletion]:
    """Return how many forms that were due in the last days were done, site by site."""
    return _completion(_key(person), days, today(person), person)


def patients(person: Person, wanted: PatientFilter, page: int) -> PatientPage:
    return list_patients(configured_engine(), person, wanted, today=today(person), page=page)


def chart(person: Person, patient_id: UUID) -> Chart:
    return read_chart(configured_engine(), person, patient_id)


def durations(person: Person, wanted: DurationFilter) -> Durations:
    return read_durations(configured_engine(), person, wanted, today=today(person))


def trust(person: Person, instrument: str) -> Trust:
    return read_trust(configured_engine(), person, instrument)


def givers(person: Person, site_id: UUID, today: date) -> tuple[str, ...]:
    """Return the names to offer for who gave an infusion at a site."""
    return _givers(_key(person), site_id, today, person)


def rules(person: Person) -> Rules:
    return read_policy(configured_engine(), person, RULES)


def duration_summary(person: Person, wanted: DurationFilter) -> Summary:
    return _summary(_key(person), astuple(wanted), today(person), person, wanted)


def sites(person: Person, instrument: str) -> SitesReport:
    """Return the sites beside one another; kept for each reader apart, as each look is audited."""
    return _sites(_key(person), person.user_id, instrument, person)


def forget() -> None:
    """Drop the cached counts after a write, so that the writer sees it at once."""
    _group.clear()
    _counts.clear()
    _first_actions.clear()
    _completion.clear()
    _missed.clear()
    _outlooks.clear()
    _work.clear()
    _summary.clear()
    _sites.clear()
    _givers.clear()


def forget_work() -> None:
    """Drop who has done how much, after a prompt was put aside: nothing else has changed."""
    _work.clear()


def _key(person: Person) -> str:
    """Name what a person may see: two people with the same key see the same counts."""
    sites = "all" if person.sites is None else ",".join(sorted(map(str, person.sites)))
    return f"{'+'.join(sorted(person.roles))}|{sites}"


# A group is frozen, so that all may share it; unpickling its sites at every rerun is not free.
@st.cache_resource(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _group(seen_by: str, _person: Person) -> Group:
    return read_group(configured_engine(), _person)


@st.cache_data(ttl=COUNTS_TTL, max_entries=256, show_spinner=False)
def _counts(seen_by: str, site_id: UUID | None, today: date, _person: Person) -> dict[Status, int]:
    return count_by_status(configured_engine(), _person, today=today, site_id=site_id)


@st.cache_resource(ttl=SCHEDULES_TTL, max_entries=64, show_spinner=False)
def _missed(seen_by: str, site_id: UUID | None, _person: Person) -> tuple[MissedForms, ...]:
    return tuple(read_missed(configured_engine(), _person, site_id))


# Each takes a millisecond, and none changes but with a new score or a new day.
@st.cache_resource(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _outlooks(
    seen_by: str, site_id: UUID | None, today: date, _person: Person
) -> dict[UUID, NearOutlook] | None:
    return read_morning_outlooks(configured_engine(), _person, today=today, site_id=site_id)


@st.cache_resource(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _work(seen_by: str, site_id: UUID | None, days: int, _person: Person) -> tuple[Work, ...]:
    since = clock.now() - timedelta(days=days)
    return read_work(configured_engine(), _person, since=since, site_id=site_id)


@st.cache_data(ttl=COUNTS_TTL, max_entries=256, show_spinner=False)
def _first_actions(
    seen_by: str, site_id: UUID | None, days: int, today: date, _person: Person
) -> tuple[FirstAction, ...]:
    until = clock.now() + timedelta(seconds=1)
    since = until - timedelta(days=days)
    engine = configured_engine()
    return time_to_first_action(engine, _person, since=since, until=until, site_id=site_id)


@st.cache_data(ttl=SCHEDULES_TTL, max_entries=64, show_spinner=False)
def _completion(seen_by: str, days: int, today: date, _person: Person) -> list[SiteCompletion]:
    since, until = today - timedelta(days=days), today
    return completion_by_site(configured_engine(), _person, since=since, until=until)


@st.cache_data(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _summary(
    seen_by: str, wanted: tuple[Any, ...], today: date, _person: Person, _wanted: DurationFilter
) -> Summary:
    courses = read_durations(configured_engine(), _person, _wanted, today=today).courses
    return summarise_courses(courses)


# Nobody changes a report, so that the same one may be drawn at every rerun.
@st.cache_resource(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _sites(seen_by: str, user_id: UUID | None, instrument: str, _person: Person) -> SitesReport:
    return read_sites(configured_engine(), _person, instrument)


@st.cache_data(ttl=COUNTS_TTL, max_entries=64, show_spinner=False)
def _givers(seen_by: str, site_id: UUID, today: date, _person: Person) -> tuple[str, ...]:
    return read_givers(configured_engine(), _person, site_id=site_id, today=today)
