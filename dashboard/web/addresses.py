"""Where this application lives, whether the way there is private, and where one may go next."""

from __future__ import annotations

import os
from urllib.parse import quote, urlsplit

from starlette.types import Scope

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FRONT = "/"
LONGEST_NEXT = 500


def public_address() -> str:
    """Return the https address people type, from AFTERGLOW_ADDRESS; empty on one computer."""
    return os.environ.get("AFTERGLOW_ADDRESS", "").strip().rstrip("/")


def is_https_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and parts.path in ("", "/")


def is_encrypted(scope: Scope) -> bool:
    """Tell whether the browser speaks TLS: to us, or to the proxy that AFTERGLOW_ADDRESS names."""
    return scope["scheme"] in ("https", "wss") or is_https_address(public_address())


def is_private(scope: Scope) -> bool:
    """Tell whether nobody on the way can listen: encrypted, or it never leaves this computer."""
    if is_encrypted(scope):
        return True
    host = _host_name(header(scope, b"host"))
    client = (scope.get("client") or ("", 0))[0]
    return host in LOOPBACK and client in LOOPBACK


def _host_name(host: str) -> str | None:
    """Return the name without the port, None for what is no host, as "[::1" is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def header(scope: Scope, name: bytes) -> str:
    """Return a request's header, empty if it is not there."""
    return dict(scope["headers"]).get(name, b"").decode("latin-1")


def own_address(scope: Scope) -> str:
    """Return the address for links that come back to us; never a host somebody made up."""
    return public_address() or f"{scope['scheme']}://{header(scope, b'host')}"


def safe_next(wanted: str | None) -> str:
    """Return where to go after signing in: a path of this site, else the front page.

    Browsers read a backslash as a slash, drop tabs and line breaks, and take // for a host.
    """
    path = wanted or FRONT
    is_path = path.startswith("/") and not path.startswith("//") and len(path) <= LONGEST_NEXT
    if not is_path or not path.isascii() or not path.isprintable() or "\\" in path:
        return FRONT
    return FRONT if path.startswith(("/sign-", "/door/", "/confirm")) else path


def with_next(path: str, wanted: str) -> str:
    """Return the address of a page of ours that leads on to `wanted`."""
    goal = safe_next(wanted)
    return path if goal == FRONT else f"{path}?next={quote(goal, safe='/')}"


def wanted_page(scope: Scope) -> str:
    """Return what a request asked for, to come back to it after signing in."""
    query = scope.get("query_string", b"").decode("latin-1")
    path = quote(scope["path"], safe="/")
    return f"{path}?{query}" if query else path
