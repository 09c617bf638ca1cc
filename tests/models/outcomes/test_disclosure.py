"""What is hidden stays hidden: from subtraction, from percentages, from the group's totals."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest

from models.outcomes.disclosure import Count, is_safe, publish_rows, publish_site
from models.outcomes.sites.breakdowns import break_down
from models.outcomes.sites.counting import add_up_patient, marks_of
from models.outcomes.sites.facts import Breakdown, Counted, Mark
from models.outcomes.sites.tally import Tally

FEWEST = 11
KINDS, REASONS, ROUTES = ("induction", "maintenance"), ("depression", "ptsd", "pain"), ("IV", "IM")


def marks(**counts):
    """Marks of as many patients as courses."""
    return {Mark(name): Count(n, n) for name, n in counts.items()}


def rows(**counts):
    return {
        name: marks(responded=yes, not_responding=no, stated=yes + no)
        for name, (yes, no) in counts.items()
    }


def invent(rng, patients, sites=3):
    """Patients of a few sites, each with one to four courses, as they count."""
    people = []
    for _ in range(patients):
        site, reason = int(rng.integers(sites)), REASONS[int(rng.choice(3, p=[0.6, 0.3, 0.1]))]
        people.append([_course(rng, site, reason, n) for n in range(1, int(rng.integers(2, 6)))])
    return people


def _course(rng, site, reason, number):
    steps = (
        Mark.RESPONDED,
        Mark.NOT_RESPONDING,
        Mark.NO_BASELINE,
        Mark.NOT_FOLLOWED,
        Mark.INELIGIBLE,
    )
    step = steps[int(rng.choice(5, p=[0.45, 0.3, 0.1, 0.1, 0.05]))]
    held = step is Mark.RESPONDED
    lower = int(rng.integers(0, 100)) if held else None
    lost = held and rng.random() < 0.5
    stated = held or step is Mark.NOT_RESPONDING
    return Counted(
        site,
        "PHQ-9",
        number,
        date(2026, int(rng.integers(1, 7)), 1),
        KINDS[int(number > 1)],
        reason,
        ROUTES[int(rng.random() < 0.2)],
        step=step,
        remitted=bool(held and rng.random() < 0.6) if stated else None,
        change=Mark.IMPROVED if held else Mark.UNCHANGED if stated else None,
        lower_days=lower,
        upper_days=lower + 7 if lost else None,
    )


def count(people):
    tally = Tally()
    for courses in people:
        tally.add(add_up_patient(courses))
    return tally


def publish(people, sites):
    """Everything a manager gets of these people: (what, over which courses) -> count.

    What is asked is a set of courses: (patient, course number).
    """
    tally = count(people)
    tables = {b: tally.rows_of("PHQ-9", b) for b in Breakdown}
    answers = {}
    for site in range(sites):
        mine = tables[Breakdown.ALL].get(site, {}).get("", {})
        for name, n in publish_site(mine, FEWEST).items():
            answers[site, "all", "", name] = n
    named = {b: {str(s): t.get(s, {}) for s in range(sites)} for b, t in tables.items()}
    site_lines, group_lines = break_down(named, FEWEST)
    for site, breakdown, value, stated, responded in [*site_lines, *group_lines]:
        if stated is not None:
            where = "group" if site == "" else int(site)
            answers[where, breakdown, value, "stated"] = stated
            answers[where, breakdown, value, "responded"] = responded
    return answers


STATED = (Mark.RESPONDED, Mark.NOT_RESPONDING)


def _bears(course, name):
    borne = set(marks_of(course))
    falls = {"stated": set(), "followed": {Mark.INELIGIBLE}}
    falls["baseline"] = {Mark.INELIGIBLE, Mark.NOT_FOLLOWED}
    if name in falls:
        return course.step in STATED or course.step in falls[name]
    return Mark(name) in borne


def _is_in(course, breakdown, value):
    month = f"{course.month:%Y-%m}"
    own = {
        "all": "",
        "kind": course.kind,
        "indication": course.indication,
        "route": course.route,
        "month": month,
        "quarter": f"{course.month.year}-Q{(course.month.month + 2) // 3}",
    }
    return own[breakdown] == value


def courses_behind(answer, people, answers):
    """The courses an answer is about, as everybody knows its definition."""
    site, breakdown, value, name = answer
    wanted = {site} if site != "group" else _sites_summed(breakdown, value, people, answers)
    return {
        (person, course.course_no)
        for person, courses in enumerate(people)
        for course in courses
        if course.site in wanted and _is_in(course, breakdown, value) and _bears(course, name)
    }


def _sites_summed(breakdown, value, people, answers):
    """A group's line is the sum of the sites' lines shown, or of all sites that are shown."""
    own = {a[0] for a in answers if a[0] != "group" and a[1:3] == (breakdown, value)}
    shown = {a[0] for a in answers if a[0] != "group" and a[1] == "all" and a[3] == "responded"}
    rows = {a[0] for a in answers if a[0] != "group" and a[1] == breakdown}
    return own if rows else shown


@pytest.mark.parametrize("seed", range(10))
def test_no_two_of_500_random_pairs_of_answers_give_a_small_number_away(seed):
    rng = np.random.default_rng(seed)
    people = invent(rng, int(rng.integers(60, 400)))
    answers = publish(people, 3)
    assert answers, "nothing is shown, so nothing is tested"
    behind = {answer: courses_behind(answer, people, answers) for answer in answers}

    for answer, courses in behind.items():
        assert answers[answer] == len(courses), answer
        assert _few(courses) is None, answer
    keys = list(behind)
    pairs = [rng.choice(len(keys), 2, replace=False) for _ in range(500)]
    for first, second in [(keys[a], keys[b]) for a, b in pairs]:
        for larger, smaller in ((first, second), (second, first)):
            if behind[smaller] <= behind[larger]:
                assert _few(behind[larger] - behind[smaller]) is None, (larger, smaller)


@pytest.mark.parametrize("seed", range(5))
def test_no_small_number_follows_from_all_answers_together(seed):
    # Any sum and difference of everything shown, with any factors: the rows' span.
    rng = np.random.default_rng(200 + seed)
    people = invent(rng, int(rng.integers(80, 300)))
    answers = publish(people, 3)
    behind = {answer: courses_behind(answer, people, answers) for answer in answers}
    order = {
        (p, c.course_no): i
        for i, (p, c) in enumerate((p, c) for p, cs in enumerate(people) for c in cs)
    }
    small = {
        answer: courses
        for answer in set(_askable(people))
        if _few(courses := courses_behind(answer, people, answers)) is not None
    }
    assert len(small) > 20
    known = np.zeros((len(order), len(behind)))
    for column, courses in enumerate(behind.values()):
        known[[order[course] for course in courses], column] = 1
    for answer, courses in small.items():
        wanted = np.zeros(len(order))
        wanted[[order[course] for course in courses]] = 1
        combination = np.linalg.lstsq(known, wanted, rcond=None)[0]
        assert np.abs(known @ combination - wanted).max() > 1e-6, answer


def _askable(people):
    """Every cell there is: site, breakdown, value, mark."""
    courses = [course for held in people for course in held]
    for site in {course.site for course in courses}:
        for name in (*Mark, "stated", "followed", "baseline"):
            yield site, "all", "", str(name)
        for course in courses:
            month = f"{course.month:%Y-%m}"
            for breakdown, value in (
                ("kind", course.kind),
                ("indication", course.indication),
                ("route", course.route),
                ("month", month),
                ("quarter", f"2026-Q{(course.month.month + 2) // 3}"),
            ):
                for name in ("stated", "responded", "not_responding"):
                    yield site, breakdown, value, name


def _few(courses):
    """How many patients these courses point at, if 1 to 10."""
    patients = len({person for person, _ in courses})
    return patients if 0 < patients < FEWEST else None


@pytest.mark.parametrize("seed", range(6))
def test_a_site_s_rows_cannot_be_worked_out_from_any_sum_of_others(seed):
    # Every way to add up some rows and take them off the site's total, not just pairs.
    rng = np.random.default_rng(100 + seed)
    people = invent(rng, 150, sites=1)
    answers = publish(people, 1)
    behind = {answer: courses_behind(answer, people, answers) for answer in answers}
    for name in ("stated", "responded"):
        whole = behind.get((0, "all", "", name))
        for breakdown in ("kind", "indication", "route", "quarter", "month"):
            parts = [b for a, b in behind.items() if a[:2] == (0, breakdown) and a[3] == name]
            for size in range(1, len(parts) + 1):
                for chosen in combinations(parts, size):
                    rest = (whole or set()) - set().union(*chosen)
                    assert whole is None or _few(rest) is None


def test_a_row_too_small_takes_another_with_it():
    total = marks(responded=90, not_responding=80, stated=170)
    shown = publish_rows(rows(a=(50, 40), b=(37, 38), c=(3, 2)), total, FEWEST)

    assert shown == {"a": {"stated": 90, "responded": 50}, "b": None, "c": None}


def test_two_small_rows_that_are_many_together_need_no_third():
    total = marks(responded=74, not_responding=66, stated=140)
    many = {"a": (50, 40), "b": (12, 15), "c": (12, 11)}
    assert None not in publish_rows(rows(**many), total, FEWEST).values()

    few = {"a": (50, 44), "b": (8, 11), "c": (16, 11)}
    shown = publish_rows(rows(**few), total, FEWEST)
    assert [name for name, row in shown.items() if row is None] == ["b", "c"]


def test_steps_that_would_show_how_few_fell_out_are_left_out():
    funnel = marks(
        treated=100, no_baseline=30, not_followed=4, ineligible=0, stated=66,
        responded=40, not_responding=26,
    )  # fmt: skip
    shown = publish_site(funnel, FEWEST)

    assert shown["treated"] == 100
    assert shown["stated"] == 66
    # 70 with a baseline would leave 4; 66 followed up leaves 34 who fell out of both.
    assert "baseline" not in shown
    assert shown["followed"] == 66


def test_an_outcome_of_nearly_all_or_nearly_none_is_hidden():
    for yes, no, is_told in ((30, 5, False), (5, 30, False), (30, 0, True), (20, 15, True)):
        one = marks(treated=yes + no, stated=yes + no, responded=yes, not_responding=no)
        assert (Mark.RESPONDED in publish_site(one, FEWEST)) is is_told


def test_remission_is_hidden_where_it_would_leave_few_responders():
    site = marks(
        treated=100, stated=100, responded=50, not_responding=50, remitted=45, not_remitted=55,
        responded_only=5,
    )  # fmt: skip
    shown = publish_site(site, FEWEST)

    assert shown[Mark.RESPONDED] == 50
    assert Mark.REMITTED not in shown


def test_many_courses_of_few_patients_are_few():
    assert not is_safe([Count(80, 9)], FEWEST)
    assert is_safe([Count(80, 11)], FEWEST)
    assert is_safe([Count(0, 0)], FEWEST)


def test_what_no_site_may_show_the_group_shows_in_its_place_and_never_both():
    rng = np.random.default_rng(5)
    tally = count(invent(rng, 110, sites=4))
    tables = {b: {str(s): rows for s, rows in tally.rows_of("PHQ-9", b).items()} for b in Breakdown}
    sites, group = break_down(tables, FEWEST)

    for breakdown in Breakdown:
        by_site = [line for line in sites if line[1] == breakdown and line[3] is not None]
        by_group = {line[2]: line[3] for line in group if line[1] == breakdown}
        for value in {line[2] for line in by_site}:
            assert by_group[value] == sum(line[3] for line in by_site if line[2] == value)
    assert any(line[1] == "month" and line[3] for line in group)
    assert not any(line[1] == "month" and line[3] for line in sites)
