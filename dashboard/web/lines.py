"""An open connection of somebody's page: each message is asked for again whose it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.web import presences
from dashboard.web.bugs import report_bug
from dashboard.web.refusals import REFUSED
from models.access import Stage

if TYPE_CHECKING:
    from dashboard.web.gate import Gate

# What our pages send. Anything else Streamlit would do for whoever asks, such as empty the caches
# of all or name the files of this installation.
PASSED_ON = ("rerun_script", "stop_script", "file_urls_request", "app_heartbeat")
GONE: dict[str, Any] = {"type": "websocket.disconnect", "code": REFUSED}


class Line:
    """One websocket. Once its session has ended nothing more goes through, in either direction.

    A message that was already under way is dropped, so no callback and no part of a page runs.
    """

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self._gate, self._scope = gate, scope
        self._receive, self._send = receive, send
        self._ended = asyncio.Event()
        self._is_first = True

    async def carry(self) -> None:
        loop = asyncio.get_running_loop()
        never_mind = presences.when_gone(
            str(self._scope["presence"].session_id),
            lambda: loop.call_soon_threadsafe(self._ended.set),
        )
        try:
            await self._gate.app(self._scope, self.receive, self.send)
        finally:
            never_mind()

    async def send(self, message: Message) -> None:
        if not self._ended.is_set():
            await self._send(message)

    async def receive(self) -> Message:
        while True:
            message = await self._next()
            if message["type"] != "websocket.receive":
                break
            said = _read(message)
            if not await self._is_still_theirs(said):
                self._ended.set()
            if self._ended.is_set() or said.WhichOneof("type") in PASSED_ON:
                break
        if not self._ended.is_set():
            return message
        await self._send({"type": "websocket.close", "code": REFUSED})
        return GONE

    async def _next(self) -> Message:
        """Return the next message, or that the connection is over once the session is."""
        coming = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait({coming, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if coming.done():
            return coming.result()
        coming.cancel()
        return GONE

    async def _is_still_theirs(self, said: BackMsg) -> bool:
        # A page's first message is its own doing: reconnecting must not keep a session alive.
        is_active = not self._is_first and _is_step(said)
        self._is_first = False
        try:
            presence = await self._gate.find(self._scope, is_active=is_active)
        except Exception as error:
            report_bug(error)
            return False
        return presence is not None and presence.stage is Stage.OPEN


def _read(message: Message) -> BackMsg:
    """Return what a message says; an empty one for what none of our pages could have sent."""
    try:
        return BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return BackMsg()


def _is_step(said: BackMsg) -> bool:
    """Tell whether a person did something; a page that refreshes itself is nobody's doing."""
    return said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun
