"""The settings about signing in: revisions within bounds, each with who and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from data.actions.settings import set_access_settings
from data.queries.settings import read_access_settings
from models.access import BOUNDS, Settings
from models.errors import Conflict, DefinitionError, Refused
from models.policy import OPERATOR, Denied
from models.tables import AccessSettings
from tests.clinic import audit_of, everything, rows_of


def change(clinic, changes, reason="shared computers", person=OPERATOR):
    return set_access_settings(clinic.engine, person, changes=changes, reason=reason)


def test_the_defaults_hold_until_a_clinic_sets_its_own(clinic):
    assert read_access_settings(clinic.engine, OPERATOR) == Settings()
    change(clinic, {"idle_minutes_staff": 5})
    settings = change(clinic, {"second_factor": False})

    assert settings == read_access_settings(clinic.engine, OPERATOR)
    assert settings == Settings(idle_minutes_staff=5, second_factor=False, revision=3)
    first, second = rows_of(clinic.engine, AccessSettings)
    assert (first.revision, first.recorded_by, first.reason) == (
        2,
        "command line",
        "shared computers",
    )
    lines = [line for line in audit_of(clinic.engine) if line.operation == "set_policy"]
    assert [line.detail["changed"] for line in lines] == [
        ["idle_minutes_staff"],
        ["second_factor"],
    ]
    assert second.settings["idle_minutes_staff"] == 5


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_hold_on_both_sides(clinic, name):
    least, most = BOUNDS[name]
    for value in (least - 1, most + 1):
        with pytest.raises(DefinitionError, match=f"must be {least} to {most}"):
            change(clinic, {name: value})
    for value in (least, most):
        assert getattr(change(clinic, {name: value}), name) == value


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "already in force"),
        ({"idle_minutes_staff": 15}, "already in force"),
        ({"idle_minutes_staff": "15"}, "a whole number"),
        ({"idle_minutes_staff": 10.0}, "a whole number"),
        ({"longest_hours": True}, "a whole number"),
        ({"second_factor": 0}, "yes or no"),
        ({"second_factor": None}, "yes or no"),
        ({"revision": 9}, "no setting 'revision'"),
        ({"password": "x"}, "no setting 'password'"),
    ],
)
def test_what_is_no_change_of_a_setting_is_refused(clinic, changes, said):
    before = everything(clinic.engine, but=())

    with pytest.raises(Refused, match=said):
        change(clinic, changes)
    assert everything(clinic.engine, but=()) == before


def test_a_change_needs_a_reason(clinic):
    with pytest.raises(Refused, match="needs a reason"):
        change(clinic, {"longest_hours": 8}, reason="  ")


def test_only_administrators_see_and_set_them(clinic):
    for call in (
        lambda: read_access_settings(clinic.engine, clinic.anna),
        lambda: change(clinic, {"longest_hours": 8}, person=clinic.anna),
    ):
        with pytest.raises(Denied):
            call()


def test_of_two_at_once_none_is_lost(clinic):
    def one(hours):
        try:
            return change(clinic, {"longest_hours": hours})
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, (4, 5, 6, 7)))

    kept = [row.revision for row in rows_of(clinic.engine, AccessSettings)]
    assert len(kept) == sum(answer is not None for answer in answers)
    assert kept == list(range(2, 2 + len(kept)))
