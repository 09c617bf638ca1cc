"""Read twice, the published figures tell of nobody: not by time, not by rows, not in a file."""

from __future__ import annotations

from itertools import combinations
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, select, update

from data import clock
from data.database import reading, writing
from data.exporters.sites import export_sites
from data.freshness import count_fresh, mark_fresh
from data.frozen import freeze, thaw
from data.importers import import_files
from data.publications import publish, read_published
from data.queries.sites import read_sites
from data.results import recompute
from data.site_counts import add_to_counts, counted_row, note_changes
from data.site_reports import SitesReport
from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import Count, publish_site
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.sites.renewal import WHOLE, find_changes
from models.outcomes.sites.tally import Tally
from models.outcomes.sites.verdicts import Measure
from models.policy import OPERATOR, Person, Role
from models.tables import Assessment, Patient, Site
from tests.clinic import rows_of
from tests.data.queries.test_sites import MANAGER, administrator, contents, fill
from tests.models.outcomes.test_disclosure import invent

NOT_YET = ()
FIVE = {"Denver": 40, "Phoenix": 34, "Reno": 32, "Mesa": 36, "Tucson": 30}


def more(engine, first, last):
    """Import some more patients of Denver, each with a course that is over and responded."""
    patients, infusions = ["patient_id,site"], ["patient_id,date,route"]
    scores = ["patient_id,date,instrument,score"]
    for number in range(first, last):
        patients.append(f"NEW-{number},Denver")
        infusions.append(f"NEW-{number},2025-09-10,IV")
        days = ("2025-09-08", "2025-09-17", "2025-11-20", "2025-11-27")
        for day, total in zip(days, (20, 4, 19, 19), strict=True):
            scores.append(f"NEW-{number},{day},PHQ-9,{total}")
    tables = {"patients": patients, "infusions": infusions, "scores": scores}
    files = [(f"{name}.csv", "\n".join(rows).encode()) for name, rows in tables.items()]
    assert import_files(engine, OPERATOR, files).refusals == []


def denver(report, step="treated"):
    rows = report.funnel[report.funnel["site"] == "Denver"].set_index("step")
    return int(rows["courses"][step])


def test_one_more_course_changes_nothing_and_eleven_do(clinic, tmp_path):
    fill(clinic.engine, FIVE)
    before = read_sites(clinic.engine, MANAGER, "PHQ-9")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    export_sites(clinic.engine, administrator(), first, instrument="PHQ-9")
    for known in range(10):
        more(clinic.engine, known, known + 1)
    after = read_sites(clinic.engine, MANAGER, "PHQ-9")
    export_sites(clinic.engine, administrator(), second, instrument="PHQ-9")

    assert freeze(after) == freeze(before)
    assert second.read_text() == first.read_text()

    clinic.set_day(90)
    more(clinic.engine, 10, 11)
    renewed = read_sites(clinic.engine, MANAGER, "PHQ-9")
    assert denver(renewed) == denver(before) + 11
    assert renewed.renewed["Denver"] > before.renewed["Denver"]
    assert renewed.renewed["Reno"] == before.renewed["Reno"]
    with reading(clinic.engine) as connection:
        assert count_fresh(connection, "PHQ-9") == {}


def test_who_counts_as_published_again_has_not_changed(clinic):
    fill(clinic.engine, FIVE)
    read_sites(clinic.engine, MANAGER, "PHQ-9")
    form = next(
        form
        for form in rows_of(clinic.engine, Assessment)
        if form.total == 18 and form.version == 1
    )
    for total in (1, 18):
        with writing(clinic.engine) as connection:
            here = Assessment.assessment_id == form.assessment_id
            connection.execute(update(Assessment).where(here).values(total=total))
            recompute(connection, [form.patient_id])
        with reading(clinic.engine) as connection:
            assert bool(count_fresh(connection, "PHQ-9")) is (total == 1)


def test_a_site_of_which_nothing_is_shown_yet_need_not_wait(clinic):
    fill(clinic.engine, FIVE | {"Denver": 4})
    assert "Denver" not in set(read_sites(clinic.engine, MANAGER, "PHQ-9").funnel["site"])
    more(clinic.engine, 0, 8)
    assert denver(read_sites(clinic.engine, MANAGER, "PHQ-9"), "stated") == 12


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_no_two_readings_differ_by_fewer_than_eleven_patients(clinic):
    """Whoever reads again after every single change, and subtracts whatever they like."""
    rng = np.random.default_rng(5)
    sites = [clinic.denver, clinic.phoenix]
    now = {}
    readings = []
    for step in range(18):
        now = _change(clinic.engine, rng, sites, now, few=step % 3)
        publish(clinic.engine, "PHQ-9", fewest=FEWEST_SHOWN)
        readings.append(_read(clinic.engine, now, readings))
    renewals = 0
    for first, second in combinations(readings, 2):
        for site in sites:
            for figure, changed in _differences(site, first, second).items():
                assert changed >= FEWEST_SHOWN, f"{figure} of {changed} patients"
                renewals += 1
    assert renewals > 100


def _change(engine, rng, sites, now, *, few):
    """Some patients count as something else: a new course, another outcome, one more week."""
    size = (2, 6, 25)[few]
    people = invent(rng, size, sites=2)
    known = list(now)
    with writing(engine) as connection:
        tally = Tally()
        for courses in people:
            is_new = not known or rng.random() < 0.6
            key = _register(connection, sites[0]) if is_new else known[rng.integers(len(known))]
            held = tuple(_placed(course, sites) for course in courses)
            before = [counted_row(key, course) for course in now.get(key, [])]
            after = [counted_row(key, course) for course in held]
            note_changes(tally, before, after)
            mark_fresh(connection, before, after)
            now = now | {key: held}
        add_to_counts(connection, tally)
    return now


def _placed(course, sites):
    facts = {name: getattr(course, name) for name in course.__slots__}
    return type(course)(**facts | {"site": sites[course.site]})


def _register(connection, site):
    key = uuid4()
    row = {"patient_id": key, "code": str(key), "site_id": site, "covariates": {}}
    row |= {"recorded_by": "Anna", "recorded_at": clock.now()}
    connection.execute(insert(Patient), [row])
    return key


def _read(engine, now, readings):
    """What is published, and of which state of the patients each figure of it is."""
    with reading(engine) as connection:
        published = read_published(connection, "PHQ-9")
        fresh = count_fresh(connection, "PHQ-9")
    rows = {(key[0], f"{key[2]}={key[3]}") for key in published.marks if key[2] != "all"}
    stands = dict(readings[-1][1]) if readings else {}
    for site, figure in {*rows, *((key[0], q) for key in published.marks for q in WHOLE)}:
        if not fresh.get(site, {}).get(figure):
            stands[site, str(figure)] = now
    return _said(published), stands


def _differences(site, first, second):
    """Of every figure that stands otherwise, how many patients are behind that."""
    found = {}
    whole = {Mark(m): Count(*n[:2]) for m, n in first[0].get((site, ""), {}).items()}
    if not publish_site(whole):  # nothing of it was read
        return found
    for (where, figure), now in second[1].items():
        before = first[1].get((where, figure))
        if where != site or before is None or before is now:
            continue
        row = (site, figure if "=" in figure else "")
        if first[0].get(row) == second[0].get(row):
            continue
        changed = sum(
            (where, "PHQ-9", figure) in find_changes(before.get(patient, []), now.get(patient, []))
            for patient in now.keys() | before.keys()
            if before.get(patient) is not now.get(patient)
        )
        # A site's figures answer several questions; that nobody changed in one is no difference.
        if changed or "=" in figure:
            found[figure] = changed
    return found


def _changes(before, after, known={}):  # noqa: B006 - what was worked out is kept
    """The same two states of a patient are asked for again and again."""
    key = (id(before), id(after))
    if key not in known:
        known[key] = frozenset(find_changes(before, after)), before, after
    return known[key][0]


def _said(published):
    """Per site and row ("" for the whole of it) its marks."""
    said = {}
    for (site, _, breakdown, value, mark), n in published.marks.items():
        row = "" if breakdown == Breakdown.ALL else f"{breakdown}={value}"
        said.setdefault((site, row), {})[mark] = n
    return said


def test_a_site_manager_sees_their_own_site_and_the_group_without_names(clinic):
    fill(clinic.engine, FIVE)
    places = {row.name: row.site_id for row in rows_of(clinic.engine, Site)}
    own = Person("Sam", frozenset({Role.SITE_MANAGER}), sites=frozenset({places["Phoenix"]}))
    everybody = read_sites(clinic.engine, MANAGER, "PHQ-9")
    report = read_sites(clinic.engine, own, "PHQ-9")

    assert {value for value in contents(report) if value in places} == {"Phoenix"}
    assert report.others == 4
    assert [row.site for row in report.comparisons[Measure.RESPONSE].results] == ["Phoenix"]
    for measure, found in report.comparisons.items():
        assert found.target == everybody.comparisons[measure].target
    assert report.whole.courses == everybody.whole.courses


def test_of_few_other_sites_the_group_would_be_theirs(clinic):
    fill(clinic.engine, {"Denver": 40, "Phoenix": 34, "Reno": 32})
    places = {row.name: row.site_id for row in rows_of(clinic.engine, Site)}
    own = Person("Sam", frozenset({Role.SITE_MANAGER}), sites=frozenset({places["Phoenix"]}))
    report = read_sites(clinic.engine, own, "PHQ-9")

    assert report.others == 0
    assert report.comparisons[Measure.RESPONSE].target is None
    assert report.group.set_index("breakdown")["stated"]["all"] == 34


def test_a_report_is_kept_word_for_word(clinic):
    fill(clinic.engine, FIVE)
    first, second = (read_sites(clinic.engine, MANAGER, "PHQ-9") for _ in range(2))
    again = thaw(SitesReport, freeze(first))
    for one in (second, again):
        assert freeze(one) == freeze(first)
        pd.testing.assert_frame_equal(one.group, first.group)
        assert one.rules == first.rules
        assert one.comparisons == first.comparisons


def test_a_renamed_site_is_called_by_its_new_name(clinic):
    fill(clinic.engine, FIVE)
    read_sites(clinic.engine, MANAGER, "PHQ-9")
    with writing(clinic.engine) as connection:
        connection.execute(Site.__table__.update().where(Site.name == "Reno").values(name="Elko"))
        assert connection.scalar(select(Site.site_id).where(Site.name == "Elko"))
    assert "Elko" in set(read_sites(clinic.engine, MANAGER, "PHQ-9").funnel["site"])
