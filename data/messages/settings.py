"""How messages leave, from the environment. Nothing is sent where nothing is set."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from models.addresses import NoAddress, read_mail
from models.errors import Refused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCAL_ADDRESS = "http://127.0.0.1:8501"
CONSOLE = "console"
LEAST_SECRET = 32


@dataclass(frozen=True)
class MailSettings:
    """A mail server. Its password is never shown; `ca_file` trusts a clinic's own certificate."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @property
    def is_local(self) -> bool:
        return self.host in LOOPBACK

    @property
    def wants_tls(self) -> bool:
        """Encrypted wherever somebody on the way could listen."""
        return not self.is_local or self.ca_file is not None


@dataclass(frozen=True)
class TextSettings:
    """Where texts are handed over: "console", or an address that takes JSON."""

    target: str
    token: str | None = field(default=None, repr=False)


def mail_settings() -> MailSettings | None:
    """Return the mail server AFTERGLOW_SMTP_* names. Raises Refused for one half set."""
    host = _get("AFTERGLOW_SMTP_HOST")
    if not host:
        return None
    sender, port = _get("AFTERGLOW_SMTP_FROM"), _get("AFTERGLOW_SMTP_PORT") or "587"
    try:
        sender = read_mail(sender)
    except NoAddress as error:
        raise Refused("AFTERGLOW_SMTP_FROM is no e-mail address.") from error
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Refused("AFTERGLOW_SMTP_PORT is no port.")
    return MailSettings(
        host,
        int(port),
        sender,
        user=_get("AFTERGLOW_SMTP_USER") or None,
        password=_read_secret("AFTERGLOW_SMTP_PASSWORD_FILE"),
        ca_file=_get("AFTERGLOW_SMTP_CA_FILE") or None,
    )


def sends_mail() -> bool:
    """Return whether a mail server is set up; one half set sends nothing either."""
    try:
        return mail_settings() is not None
    except Refused:
        return False


def text_settings() -> TextSettings | None:
    """Return where AFTERGLOW_TEXTS sends texts. Raises Refused for an address anybody can read."""
    target = _get("AFTERGLOW_TEXTS")
    if not target:
        return None
    if target != CONSOLE:
        parts = urlsplit(target)
        is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or is_local):
            raise Refused("AFTERGLOW_TEXTS must be console or an address with https://.")
    return TextSettings(target, _read_secret("AFTERGLOW_TEXTS_TOKEN_FILE"))


def reply_secret() -> str | None:
    """Return what the text service signs answers with, from AFTERGLOW_TEXTS_SECRET_FILE.

    Without it no answer is taken from anybody. Raises Refused for one that could be guessed.
    """
    secret = _read_secret("AFTERGLOW_TEXTS_SECRET_FILE")
    if secret is not None and len(secret) < LEAST_SECRET:
        raise Refused(f"AFTERGLOW_TEXTS_SECRET_FILE needs {LEAST_SECRET} characters or more.")
    return secret


def own_address() -> str:
    """Return where links lead: AFTERGLOW_ADDRESS, or this computer."""
    return _get("AFTERGLOW_ADDRESS").rstrip("/") or LOCAL_ADDRESS


def _get(name: str) -> str:
    return os.environ.get(name, "").strip()


def _read_secret(name: str) -> str | None:
    path = _get(name)
    if not path:
        return None
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise Refused(f"The file that {name} names cannot be read.") from error
