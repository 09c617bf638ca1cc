"""How far to trust the outlook: the sentence to repeat and its numbers, or why there is none."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dashboard.wording import trust as words
from dashboard.wording.outlook import HOW_FAR
from data.actions.forecasts import refresh_forecasts
from data.backtests import BackTests, store_tests
from data.database import writing
from data.policies import RULES, in_force
from models.outcomes.backtest import Raised, Saying, judge_prompts, run_backtest
from models.policy import OPERATOR
from tests.clinic import LOST, audit_of
from tests.dashboard.views.people import GROUP_MANAGER, clinician_at, manager_at
from tests.dashboard.views.screens import open_screen
from tests.histories import on
from tests.policies import change_policy


def invent(patients, *, rate=1.0, seed=1):
    """Sayings of a teller who knows at what rate each is lost; `rate` 2: twice as fast as said."""
    rng = np.random.default_rng(seed)
    sayings = []
    for number in range(patients * 3):
        said = rng.uniform(0.01, 0.08)
        lost = float(rng.exponential(1 / (said * rate)))
        sayings.append(
            Saying(
                patient=number % patients, on=on(number % 30), lower=lost, upper=lost,
                within=1 - float(np.exp(-14 * said)), low=-float(np.log(0.9)) / said,
                high=-float(np.log(0.1)) / said, population=0.4,
                last_own=float(rng.uniform(5, 40)) if number % 2 else None,
            )
        )  # fmt: skip
    return sayings


RAISED = [Raised(n, 20, 28, (("outlook", 14), ("lost", 35))) for n in range(20)]


@pytest.fixture
def keep(clinic):
    """Keep a back-test made of sayings, as the server would."""
    clinic.register("DEN-1", records=LOST)

    def keep(sayings, raised=(), instrument="PHQ-9"):
        found = run_backtest(sayings, judge_prompts(raised, ["lost", "outlook"], within=14))
        with writing(clinic.engine) as connection:
            revision = in_force(connection, RULES).revision
            store_tests(connection, BackTests({instrument: found}, "hash", revision))
        return found

    return keep


def say(person=None, **more):
    screen = open_screen("trust", **({"person": person} if person else {}), **more)
    return screen, " ".join(screen.said.split())


def test_the_sentence_the_picture_and_the_numbers_behind_it(clinic, keep):
    found = keep(invent(40), RAISED)

    screen, said = say(clinician_at(clinic.denver))

    held = round(found.windows.held.value * 100)
    assert f"Of the windows said here since 5 Jan 2026, {held} % held the day of loss" in said
    assert "PHQ-9, all sites together: 120 outlooks of 40 patients, since 5 Jan 2026" in said
    [chart] = screen.at.get("plotly_chart")
    points = json.loads(chart.proto.spec)["data"][0]
    assert len(points["y"]) == len(found.calibration)
    assert all(f"said {one.said * 100:.0f}" in chart.proto.alt for one in found.calibration)
    for one in found.calibration:
        assert f"{one.lost.count}, of {one.lost.patients} patients" in said
    assert (
        f"Kaplan-Meier of everybody, given still well 120 {found.population.brier.value:.2f}"
        in said
    )
    assert "As long as one's own last response 60" in said
    assert (
        "Confirmed loss 20 responses 100 % (84 to 100 %) 100 % (84 to 100 %) 7 days after" in said
    )
    assert "20 responses 100 % (84 to 100 %) 100 % (84 to 100 %) 14 days before" in said
    assert words.STALE not in said


def test_windows_that_promise_too_much_are_said_to(clinic, keep):
    keep(invent(60, rate=4.0))

    _, said = say()

    assert "% was meant. Too often response was lost earlier than they said." in said


def test_under_other_rules_it_says_that_it_is_of_before(clinic, keep):
    keep(invent(40))
    change_policy(clinic.engine, OPERATOR, RULES, {"silence": 21}, reason="Three weeks.")

    _, said = say()

    assert words.STALE in said
    assert "held the day of loss" in said


def test_of_fewer_than_ten_patients_there_is_no_answer(clinic, keep):
    keep(invent(9))

    screen, said = say()

    assert "is known for fewer than 10 patients, and that says too little" in said
    assert not screen.at.get("plotly_chart")
    assert "%" not in said


def test_before_anything_was_looked_back_on_and_for_another_instrument(clinic, keep):
    assert words.NEVER in say()[1]

    keep(invent(40), instrument="GAD-7")
    assert words.NOTHING_SAID in say()[1]


def test_switched_off_there_is_nothing_to_trust(clinic, keep, monkeypatch):
    keep(invent(40))
    monkeypatch.setenv("AFTERGLOW_OUTLOOK", "off")

    _, said = say()

    assert words.SWITCHED_OFF in said
    assert "held the day of loss" not in said


@pytest.mark.parametrize("whose", ["one site", "the group"])
def test_a_manager_reads_shares_of_many_in_rounded_numbers(clinic, keep, whose):
    found = keep(invent(14), RAISED[:6])
    person = manager_at(clinic.denver) if whose == "one site" else GROUP_MANAGER

    screen, said = say(person)

    assert "held the day of loss" in said
    assert "about 40 outlooks of about 10 patients" in said
    shown = [one for one in found.calibration if min(one.lost.cases, one.lost.others) > 10]
    points = [it for chart in screen.at.get("plotly_chart") for it in
              json.loads(chart.proto.spec)["data"][0]["y"]]  # fmt: skip
    assert len(points) == len(shown) < len(found.calibration)
    assert "6 responses" not in said
    assert "that began after the loss" not in said
    assert "Shares of 1 to 10 patients are left out, and counts are rounded." in said


@pytest.mark.parametrize(("patients", "is_drawn"), [(1, False), (2, True)])
def test_where_not_everybody_is_looked_back_on_it_says_so_and_how_they_are_chosen(
    clinic, keep, monkeypatch, patients, is_drawn
):
    monkeypatch.setattr("data.knowledge.MOST_PATIENTS", 1)
    for number in range(1, patients):
        clinic.register(f"DEN-1{number}")
    keep(invent(40))

    for person in (clinician_at(clinic.denver), GROUP_MANAGER):
        said = say(person)[1]
        assert ("5,000 of them, drawn by lot, were looked back on" in said) is is_drawn


def test_a_look_is_one_line_in_the_audit(clinic, keep):
    keep(invent(40))
    screen, _ = say(clinician_at(clinic.denver))
    screen.run()

    looks = [line for line in audit_of(clinic.engine) if line.detail.get("page") == "trust"]
    assert [line.detail["instrument"] for line in looks] == ["PHQ-9"]


def test_a_patients_chart_says_how_often_such_windows_held(clinic, keep):
    for number in range(10):
        clinic.register(f"L-{number}", records=LOST)
    patient = clinic.register(
        "H-1", records="day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 8\n14 | - | 9"
    )
    clinic.set_day(20)
    refresh_forecasts(clinic.engine, OPERATOR)
    found = keep(invent(40))

    screen = open_screen("patient", id=patient)
    said = " ".join(screen.said.split())

    assert HOW_FAR in [link.label for link in screen.links]
    held = found.windows.held
    share = f"{held.value * 100:.0f} % held"
    assert (
        f"Of the {held.count} windows said here since 5 Jan 2026 whose end is known, {share} "
        "the day of loss (80 % meant)."
    ) in said
