"""The sentences about how well patients are followed up."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.formats import count, share, span
from dashboard.wording.flags import first_action as first_action_sentence
from data.queries.due import SiteCompletion
from data.queries.first_action import FirstAction
from models.disclosure import FEWEST_SHOWN

TITLE = "Check-ins done, and how soon flags were acted on"
WORKING = "Working out what was due …"
COMPLETION_COLUMNS = ("Site", "Patients", "Done", "Expected", "Share")
FIRST_ACTION_COLUMNS = ("Site", "Flags", "Nobody yet", "Median")
HIDDEN = "not shown"
METHOD = (
    "Expected is what the clinic's plan asks of each patient, whether or not a reminder reached "
    "them; pauses and stops are not counted, nor what is open still. In the largest published set "
    "of clinics 6 % of treated patients had enough scores (McInnes 2022); True Colours was filled "
    f"in for 92 % of weeks. Sites with fewer than {FEWEST_SHOWN} patients or flags are not shown "
    "to whoever may not know the patients."
)


def completion(found: Sequence[SiteCompletion], *, days: int) -> str:
    """Return "Check-ins: 412 of 530 expected were done (78 %) in the last 90 days."."""
    shown = [each for each in found if each.expected is not None]
    done = sum(each.done or 0 for each in shown)
    expected = sum(each.expected or 0 for each in shown)
    where = "" if len(shown) == len(found) else f", at the {count(len(shown), 'site')} shown"
    if not expected:
        return f"Check-ins: none was expected in the last {days} days{where}."
    return (
        f"Check-ins: {done:,} of {expected:,} expected were done ({share(done / expected)}) in "
        f"the last {days} days{where}."
    )


def completion_row(found: SiteCompletion) -> tuple[str, ...]:
    if found.expected is None or found.done is None:
        return (found.site, *[HIDDEN] * 4)
    part = share(found.done / found.expected) if found.expected else ""
    return found.site, f"{found.patients:,}", f"{found.done:,}", f"{found.expected:,}", part


def first_action(found: FirstAction, *, days: int) -> str:
    return first_action_sentence(found, days=days)


def first_action_row(found: FirstAction) -> tuple[str, ...]:
    if found.flags is None:
        return (found.site or "", *[HIDDEN] * 3)
    waiting = HIDDEN if found.waiting is None else f"{found.waiting:,}"
    wait = "at least half still wait" if found.median is None else span(found.median)
    return found.site or "", f"{found.flags:,}", waiting, wait
