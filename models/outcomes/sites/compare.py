"""All sites on one measure: what is shown of each, and which differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.disclosure import FEWEST_SHOWN
from models.outcomes.curves import Npmle
from models.outcomes.disclosure import NOBODY, Count, is_safe, publish_site
from models.outcomes.sites import funnel
from models.outcomes.sites.cases import Cases
from models.outcomes.sites.clustering import (
    Floats,
    Repeats,
    design_effects,
    estimate_likeness,
)
from models.outcomes.sites.facts import WEEKS_8, Mark
from models.outcomes.sites.holding import hold_rates
from models.outcomes.sites.rates import Judged, SiteRate, judge
from models.outcomes.sites.spans import Spans, chances, fit_turnbull
from models.outcomes.sites.verdicts import (
    Comparison,
    Measure,
    Reason,
    Share,
    SiteResult,
    Verdict,
)

# The chance, in a group of sites that do not differ, that any is said to differ on any measure.
FALSE_ALARM = 0.01
LEAST_REFERENCE = 3  # with fewer rates to show there is no group to hold the others against
# Fewer independent courses than this cannot tell a site from any other.
LEAST_SIZE = 5.0


@dataclass(frozen=True, eq=False)
class SiteTables:
    """One site's counts on one instrument. Weights are in patients, not in parts."""

    marks: Mapping[Mark, Count]
    squares: Mapping[Mark, int]
    cases: Cases
    spans: Spans

    @cached_property
    def curve(self) -> Npmle:
        """Turnbull's curve, which several figures are read off."""
        return fit_turnbull(self.spans)

    @cached_property
    def week_8(self) -> tuple[float, Floats]:
        """Turnbull's share still responding on day 56, and each span's own chance of it."""
        return chances(self.spans, self.curve, WEEKS_8)


@dataclass(frozen=True)
class _Marks:
    """Which marks a measure is read from: its outcome, the opposite, and both together."""

    outcome: Mark
    other: Mark
    both: Mark


MARKS = {
    Measure.RESPONSE: _Marks(Mark.RESPONDED, Mark.NOT_RESPONDING, Mark.STATED),
    Measure.REMISSION: _Marks(Mark.REMITTED, Mark.NOT_REMITTED, Mark.STATED),
    Measure.HOLD_8_WEEKS: _Marks(Mark.HELD_8, Mark.LOST_BY_8, Mark.KNOWN_8),
}
DENOMINATORS = {
    Measure.RESPONSE: Mark.STATED,
    Measure.REMISSION: Mark.STATED,
    Measure.HOLD_8_WEEKS: Mark.RESPONDED,
}


def compare_sites(
    tables: Mapping[str, SiteTables], measure: Measure, *, fewest: int = FEWEST_SHOWN
) -> Comparison:
    """Return every site's figures and verdict; sites too small to show take part in nothing."""
    shown = {name: publish_site(site.marks, fewest) for name, site in tables.items()}
    denominator = DENOMINATORS[measure]
    counted = [name for name, figures in shown.items() if figures.get(denominator)]
    full = [name for name in counted if _may_tell(measure, tables[name], shown[name], fewest)]
    likeness = estimate_likeness(read_repeats([tables[name] for name in full], measure))
    rates = _rates(measure, {name: tables[name] for name in counted}, full, likeness)
    reference = [name for name in full if name in rates]
    judged = [name for name in counted if name in rates]
    judged = judged if len(reference) >= LEAST_REFERENCE else reference
    known = {n: _known(n, measure, tables[n], shown[n], fewest) for n in tables}
    results = known | {
        n: replace(known[n], reason=Reason.NOT_FOLLOWED) for n in counted if n not in rates
    }
    if not reference:
        return Comparison(measure, tuple(results.values()), None, likeness, None, 1.0, None)
    found = judge([rates[n] for n in judged], [judged.index(n) for n in reference])
    differs = funnel.stand_out(found.p_value, FALSE_ALARM / len(Measure))
    for place, name in enumerate(judged):
        among = reference.index(name) if name in reference else None
        results[name] = _describe(found, place, among, known[name], bool(differs[place]))
    if len(judged) < 2:
        results[judged[0]] = results[judged[0]].alone()
        return Comparison(measure, tuple(results.values()), None, likeness, None, 1.0, None)
    scatter, spread, shown_all = found.scatter, found.shrunken.spread, tuple(results.values())
    return Comparison(
        measure, shown_all, found.target, likeness, scatter.p_value, scatter.factor, spread
    )


def read_repeats(sites: Iterable[SiteTables], measure: Measure) -> Repeats:
    """Return what repeated courses of one patient tell of a measure, site by site."""
    names = MARKS[measure]
    rows = [
        (
            site.marks.get(names.both, NOBODY).courses,
            site.marks.get(names.outcome, NOBODY).courses,
            site.squares.get(names.both, 0),
            site.squares.get(names.outcome, 0),
            site.squares.get(names.other, 0),
        )
        for site in sites
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return Repeats(*columns)


def _rates(
    measure: Measure, tables: Mapping[str, SiteTables], full: Sequence[str], likeness: float
) -> dict[str, SiteRate]:
    if measure is Measure.HOLD_8_WEEKS:
        found = hold_rates(
            {name: (site.spans, site.cases, site.week_8) for name, site in tables.items()},
            full,
            likeness,
            day=WEEKS_8,
        )
        return {name: rate for name, rate in found.items() if rate.size >= LEAST_SIZE}
    repeats = read_repeats(tables.values(), measure)
    effects = design_effects(repeats, likeness)
    return {
        name: _share_of(site.cases, measure, float(effect))
        for (name, site), effect in zip(tables.items(), effects, strict=True)
    }


def _share_of(cases: Cases, measure: Measure, effect: float) -> SiteRate:
    had = cases.responded if measure is Measure.RESPONSE else cases.remitted
    rows, place = cases.grouped()
    courses = np.bincount(place, cases.courses, len(rows)).astype(np.float64)
    events = np.bincount(place, cases.courses * had, len(rows)).astype(np.float64)
    n = float(courses.sum())
    return SiteRate(float(events.sum()) / n, n, n / effect, rows, courses, events)


def _describe(
    found: Judged, place: int, in_reference: int | None, result: SiteResult, differs: bool
) -> SiteResult:
    """Fill in what the judging found; a site whose outcome is hidden keeps its verdict alone."""

    def pair(both: tuple[Floats, Floats]) -> tuple[float, float]:
        return float(both[0][place]), float(both[1][place])

    judged = replace(
        result,
        verdict=_verdict(found, place, differs),
        watch=pair(found.watch),
        differs=pair(found.differs),
        crude_watch=pair(found.crude_watch),
        crude_differs=pair(found.crude_differs),
    )
    if in_reference is None:
        return judged
    shrunken = found.shrunken
    return replace(
        judged,
        crude=Share(float(found.crude[place]), *pair(found.crude_limits)),
        adjusted=Share(float(found.adjusted[place]), *pair(found.adjusted_limits)),
        shrunken=Share(
            *(float(x[in_reference]) for x in (shrunken.value, shrunken.lower, shrunken.upper))
        ),
        size=float(found.size[place]),
        p_value=float(found.p_value[place]),
    )


def _verdict(found: Judged, place: int, differs: bool) -> Verdict:
    """Watch: outside 95 %. Above, below: outside 99.8 % and still so among as many sites."""
    p = float(found.p_value[place])
    if differs and p < 1 - funnel.DIFFERS_LEVEL:
        return Verdict.ABOVE if found.is_high[place] else Verdict.BELOW
    return Verdict.WATCH if p < 1 - funnel.WATCH_LEVEL else Verdict.SAME


def _may_tell(measure: Measure, site: SiteTables, shown: Mapping[str, int], fewest: int) -> bool:
    """Whether a rate may be shown of a site.

    For hold the rate is a curve's, not a quotient of two counts: it may be shown where neither
    those it holds for nor the others are estimated to be few.
    """
    if measure is not Measure.HOLD_8_WEEKS:
        return MARKS[measure].outcome in shown
    held = site.week_8[0] * site.spans.patients
    parts = (held, site.spans.patients - held)
    return all(part < 1e-6 or part >= fewest for part in parts)


def _known(
    name: str, measure: Measure, site: SiteTables, shown: Mapping[str, int], fewest: int
) -> SiteResult:
    """What is known of a site before it is compared; hidden until it is."""
    outcome, denominator = MARKS[measure].outcome, DENOMINATORS[measure]
    n = shown.get(denominator)
    if not n:
        empty = site.marks.get(denominator, NOBODY).courses == 0
        reason = Reason.NONE if empty else Reason.TOO_FEW
        return SiteResult(name, measure, Verdict.HIDDEN, reason)
    result = SiteResult(name, measure, Verdict.HIDDEN, denominator=n)
    if not _may_tell(measure, site, shown, fewest):
        return replace(result, reason=Reason.TOO_FEW)
    if outcome not in shown:
        return result
    worst, best = _bounds(measure, site, shown, n, fewest)
    return replace(result, numerator=shown[outcome], worst_case=worst, best_case=best)


def _bounds(
    measure: Measure, site: SiteTables, shown: Mapping[str, int], n: int, fewest: int
) -> tuple[float | None, float | None]:
    """The share if all that is unknown were bad, and if it all were good.

    Unknown: courses with a baseline that nobody followed up; for hold, responses neither known
    to last to day 56 nor known to be lost by then.
    """
    y = shown[MARKS[measure].outcome]
    if measure is Measure.HOLD_8_WEEKS:
        lost = shown.get(Mark.LOST_BY_8)
        return (None, None) if lost is None else (y / n, 1 - lost / n)
    missing = site.marks.get(Mark.NOT_FOLLOWED, NOBODY)
    if not is_safe([missing], fewest):
        return None, None
    total = n + missing.courses
    return y / total, (y + missing.courses) / total
