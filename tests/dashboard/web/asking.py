"""Asks an ASGI application one thing, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

Headers = Iterable[tuple[str, str]]


def ask(app: Any, kind: str = "http", path: str = "/", headers: Headers = ()) -> list[Any]:
    """Return every message the application sent."""
    sent: list[Any] = []
    opening = {"http": "http.request", "websocket": "websocket.connect"}[kind]

    async def receive() -> dict[str, Any]:
        return {"type": opening, "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8501),
        "subprotocols": [],
        "state": {},
    }
    asyncio.run(app(scope, receive, send))
    return sent
