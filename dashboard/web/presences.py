"""Who is here now: what the gate last found out about each session, for the pages it lets run.

Kept in this process only, and only while the session lives. A page asks by the session's id, which
the gate has put into its request; no cookie ever reaches a page.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from data import clock
from data.doors.sessions import Presence

MANY = 1000  # more are looked through for those that are over

_lock = Lock()
_present: dict[str, Presence] = {}
_when_gone: dict[str, list[Callable[[], None]]] = {}


def keep(presence: Presence) -> None:
    with _lock:
        if len(_present) >= MANY:
            _drop_expired()
        _present[str(presence.session_id)] = presence


def _drop_expired() -> None:
    """Drop whoever closed their browser without signing out."""
    now = clock.now()
    for key, presence in list(_present.items()):
        if now >= min(presence.idle_until, presence.expires_at) and key not in _when_gone:
            del _present[key]


def of(session_id: str | None) -> Presence | None:
    """Return who is acting in a session, None once it has ended or has been idle too long."""
    if session_id is None:
        return None
    with _lock:
        presence = _present.get(session_id)
    if presence is None or clock.now() >= min(presence.idle_until, presence.expires_at):
        return None
    return presence


def forget(session_id: str) -> None:
    """Drop a session that has ended and close whatever it had open here."""
    with _lock:
        _present.pop(session_id, None)
        callbacks = _when_gone.pop(session_id, [])
    for close in callbacks:
        close()


def forget_user(user_id: str, *, but: str = "") -> None:
    """Drop every session of somebody here, or every other one: they have been ended."""
    with _lock:
        theirs = [key for key, it in _present.items() if str(it.user_id) == user_id and key != but]
    for session_id in theirs:
        forget(session_id)


def when_gone(session_id: str, close: Callable[[], None]) -> Callable[[], None]:
    """Have `close` called when a session is forgotten; return what takes that back."""
    with _lock:
        _when_gone.setdefault(session_id, []).append(close)

    def never_mind() -> None:
        with _lock:
            waiting = _when_gone.get(session_id, [])
            if close in waiting:
                waiting.remove(close)
            if not waiting:
                _when_gone.pop(session_id, None)

    return never_mind
