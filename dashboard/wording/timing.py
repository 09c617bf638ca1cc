"""When maintenance infusions came, and what became of inductions like this one, in words."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from data.queries.induction import InductionSoFar
from models.instrument import Instrument
from models.outcomes.timing import (
    LATEST_LOOK,
    ON_TIME,
    TimedInfusion,
    Timing,
    count_timings,
    share_timings,
)

HEADING = "When maintenance infusions came"
NAMES = {
    Timing.EARLY: "early",
    Timing.ON_TIME: "on time",
    Timing.LATE: "late",
    Timing.UNKNOWN: "unknown",
}


def rule() -> str:
    """Return what the words mean."""
    least, most = (formats.share(share) for share in ON_TIME)
    return (
        f"Judged by the last check-in of the {LATEST_LOOK} days before: early with under {least} "
        f"of the gain from baseline to the best score lost, on time with {least} to {most}, late "
        "with more or no longer responding. Only courses that followed a response; a description "
        "of what was, not of what was right."
    )


def summary(timed: Sequence[TimedInfusion]) -> str:
    shares = share_timings(count_timings(timed))
    known = [timing for timing in Timing if timing is not Timing.UNKNOWN]
    total, unknown = shares[Timing.EARLY].total, shares[Timing.UNKNOWN].count
    if total == 0:
        return f"None of {formats.count(len(timed), 'maintenance course')} can be timed."
    counts = ", ".join(f"{shares[timing].count} {NAMES[timing]}" for timing in known)
    rest = f"; of {unknown} more it is unknown" if unknown else ""
    return f"Of {formats.count(total, 'maintenance course')} {counts}{rest}."


def line(one: TimedInfusion) -> str:
    """Return one maintenance course's timing, with the check-in it is judged by."""
    where = f"Course {one.course_no}, {formats.day(one.given_on)}: {NAMES[one.timing]}"
    if one.looked_on is None or one.lost_share is None:
        return f"{where}, no check-in in the {LATEST_LOOK} days before"
    on = formats.short_day(one.looked_on, today=one.given_on)
    if one.lost_share <= 0:
        return f"{where}, at the best score so far on {on}"
    if one.lost_share >= 1:
        return f"{where}, all of the gain lost by {on}"
    is_over = one.timing is Timing.LATE and one.lost_share <= ON_TIME[1]
    over = ", no longer responding" if is_over else ""
    return f"{where}, {formats.share(one.lost_share)} of the gain lost by {on}{over}"


def compare_induction(found: InductionSoFar, instrument: Instrument) -> str:
    """Return how many with as little improvement by then responded after all."""
    little, others = formats.share(found.little), found.responded
    so_far = formats.share(found.improvement) if found.improvement > 0 else "no"
    here = f"Before infusion {found.number}: {so_far} improvement on {instrument.code}."
    if others.total == 0:
        return f"{here} No finished induction at this site had under {little} by then."
    return (
        f"{here} {others.count} of {formats.count(others.total, 'induction')} at this site with "
        f"under {little} improvement by then still responded ({formats.share(others.share)}, 95 % "
        f"interval {formats.share(others.ci_lower)} to {formats.share(others.ci_upper)}, Wilson). "
        "Inductions that stopped without a later score are not among them."
    )
