"""Addresses messages go to. What passes here holds no line break and no second address."""

from __future__ import annotations

import re

from models.errors import AfterglowError

# One @, no quoting, no comments: what people really have. Nothing that a mail header could take
# for its end or for another address.
MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])"
)
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


class NoAddress(AfterglowError):
    """What was given is no address a message could go to."""


def read_mail(text: str) -> str:
    """Return a mail address without the blanks around it. Raises NoAddress."""
    address = text.strip()
    if not MAIL.fullmatch(address) or ".." in address or len(address) > 254:
        raise NoAddress("This is no e-mail address: expected one like name@example.org.")
    return address


def read_phone(text: str) -> str:
    """Return a number as +15551234567. Raises NoAddress for one without its country."""
    number = re.sub(r"[\s().-]", "", text.strip())
    if not PHONE.fullmatch(number):
        raise NoAddress("This is no number for texts: expected one like +1 555 123 4567.")
    return number
