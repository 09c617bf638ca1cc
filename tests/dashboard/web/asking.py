"""Asks an ASGI application one thing, or talks to it over a websocket, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

Headers = Iterable[tuple[str, str]]


def ask(
    app: Any,
    kind: str = "http",
    path: str = "/",
    headers: Headers = (),
    method: str = "GET",
    **scope: Any,
) -> list[Any]:
    """Return every message the application sent."""
    sent: list[Any] = []
    opening = {"http": "http.request", "websocket": "websocket.connect"}[kind]

    async def receive() -> dict[str, Any]:
        return {"type": opening, "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope_of(kind, path, headers, method) | scope, receive, send))
    return sent


def talk(app: Any, steps: Iterable[bytes | Callable[[], Any]], headers: Headers = ()) -> list[Any]:
    """Open a websocket and take the steps: send what is bytes, call what is not.

    Return every message the application sent. It hangs up at the end, unless it was hung up on.
    """
    return asyncio.run(_talk(app, list(steps), headers))


async def _talk(app: Any, steps: list[Any], headers: Headers) -> list[Any]:
    sent: list[Any] = []
    coming: asyncio.Queue[Any] = asyncio.Queue()

    async def send(message: Any) -> None:
        sent.append(message)

    await coming.put({"type": "websocket.connect"})
    scope = scope_of("websocket", "/_stcore/stream", headers)
    running = asyncio.create_task(app(scope, coming.get, send))
    for step in steps:
        await asyncio.sleep(0.05)
        if callable(step):
            await asyncio.to_thread(step)
        else:
            await coming.put({"type": "websocket.receive", "bytes": step})
    await asyncio.sleep(0.2)
    await coming.put({"type": "websocket.disconnect", "code": 1000})
    await asyncio.wait_for(running, 10)
    return sent


def scope_of(kind: str, path: str, headers: Headers, method: str = "GET") -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
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
