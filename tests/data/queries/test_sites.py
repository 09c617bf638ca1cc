"""What managers get of the sites: counts on both databases, never a person."""

from __future__ import annotations

import csv
import re
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import delete
from typer.testing import CliRunner

from data.__main__ import app
from data.database import connect, writing
from data.exporters.sites import COLUMNS, export_sites
from data.importers import import_files
from data.quarters import days_of, last_quarter
from data.queries.data_quality import read_data_quality
from data.queries.sites import read_sites
from models.outcomes.sites.facts import Mark
from models.outcomes.sites.verdicts import Measure, Verdict
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import Assessment, Patient, Site
from tests.clinic import NOBODY, clinician, rows_of

MANAGER = Person("Mona", frozenset({Role.GROUP_MANAGER}), sites=frozenset())
SECRETS = ("Zebulon", "Quagmire", "1971-03-04", "slept badly")


@pytest.fixture
def group(clinic, copies):
    """Denver with 60 patients, Phoenix with 40, Reno with 7: half of each respond."""
    sizes = {"Denver": 60, "Phoenix": 40, "Reno": 7}
    copies.fill(clinic.engine, "107 patients", lambda: fill(clinic.engine, sizes))
    return clinic


def fill(engine, sizes, seed=1):
    rng = np.random.default_rng(seed)
    patients = ["patient_id,site,name,date_of_birth,indication,prior_treatment_failures"]
    infusions, scores = ["patient_id,date,route,note"], ["patient_id,date,instrument,score,mode"]
    for site, size in sizes.items():
        for number in range(size):
            code = f"{site[:3].upper()}-{number:03}"
            reason = ("depression", "ptsd")[number % 2]
            patients.append(f"{code},{site},Zebulon Quagmire,1971-03-04,{reason},{number % 4}")
            start = date(2025, 1 + number % 6, 10)
            infusions.append(f"{code},{start},IV,slept badly")
            week = pd.Timestamp(start)
            scores.append(
                f"{code},{start - pd.Timedelta(days=2):%Y-%m-%d},PHQ-9,{15 + number % 9},link"
            )
            good = rng.random() < 0.55
            for day in range(7, 78, 7):
                total = 4 if good and day < 20 + 3 * (number % 25) else 18
                taken = week + pd.Timedelta(days=day)
                scores.append(f"{code},{taken:%Y-%m-%d},PHQ-9,{total},link")
    tables = {"patients": patients, "infusions": infusions, "scores": scores}
    files = [(f"{name}.csv", "\n".join(rows).encode()) for name, rows in tables.items()]
    assert import_files(engine, OPERATOR, files).refusals == []


def contents(thing):
    """Every value inside dataclasses, frames, lists and dicts."""
    if isinstance(thing, pd.DataFrame):
        yield from thing.columns
        yield from thing.to_numpy().ravel()
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from contents(getattr(thing, field.name))
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield key
            yield from contents(value)
    elif isinstance(thing, list | tuple | set | frozenset | np.ndarray):
        for value in thing:
            yield from contents(value)
    else:
        yield thing


def read(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_manager_gets_counts_and_never_a_person(group):
    report = read_sites(group.engine, MANAGER, "PHQ-9")
    quality = read_data_quality(group.engine, MANAGER, today=date(2025, 5, 1))

    values = [*contents(report), *contents(quality)]
    assert len(values) > 100
    assert not any(isinstance(value, UUID) for value in values)
    said = " ".join(str(value) for value in values)
    assert not re.search(r"(DEN|PHO|REN)-\d", said)
    for secret in SECRETS:
        assert secret not in said


def test_the_funnel_counts_what_is_in_the_files(group):
    report = read_sites(group.engine, MANAGER, "PHQ-9")
    denver = report.funnel[report.funnel["site"] == "Denver"].set_index("step")["courses"]
    row = next(r for r in report.comparisons[Measure.RESPONSE].results if r.site == "Denver")

    assert denver["everyone"] == denver["treated"] == denver["baseline"] == denver["stated"] == 60
    assert row.denominator == 60
    assert row.numerator == denver[Mark.RESPONDED]
    assert row.crude.value == row.numerator / 60


def test_a_site_of_seven_is_hidden_everywhere(group):
    report = read_sites(group.engine, MANAGER, "PHQ-9")

    assert "Reno" not in set(report.funnel["site"]) | set(report.figures["site"])
    assert not report.rows[report.rows["site"] == "Reno"]["stated"].notna().any()
    for comparison in report.comparisons.values():
        reno = next(r for r in comparison.results if r.site == "Reno")
        assert reno.verdict is Verdict.HIDDEN
        assert reno.denominator is None
        assert "Reno" in comparison.headline.too_few
    assert report.comparisons[Measure.RESPONSE].headline.too_few == ("Reno",)
    assert not next(d for d in report.durations if d.site == "Reno").is_shown
    assert report.group.set_index(["breakdown", "value"])["stated"]["all", ""] == 100


def test_months_are_of_the_group_where_sites_are_too_small_for_them(group):
    report = read_sites(group.engine, MANAGER, "PHQ-9")
    for breakdown in ("kind", "indication", "route", "month", "quarter"):
        by_site = report.rows[report.rows["breakdown"] == breakdown].dropna()
        of_group = report.group[report.group["breakdown"] == breakdown].set_index("value")
        for value, rows in by_site.groupby("value"):
            assert of_group["stated"][value] == rows["stated"].sum()


def test_each_manager_sees_their_own_sites_and_others_none(group):
    sites = {row.name: row.site_id for row in rows_of(group.engine, Site)}
    own = Person("Sam", frozenset({Role.SITE_MANAGER}), sites=frozenset({sites["Phoenix"]}))
    report = read_sites(group.engine, own, "PHQ-9")
    assert {value for value in contents(report) if value in sites} == {"Phoenix"}
    assert [r.site for r in report.comparisons[Measure.RESPONSE].results] == ["Phoenix"]
    for person in (NOBODY, Person("Pat", frozenset({Role.PATIENT})), administrator()):
        with pytest.raises(Denied):
            read_sites(group.engine, person, "PHQ-9")
        with pytest.raises(Denied):
            read_data_quality(group.engine, person, today=date(2025, 5, 1))
    assert read_sites(group.engine, clinician("Anna", group.denver), "PHQ-9").funnel is not None


def administrator():
    return Person("Ada", frozenset({Role.ADMINISTRATOR}), sites=None, is_confirmed=True)


def test_the_export_has_the_design_s_columns_and_says_the_same_as_the_page(group, tmp_path):
    path = tmp_path / "sites.csv"
    assert export_sites(group.engine, administrator(), path, instrument="PHQ-9") == 9
    rows = read(path)
    assert tuple(rows[0]) == COLUMNS
    report = read_sites(group.engine, MANAGER, "PHQ-9")
    for row in rows:
        found = next(
            r for r in report.comparisons[Measure(row["measure"])].results if r.site == row["site"]
        )
        assert row["verdict"] == found.verdict
        assert row["numerator"] == ("" if found.numerator is None else str(found.numerator))
        if found.adjusted:
            assert float(row["adjusted"]) == pytest.approx(found.adjusted.value, rel=1e-8)
            assert float(row["low_998"]) == pytest.approx(found.differs[0], rel=1e-8)
        if row["verdict"] == "hidden":
            assert {row[c] for c in COLUMNS[4:-1]} == {""}
    assert not [r for r in rows if r["site"] == "Reno" and (r["numerator"] or r["denominator"])]


def test_no_small_number_is_exported(group, tmp_path):
    export_sites(group.engine, administrator(), tmp_path / "s.csv", instrument="PHQ-9")
    for row in read(tmp_path / "s.csv"):
        n, y = (int(row[c]) if row[c] else None for c in ("denominator", "numerator"))
        assert n is None or n > 10
        assert y is None or y == 0 or y > 10
        if row["measure"] != "hold_8_weeks" and y is not None:
            assert n - y == 0 or n - y > 10
        # A curve's share is no quotient of two counts: it may stand without its numerator.
        assert y is not None or not row["crude"] or row["measure"] == "hold_8_weeks"


def test_as_of_an_earlier_day_only_what_had_happened_counts(group, tmp_path):
    early, late = tmp_path / "early.csv", tmp_path / "late.csv"
    export_sites(group.engine, administrator(), early, instrument="PHQ-9", as_of=date(2025, 3, 31))
    export_sites(group.engine, administrator(), late, instrument="PHQ-9", as_of=date(2027, 1, 1))
    now = tmp_path / "now.csv"
    export_sites(group.engine, administrator(), now, instrument="PHQ-9")

    assert late.read_text() == now.read_text()
    denver = [read(path)[0] for path in (early, late)]
    assert 0 < int(denver[0]["denominator"]) < int(denver[1]["denominator"])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_command_writes_the_file(group, tmp_path, monkeypatch):
    out = tmp_path / "sites.csv"
    engine = connect(group.engine.url)
    monkeypatch.setattr("data.commands.exports.configured_engine", lambda: engine)
    done = CliRunner().invoke(app, ["export", "sites", str(out), "--instrument", "phq9"])

    assert done.exit_code == 0, done.output
    assert "sites: 9 rows" in done.output
    assert out.read_text(encoding="utf-8").startswith("site,measure,numerator")


def test_only_who_may_export_does(group, tmp_path):
    for person in (MANAGER, clinician("Anna", group.denver)):
        with pytest.raises(Denied):
            export_sites(group.engine, person, tmp_path / "no.csv", instrument="PHQ-9")
    assert not (tmp_path / "no.csv").exists()


def test_data_quality_counts_the_forms_of_a_quarter_and_hides_the_few(group):
    quality = read_data_quality(group.engine, MANAGER, today=date(2025, 5, 1))
    forms = quality.forms.set_index("site")
    denver = [
        form
        for form in rows_of(group.engine, Assessment)
        if date(2025, 1, 1) <= form.taken_on <= date(2025, 3, 31)
        and form.patient_id in patients_at(group.engine, group.denver)
    ]

    assert quality.quarter == "2025-Q1"
    assert forms["forms"]["Denver"] == len(denver) > 60
    assert forms["link"]["Denver"] == len(denver)
    assert pd.isna(forms["forms"]["Reno"])
    assert pd.isna(forms["link"]["Reno"])
    assert quality.without_crisis_text == ("Denver", "Phoenix", "Reno")
    assert read_data_quality(group.engine, MANAGER, today=date(2026, 5, 1)).forms.empty


def patients_at(engine, site):
    return {patient.patient_id for patient in rows_of(engine, Patient, site_id=site)}


def test_a_quarter_stays_as_it_was_counted(group):
    before = read_data_quality(group.engine, MANAGER, today=date(2025, 4, 8))
    with writing(group.engine) as connection:
        connection.execute(delete(Assessment).where(Assessment.taken_on < date(2025, 2, 1)))
    after = read_data_quality(group.engine, MANAGER, today=date(2025, 6, 30))
    pd.testing.assert_frame_equal(before.forms, after.forms)


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2026, 1, 7), "2025-Q3"),
        (date(2026, 1, 8), "2025-Q4"),
        (date(2026, 4, 7), "2025-Q4"),
        (date(2026, 4, 8), "2026-Q1"),
        (date(2026, 11, 21), "2026-Q3"),
    ],
)
def test_a_quarter_counts_a_week_after_its_end(today, quarter):
    assert last_quarter(today) == quarter
    first, last = days_of(quarter)
    assert (last - first).days in range(89, 92)
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1


def test_a_group_without_patients_is_no_error(engine, tmp_path):
    report = read_sites(engine, MANAGER, "PHQ-9")
    assert report.funnel.empty
    assert report.comparisons[Measure.RESPONSE].results == ()
    assert export_sites(engine, administrator(), tmp_path / "e.csv", instrument="PHQ-9") == 0


def test_a_site_without_patients_is_named_as_such(clinic):
    report = read_sites(clinic.engine, MANAGER, "PHQ-9")
    headline = report.comparisons[Measure.RESPONSE].headline
    assert headline.sites == 2
    assert headline.too_few == ("Denver", "Phoenix")
