"""Sites' curves as rows of text: still responding, with limits, and how many are followed."""

from __future__ import annotations

from dashboard.formats import is_blank, number, share
from dashboard.wording.site_tables import HIDDEN
from models.outcomes.sites.durations import SiteCurve, SiteDuration


def columns(found: list[SiteDuration]) -> tuple[str, ...]:
    return ("Site", *(f"Day {day}" for day in _days(found)))


def rows(found: list[SiteDuration]) -> list[list[str]]:
    """Return one row a site over all days that may be shown of any."""
    return [[each.site, *(_on(each.curve, day) for day in _days(found))] for each in found]


def _days(found: list[SiteDuration]) -> list[int]:
    return sorted({int(d) for each in found if each.curve is not None for d in each.curve.day if d})


def _on(curve: SiteCurve | None, day: int) -> str:
    places = [] if curve is None else [i for i, d in enumerate(curve.day) if int(d) == day]
    if curve is None or not places:
        return HIDDEN
    at = places[0]
    low, high = curve.ci_lower[at], curve.ci_upper[at]
    limits = "" if is_blank(low) else f" ({number(low * 100, 0)} to {share(high)})"
    followed = int(curve.at_risk[at])
    return f"{share(curve.survival[at])}{limits}, {followed or 'few'} followed"
