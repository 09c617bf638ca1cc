"""Sessions: alive while somebody does something, dead on time, and never alive again."""

from __future__ import annotations

from data.doors.sessions import find_presence
from models.access import Stage
from models.policy import Role


def test_a_session_says_who_is_there(clinic):
    user_id = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    presence = find_presence(clinic.engine, clinic.session_of(user_id), is_active=True)

    assert presence.stage is Stage.OPEN
    assert presence.person.name == "Anna"
    assert presence.person.sites == {clinic.denver}
    assert presence.person.is_confirmed
