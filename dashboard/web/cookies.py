"""Our cookies: the session's, and the short-lived one that a sign-in elsewhere begins with.

`__Host-` makes a browser insist: only over TLS, only from this host, for all of it. On one
computer without TLS there is a plain cookie of another name, which is not accepted elsewhere.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response
from starlette.types import Scope

from dashboard.web.addresses import header, is_encrypted

SESSION = "afterglow"
ELSEWHERE = "afterglow-elsewhere"
LONGEST = 4096


def cookie_name(scope: Scope, name: str = SESSION) -> str:
    return f"__Host-{name}" if is_encrypted(scope) else name


def read_cookie(scope: Scope, name: str = SESSION) -> str | None:
    """Return a cookie's value; None if there is none or it could not be one of ours."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header(scope, b"cookie")[: 4 * LONGEST])
    except CookieError:
        return None
    found = jar.get(cookie_name(scope, name))
    return found.value if found and 0 < len(found.value) <= LONGEST else None


def set_cookie(
    response: Response, scope: Scope, value: str, name: str = SESSION, lasts: int | None = None
) -> None:
    """Set a cookie. Without `lasts` the browser drops it when it is closed."""
    response.set_cookie(
        cookie_name(scope, name),
        value,
        max_age=lasts,
        path="/",
        secure=is_encrypted(scope),
        httponly=True,
        # Lax: a link in a letter opens signed in; a form of another site does not arrive so.
        samesite="lax",
    )


def drop_cookie(response: Response, scope: Scope, name: str = SESSION) -> None:
    response.delete_cookie(
        cookie_name(scope, name),
        path="/",
        secure=is_encrypted(scope),
        httponly=True,
        samesite="lax",
    )
