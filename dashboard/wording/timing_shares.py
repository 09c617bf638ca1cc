"""Shares of maintenance infusions that came early, on time or late, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.formats import count, share
from dashboard.wording.site_tables import HIDDEN
from dashboard.wording.timing import NAMES, rule
from data.queries.timings import GivenTimings, SiteTimings
from models.outcomes.proportion import Proportion, measure_share
from models.outcomes.timing import Timing, share_timings

TITLE = "When maintenance infusions came"
NOBODY_SAID = "not recorded"
KNOWN = tuple(timing for timing in Timing if timing is not Timing.UNKNOWN)
_SHARES = tuple(NAMES[timing].capitalize() for timing in Timing)
SITE_COLUMNS = ("Site", "Early", "On time", "Early or on time", "Late", "Unknown")
COLUMNS = ("Given by", "Courses", *_SHARES)
WHOLE_SITE = "everyone"


def nothing(instrument: str) -> str:
    return f"No maintenance course here followed a response on {instrument}."


def summary(found: Sequence[GivenTimings], instrument: str) -> str:
    """Return all of these sites together, in one sentence."""
    shares = share_timings(_add(found))
    known, unknown = shares[Timing.LATE].total, shares[Timing.UNKNOWN]
    said = ", ".join(f"{shares[timing].count} {NAMES[timing]}" for timing in KNOWN)
    rest = f" Of {unknown.count} it is unknown." if unknown.count else ""
    return (
        f"Of {count(unknown.total, 'maintenance course')} that followed a response on "
        f"{instrument}, {known} can be timed: {said}.{rest}"
    )


def rows(found: Sequence[GivenTimings]) -> list[tuple[str, ...]]:
    """Return a row a site, and under it one for everybody who gave infusions there."""
    table = []
    for site in dict.fromkeys(one.site for one in found):
        here = [one for one in found if one.site == site]
        whole = _add(here)
        table.append((f"{site}, {WHOLE_SITE}", str(sum(whole.values())), *_cells(whole)))
        table += [
            (f"{one.given_by or NOBODY_SAID}, {site}", _courses(one), *_cells(one.counts))
            for one in here
        ]
    return table


def _courses(one: GivenTimings) -> str:
    return f"{sum(one.counts.values())} of {count(one.patients, 'patient')}"


def site_rows(found: Sequence[SiteTimings]) -> list[list[str]]:
    """Return a row for each site of which anything may be shown."""
    return [
        [one.site, *_site_cells(one, one.in_time, one.late)]
        for one in found
        if one.in_time is not None and one.late is not None
    ]


def hidden_sites(found: Sequence[SiteTimings]) -> str:
    """Name the sites of which nothing may be shown; empty where there is none."""
    names = [one.site for one in found if one.in_time is None]
    return f"Hidden, because too few patients stand behind it: {', '.join(names)}." if names else ""


def _site_cells(one: SiteTimings, in_time: int, late: int) -> list[str]:
    known = in_time + late
    cells = [_share_of(part, known) for part in (one.early, one.on_time, in_time, late)]
    unknown = HIDDEN if one.unknown is None else _share_of(one.unknown, known + one.unknown)
    return [*cells, unknown]


def _share_of(part: int | None, whole: int) -> str:
    return HIDDEN if part is None else _cell(measure_share(part, whole))


def _add(found: Sequence[GivenTimings]) -> dict[Timing, int]:
    return {timing: sum(one.counts[timing] for one in found) for timing in Timing}


def _cells(counts: Mapping[Timing, int]) -> tuple[str, ...]:
    shares = share_timings(counts)
    return tuple(_cell(shares[timing]) for timing in Timing)


def _cell(found: Proportion) -> str:
    """12 of 40, 30 % (18-45 %); without any there is nothing to say."""
    if found.share is None:
        return "–"
    limits = f"{share(found.ci_lower)[:-2]}–{share(found.ci_upper)}"
    return f"{found.count} of {found.total}, {share(found.share)} ({limits})"


def method() -> str:
    return (
        f"{rule()} Shares are of the courses that can be timed, those unknown of all; in brackets "
        "Wilson's 95 % interval. Courses of one patient are alike, so the intervals are rather too "
        "narrow. Whoever gave the first infusion of a course is named as recorded; the patients "
        "they treat differ, and so may their shares without anything else being different."
    )


def site_method() -> str:
    return (
        f"{rule()} Shares are of the courses that can be timed, those unknown of all; in brackets "
        "Wilson's 95 % interval. What is of 1 to 10 patients is hidden, and early and on time are "
        "told together where one of them is."
    )
