"""The sites as administrators see them, and what each told somebody in danger before."""

from __future__ import annotations

from datetime import date

import pytest

from data.actions.crisis_texts import set_crisis_text
from data.queries.crisis_history import read_crisis_history
from data.queries.site_list import list_sites
from models.errors import Conflict
from models.policy import Denied, Person, Role
from tests.clinic import clinician

ADA = Person("Ada", frozenset({Role.ADMINISTRATOR}), sites=frozenset())


def site_manager(*sites):
    return Person("Mo", frozenset({Role.SITE_MANAGER}), sites=frozenset(sites))


def write(clinic, person, body, seen=0, phone=None):
    given = {"site_id": clinic.denver, "seen_revision": seen, "body": body, "phone": phone}
    return set_crisis_text(clinic.engine, person, **given)


def test_each_site_with_its_zone_and_the_patients_it_has_now(clinic):
    clinic.register("DEN-1")
    clinic.register("DEN-2", left_on=date(2026, 2, 1))
    assert [
        (site.name, site.time_zone, site.patients) for site in list_sites(clinic.engine, ADA)
    ] == [
        ("Denver", "America/Denver", 1),
        ("Phoenix", "America/Phoenix", 0),
    ]


def test_only_whoever_opens_sites_reads_the_list(clinic):
    for person in (clinician("Anna", clinic.denver), site_manager(clinic.denver)):
        with pytest.raises(Denied):
            list_sites(clinic.engine, person)


def test_every_revision_of_a_crisis_text_is_kept(clinic):
    manager = site_manager(clinic.denver)
    assert read_crisis_history(clinic.engine, manager, site_id=clinic.denver) == []
    write(clinic, manager, "Call the nurse on duty.", phone="303 555 0100")
    write(clinic, ADA, "Call 988.", seen=1)
    newest, oldest = read_crisis_history(clinic.engine, manager, site_id=clinic.denver)
    assert (newest.revision, newest.body, newest.phone, newest.recorded_by) == (
        2, "Call 988.", None, "Ada",
    )  # fmt: skip
    assert (oldest.body, oldest.phone, oldest.recorded_by) == (
        "Call the nurse on duty.", "303 555 0100", "Mo",
    )  # fmt: skip


def test_whoever_wrote_meanwhile_is_named(clinic):
    write(clinic, ADA, "Call 988.")
    with pytest.raises(Conflict, match=r"changed by Ada in the meantime\."):
        write(clinic, site_manager(clinic.denver), "Call us.")


def test_another_sites_revisions_are_not_read(clinic):
    with pytest.raises(Denied):
        read_crisis_history(clinic.engine, site_manager(clinic.denver), site_id=clinic.phoenix)
