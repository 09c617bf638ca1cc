"""One name however somebody typed it: names of who gave an infusion are text, not users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def tidy(name: str) -> str:
    """Return a name without spaces around it or two in a row."""
    return " ".join(name.split())


def fold(name: str) -> str:
    """Return what is the same for every way to write a name in case and spaces."""
    return tidy(name).casefold()


def settle(name: str, known: Iterable[str]) -> str:
    """Return a typed name as it is already written among those known, or tidied."""
    return next((one for one in known if fold(one) == fold(name)), tidy(name))


def join_spellings(used: Mapping[str, int]) -> dict[str, str]:
    """Return for each spelling the one to show for it: that used most often, then the first."""
    usual: dict[str, str] = {}
    for name in sorted(used, key=lambda it: (-used[it], it)):
        usual.setdefault(fold(name), name)
    return {name: usual[fold(name)] for name in used}
