"""Sends each message at once: without this, every rerun may wait 40 ms for nothing.

Streamlit sends a page as many small messages. On the socket it makes, the system holds a small one
back until the one before is acknowledged (Nagle), which the other end delays on purpose. asyncio
would turn that off, but does not recognise this socket as TCP.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OPEN_FILES = Path("/dev/fd")  # Linux and macOS; elsewhere nothing is done


def send_at_once() -> int:
    """Turn delaying off on each listening socket, and so on what it accepts; return how many."""
    found = 0
    for listening in _listening_sockets():
        with listening:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            found += 1
    return found


def _listening_sockets() -> Iterator[socket.socket]:
    """Yield duplicates of this process's listening TCP sockets; closing one leaves the original."""
    for name in os.listdir(OPEN_FILES) if OPEN_FILES.is_dir() else ():
        with suppress(OSError):  # not a socket, or already closed
            candidate = socket.socket(fileno=os.dup(int(name)))
            is_internet = candidate.family in (socket.AF_INET, socket.AF_INET6)
            if is_internet and candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                yield candidate
            else:
                candidate.close()
