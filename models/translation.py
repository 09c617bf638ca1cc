"""An instrument's words in another language: data, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Translation:
    """`items` and `options` in the order of the instrument's own; `notice` is for patients.

    `checked_by` names the clinician who has compared the words with their source.
    """

    language: str
    instruction: str
    items: tuple[str, ...]
    options: tuple[str, ...]
    licence: str
    source: str
    checked_by: str
    notice: str = ""
