"""The clinic's rules: what holds now, and who changed what, when and why."""

from __future__ import annotations

import pytest

from data.actions.rules import set_rules
from data.queries.rules import read_rule_history, read_rules
from models.policy import OPERATOR, Denied, Person, Role
from tests.clinic import clinician

ADA = Person("Ada", frozenset({Role.ADMINISTRATOR}), sites=frozenset())


def test_the_defaults_have_no_history(clinic):
    assert read_rule_history(clinic.engine, ADA) == []
    assert read_rules(clinic.engine, ADA).revision == 1


def test_each_change_says_who_when_why_and_from_what_to_what(clinic):
    set_rules(clinic.engine, OPERATOR, thresholds={"silence": 21}, reason="Weekly became triweekly")
    set_rules(clinic.engine, ADA, thresholds={"silence": 14, "course_gap": 10}, reason="Back again")

    newest, oldest = read_rule_history(clinic.engine, ADA)

    assert (newest.revision, newest.recorded_by, newest.reason) == (3, "Ada", "Back again")
    assert newest.changed == {"silence": (21, 14), "course_gap": (14, 10)}
    assert (oldest.revision, oldest.recorded_by) == (2, "command line")
    assert oldest.changed == {"silence": (14, 21)}
    assert oldest.recorded_at <= newest.recorded_at


def test_whoever_may_not_change_them_does_not_read_who_did(clinic):
    for person in (clinician("Anna", clinic.denver), Person("Mo", frozenset({Role.SITE_MANAGER}))):
        with pytest.raises(Denied):
            read_rule_history(clinic.engine, person)
        assert read_rules(clinic.engine, person).silence == 14
