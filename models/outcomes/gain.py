"""How much of what a course gained is gone: (value - best) / (baseline - best), as a share.

0 is the best value of the course, 1 is back at baseline; under 0 is a new best, over 1 worse than
before treatment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.instrument import TOLERANCE, Instrument
from models.outcomes.episodes import Episode
from models.outcomes.history import Score, keep_last_of_each_day, order_scores

# One bad score calls a loss a third too early, two in a row are about right (the clinic's rule for
# a loss asks for as many; simulation of noisy weekly scores).
CHECK_INS = 2


def share_lost(
    baseline: float | None, best: float | None, value: float, instrument: Instrument
) -> float | None:
    """Return what share of the gain from baseline to best is gone at a value; None for no gain."""
    if baseline is None or best is None:
        return None
    gained = instrument.improvement(baseline, best)
    left = instrument.improvement(baseline, value)
    return None if gained is None or left is None or gained <= 0 else 1 - left / gained


def gain_lost(
    episode: Episode, scores: Sequence[Score], instrument: Instrument, *, check_ins: int = CHECK_INS
) -> float | None:
    """Return the share that is gone at each of the last check-ins: the smallest of theirs.

    Of the latest course, whose follow-ups are all the scores after it, one a day. None with fewer
    check-ins than that, or without a gain to lose.
    """
    after = [score for score in order_scores(scores) if score.moment.is_after(episode.course.last)]
    latest = keep_last_of_each_day(after)[-check_ins:]
    shares = [share_lost(episode.baseline, episode.best, s.value, instrument) for s in latest]
    known = [share for share in shares if share is not None]
    return min(known) if len(known) == check_ins else None


def has_reached(share: float | None, line: float) -> bool:
    """Tell whether a share of the gain is gone; exactly the share counts."""
    return share is not None and share >= line - TOLERANCE


def lost_since(
    check_ins: Sequence[tuple[date, float]],
    baseline: float | None,
    best: float | None,
    instrument: Instrument,
    line: float,
) -> date | None:
    """Return the first day of the last check-ins in a row at or over a line; None if the last is
    under it. `check_ins` are the course's follow-ups as (day, value), oldest first.
    """
    since = None
    for day, value in reversed(check_ins):
        if not has_reached(share_lost(baseline, best, value, instrument), line):
            break
        since = day
    return since
