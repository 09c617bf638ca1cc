"""Numbers of people too small to show to whoever may not know the people themselves."""

from __future__ import annotations

# A cell of 1 to 10 points at somebody (the rule CMS applies to its own tables).
FEWEST_SHOWN = 11


def is_shown(count: int) -> bool:
    return count == 0 or count >= FEWEST_SHOWN
