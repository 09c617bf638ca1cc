"""Sites are opened and renamed; no two share a name."""

from __future__ import annotations

from uuid import UUID

import pytest

from data.actions.sites import rename_site
from models.errors import NotFound, Refused
from models.policy import OPERATOR, Denied
from models.tables import Site
from tests.clinic import audit_of, only_row


def name_of(clinic):
    return only_row(clinic.engine, Site, site_id=clinic.denver).name


def test_a_site_gets_another_name(clinic):
    rename_site(clinic.engine, OPERATOR, site_id=clinic.denver, name=" Denver West ")

    assert name_of(clinic) == "Denver West"
    [line] = [line for line in audit_of(clinic.engine) if "renamed" in line.detail]
    assert (line.chain_id, line.operation) == (clinic.denver, "manage_sites")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Phoenix"])
def test_a_name_that_will_not_do_is_refused(clinic, name):
    with pytest.raises(Refused):
        rename_site(clinic.engine, OPERATOR, site_id=clinic.denver, name=name)
    assert name_of(clinic) == "Denver"


def test_no_such_site_and_no_such_right(clinic):
    with pytest.raises(NotFound):
        rename_site(clinic.engine, OPERATOR, site_id=UUID(int=7), name="Reno")
    with pytest.raises(Denied):
        rename_site(clinic.engine, clinic.anna, site_id=clinic.denver, name="Reno")
