"""Who is acting: whoever the gate found in this browser's session, at its last request."""

from __future__ import annotations

import streamlit as st

from dashboard.web import presences
from data.doors.refusals import SIGN_IN_AGAIN, NotSignedIn
from models.policy import Person

WHOSE = "_session_of_this_state"


def acting_person() -> Person:
    """Return who is acting. Raises NotSignedIn where the session has ended."""
    presence = presences.of(_session_id())
    if presence is None or str(presence.user_id) != st.user.get("user"):
        raise NotSignedIn(SIGN_IN_AGAIN)
    return presence.person


def keep_state_apart() -> None:
    """Drop what a page remembers if it remembers it for somebody else.

    Streamlit resumes a connection that broke, and refuses to where the identity differs; on a
    computer that several share, one lock is not enough.
    """
    session_id = _session_id()
    if st.session_state.get(WHOSE, session_id) != session_id:
        st.session_state.clear()
    st.session_state[WHOSE] = session_id


def _session_id() -> str | None:
    """Return the session the gate has put into this connection; no browser can."""
    value = st.user.get("session")
    return None if value is None else str(value)
