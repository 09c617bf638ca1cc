"""Keeps a test run to this machine: what leaves it is refused, and remembered.

Standard-library sockets are enough: nothing else of ours opens connections, apart from psycopg,
whose address the tests choose themselves.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest

# Nothing listens on port 1, so a connection is refused at once instead of waiting for a time-out.
REFUSED_DATABASE = "postgresql+psycopg://nobody@127.0.0.1:1/unreachable?connect_timeout=2"


class OutsideWorldError(RuntimeError):
    """A test tried to leave this machine. Not an OSError, which a retry loop might swallow."""


def is_local(address: Any) -> bool:
    """Whether a socket address stays here: a Unix path, loopback, or a wildcard to listen on."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    return parsed.is_loopback or parsed.is_unspecified


def block_network(patch: pytest.MonkeyPatch) -> list[str]:
    """Refuse every connection, datagram and name look-up that leaves; return the list of them."""
    attempts: list[str] = []

    def guard(original: Callable[..., Any], address_of: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            address = address_of(*args)
            if not is_local(address):
                attempts.append(str(address[0]))
                raise OutsideWorldError(f"a test tried to reach {address[0]}")
            return original(*args, **kwargs)

        return guarded

    for method in ("connect", "connect_ex", "sendto"):
        original = getattr(socket.socket, method)
        patch.setattr(socket.socket, method, guard(original, lambda *args: args[-1]))
    by_name = guard(socket.getaddrinfo, lambda host, *rest: (_text(host),))
    patch.setattr(socket, "getaddrinfo", by_name)
    return attempts


def _text(host: str | bytes | None) -> str:
    return host.decode() if isinstance(host, bytes) else host or ""
