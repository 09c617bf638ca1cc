"""Sealing what must be read again, such as the secret of a second factor.

The key is a file beside the database and never in it, so that a stolen copy of the database opens
nothing. What is sealed is bound to its place and cannot be moved to another row.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.database import ROOT
from models.errors import Unavailable

DEFAULT_FILE = ROOT / "var" / "secret.key"
KEY_BYTES = 32
NONCE_BYTES = 12
UNREADABLE = "What was sealed cannot be opened with the key file that is here: {path}"


def key_file() -> Path:
    given = os.environ.get("AFTERGLOW_KEY_FILE", "")
    return ROOT / given if given else DEFAULT_FILE


def seal(text: str, place: str) -> str:
    """Return `text` sealed for one place, such as "users:totp_secret:<user id>"."""
    name, key = next(iter(_keys().items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{name}:{urlsafe_b64encode(nonce + sealed).decode('ascii')}"


def unseal(sealed: str, place: str) -> str:
    """Return what was sealed. Raises Unavailable for another key, another place, or damage."""
    name, _, body = sealed.partition(":")
    try:
        key, data = _keys()[name], urlsafe_b64decode(body)
        # Base64 reads some letters as others where they stand last; one text, one way to write it.
        if urlsafe_b64encode(data).decode("ascii") != body:
            raise ValueError("not as it was written")
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise Unavailable(UNREADABLE.format(path=key_file())) from error


def fingerprints(text: str, place: str) -> list[str]:
    """Return hashes by which a sealed text is found again, one a key, that of the newest first.

    Keyed, so that nobody with the database alone can try out every telephone number.
    """
    said = f"{place}:{text}".encode()
    return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in _keys().values()]


def _keys() -> dict[str, bytes]:
    """Return the keys by name: the first line seals, all of them open (a new key goes on top)."""
    path = key_file()
    if not path.exists():
        _make(path)
    keys = [_read_key(line, path) for line in path.read_text("ascii").split()]
    if not keys:
        raise Unavailable(f"The key file is empty: {path}")
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}


def _read_key(line: str, path: Path) -> bytes:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Unavailable(f"The key file holds something that is no key: {path}")
    return key


def _make(path: Path) -> None:
    """Make a key, whole from the first moment on; of two processes at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process made it a moment ago
    finally:
        draft.unlink()
