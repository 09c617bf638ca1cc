"""Errors that are sentences for the person at the screen. Anything else that is raised is a bug."""

from __future__ import annotations


class AfterglowError(Exception):
    """A sentence the person at the screen can act on."""


class DefinitionError(AfterglowError):
    """A definition (an instrument, a policy) contradicts itself or lacks something."""


class IncompleteAnswers(AfterglowError):
    """The answers given cannot be scored."""


class AnswerOutOfRange(IncompleteAnswers):
    """An answer is not one of those the instrument allows."""


class Refused(AfterglowError):
    """The request was understood and is not permitted."""


class NotFound(AfterglowError):
    """What was asked for does not exist, or not for this person."""


class Conflict(AfterglowError):
    """Somebody else changed the record between reading and writing it."""


class Unavailable(AfterglowError):
    """The database cannot take anything at the moment; nothing of the attempt was kept."""
