"""Random secrets that are shown once, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets

# No letter or digit that is read as another one.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4


def new_token() -> str:
    """Return 256 random bits that fit into a cookie and into an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return 79 random bits that somebody can copy by hand, as in "k3mp-x7wd-9hqa-b2ef"."""
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))


def hash_token(token: str) -> str:
    """Return what the database keeps. A fast hash will do: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
