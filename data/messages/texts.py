"""Texts: shown on the console while trying things out, or handed to a service over HTTPS."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit

from data.messages.senders import Message, NotSent, Rejected, Sender
from data.messages.settings import CONSOLE, TextSettings

PATIENCE = 20.0
# What a service answers when the same request will never do.
FOR_GOOD = frozenset({400, 403, 404, 405, 410, 413, 422})


class ConsoleTexts:
    """Prints texts where the worker runs. For trying things out: the links in them work."""

    def send(self, message: Message) -> None:
        print(f"Text to {message.to}: {message.body}", file=sys.stderr, flush=True)


class WebhookTexts:
    """Posts {"id", "to", "text"} as JSON. The id is the same for every try of one text."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.parts = urlsplit(address)
        self.token = token

    def send(self, message: Message) -> None:
        said = {"id": str(message.message_id), "to": message.to, "text": message.body}
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(message.message_id),
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        code = self._post(json.dumps(said).encode(), headers)
        if 200 <= code < 300:
            return
        if code in FOR_GOOD:
            raise Rejected(f"the text service refused it for good ({code})")
        raise NotSent(f"the text service did not take it ({code})")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """Return the answer's number. A redirection is not followed: it is no acceptance."""
        connection = self._connect()
        path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NotSent("the text service could not be reached") from error
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self.parts.hostname or "", self.parts.port
        if self.parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
        return http.client.HTTPConnection(host, port, timeout=PATIENCE)


def text_sender(settings: TextSettings) -> Sender:
    if settings.target == CONSOLE:
        return ConsoleTexts()
    return WebhookTexts(settings.target, settings.token)
