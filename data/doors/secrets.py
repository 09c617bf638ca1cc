"""Random secrets that are shown once, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits that fit into a cookie and into an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what the database keeps. A fast hash will do: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
