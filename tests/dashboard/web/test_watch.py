"""An open page learns that it is somebody else's, or that its reader's rights are others now."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, insert, update

from data.database import writing
from models.access import Stage
from models.policy import Role
from models.tables import User, UserSite
from tests.dashboard.web.conftest import new_browser


def tags(browser):
    """Return whose page the account page is, and whose the browser is now."""
    drawn = re.search(r'data-session="(\w+)"', browser.get("/account").text)
    return drawn.group(1), browser.get("/door/presence").headers["x-session"]


CHANGES = {
    "role": update(User).values(roles=[Role.SITE_MANAGER.value]),
    "site taken": delete(UserSite),
    "every site": update(User).values(sees_all_sites=True),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_page_drawn_for_other_rights_is_another_page(doors, change):
    anna = doors.user("anna", Role.CLINICIAN, doors.denver, doors.phoenix)
    browser = new_browser(doors.session_of(anna))
    drawn, now = tags(browser)
    assert drawn == now
    with writing(doors.engine) as connection:
        connection.execute(CHANGES[change])
    after = browser.get("/door/presence").headers["x-session"]
    assert after != drawn
    assert tags(browser) == (after, after), "the page it then opens is its own"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_changes_nothing_about_rights_leaves_the_page(doors):
    anna = doors.user("anna", Role.CLINICIAN, doors.denver)
    bert = doors.user("bert", Role.CLINICIAN, doors.denver)
    browser = new_browser(doors.session_of(anna))
    drawn, _ = tags(browser)
    with writing(doors.engine) as connection:
        connection.execute(insert(UserSite), {"user_id": bert, "site_id": doors.phoenix})
        connection.execute(update(User).where(User.user_id == anna).values(name="Anna B."))
    assert tags(browser) == (drawn, drawn)
    assert tags(new_browser(doors.session_of(anna)))[0] != drawn, "another session is another page"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_page_of_somebody_signed_in_is_watched(doors):
    token = doors.session_of(doors.user("anna", Role.CLINICIAN, doors.denver))
    browser = new_browser(token)
    for path in ("/account", "/account/second-step", "/confirm", "/sign-out"):
        assert "/door/watch.js" in browser.get(path).text, path
    half = new_browser(doors.session_of(doors.user("bert"), Stage.ENROLMENT))
    assert "/door/watch.js" not in half.get("/sign-in/enrol").text
