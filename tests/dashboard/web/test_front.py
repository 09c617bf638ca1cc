"""The bare address leads each to the page their day begins with."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest
from starlette.requests import Request

from dashboard.web.front import to_front
from models.policy import Person, Role

SITE = uuid4()


def led_to(presence):
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "presence": presence}
    answer = asyncio.run(to_front(Request(scope)))
    return answer.status_code, answer.headers["location"]


@pytest.mark.parametrize(
    ("roles", "address"),
    [
        ({Role.CLINICIAN}, "/today"),
        ({Role.CLINICIAN, Role.ADMINISTRATOR}, "/today"),
        ({Role.SITE_MANAGER}, "/compare"),
        ({Role.GROUP_MANAGER}, "/compare"),
        ({Role.ADMINISTRATOR}, "/import"),
        ({Role.PATIENT}, "/mine"),
        (set(), "/home"),
    ],
)
def test_each_role_begins_elsewhere(roles, address):
    person = Person("Somebody", frozenset(roles), sites=frozenset({SITE}))
    assert led_to(SimpleNamespace(person=person)) == (303, address)


def test_whom_the_gate_has_not_named_gets_no_page_of_anybody():
    assert led_to(None) == (303, "/home")
