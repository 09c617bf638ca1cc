"""What a sender takes, and the two ways in which sending fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """A message ready to leave. Its words stay out of logs: a link is as good as a key."""

    message_id: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Sender(Protocol):
    """Hands one message over. It returns only once the other side has taken it."""

    def send(self, message: Message) -> None:
        """Raise NotSent where trying again may help, Rejected where it will not."""


class NotSent(Exception):
    """Says why in words that name nobody: they are shown to the clinic."""


class Rejected(NotSent):
    """The other side will not take it, now or later."""


class NoSuchAddress(Rejected):
    """There is nobody at this address: it must not be written to again."""
