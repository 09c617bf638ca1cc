"""What is said of a site."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    RESPONSE = "response"
    REMISSION = "remission"
    HOLD_8_WEEKS = "hold_8_weeks"


class Verdict(StrEnum):
    """`above` and `below`: further from what its patients let expect than chance explains."""

    SAME = "same"
    WATCH = "watch"
    ABOVE = "above"
    BELOW = "below"
    HIDDEN = "hidden"


class Reason(StrEnum):
    """Why something of a site is not shown."""

    TOO_FEW = "too_few"  # 1 to 10 patients, or figures that would give such a number away
    NONE = "none"
    NOT_FOLLOWED = "not_followed"  # nobody was followed to the day the measure is of


@dataclass(frozen=True)
class Share:
    """A rate with its limits; bounds are what it could be if all unknowns went one way."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class SiteResult:
    """One site on one measure. None is hidden or not known; never 0 for either.

    `adjusted` is what the site's result would be with the whole group's patients. Limits of the
    funnel are on the adjusted scale, `crude_*` on the crude one. `shrunken` is the adjusted rate
    drawn towards the group. `size` is the number of independent courses the limits rest on.
    """

    site: str
    measure: Measure
    verdict: Verdict
    reason: Reason | None = None
    numerator: int | None = None
    denominator: int | None = None
    crude: Share | None = None
    adjusted: Share | None = None
    shrunken: Share | None = None
    best_case: float | None = None
    worst_case: float | None = None
    watch: tuple[float, float] | None = None
    differs: tuple[float, float] | None = None
    crude_watch: tuple[float, float] | None = None
    crude_differs: tuple[float, float] | None = None
    size: float | None = None
    p_value: float | None = None

    def alone(self) -> SiteResult:
        """The site's own rate, with no other to hold it against."""
        return SiteResult(
            self.site,
            self.measure,
            Verdict.SAME,
            numerator=self.numerator,
            denominator=self.denominator,
            crude=self.crude,
            best_case=self.best_case,
            worst_case=self.worst_case,
            size=self.size,
        )


@dataclass(frozen=True)
class Comparison:
    """One measure over all sites, with what a method note needs.

    `target` is the group's rate; `likeness` the correlation of courses of one patient; `scatter`
    the test for over-dispersion: its p-value and the factor limits were widened by (in variance);
    `spread` how far sites differ (standard deviation in log-odds).
    """

    measure: Measure
    results: tuple[SiteResult, ...]
    target: float | None
    likeness: float
    scatter_p: float | None
    scatter_factor: float
    spread: float | None

    def named(self, *verdicts: Verdict) -> tuple[str, ...]:
        """Sites with one of these verdicts, in order of name."""
        return tuple(sorted(r.site for r in self.results if r.verdict in verdicts))

    @property
    def headline(self) -> Headline:
        """A site whose rate is hidden is told apart from nobody: it has too few courses to show."""
        judged = {Verdict.SAME, Verdict.WATCH}
        few = [r.site for r in self.results if _is_too_few(r)]
        alike = [r.site for r in self.results if r.verdict in judged and r.crude is not None]
        return Headline(
            self.measure,
            len(self.results),
            tuple(sorted(alike)),
            self.named(Verdict.ABOVE),
            self.named(Verdict.BELOW),
            tuple(site for site in self.named(Verdict.WATCH) if site in alike),
            tuple(sorted(few)),
            tuple(sorted(r.site for r in self.results if r.reason is Reason.NOT_FOLLOWED)),
        )


def _is_too_few(result: SiteResult) -> bool:
    if result.verdict is Verdict.HIDDEN:
        return result.reason is not Reason.NOT_FOLLOWED
    return result.crude is None and result.verdict in (Verdict.SAME, Verdict.WATCH)


@dataclass(frozen=True)
class Headline:
    """The sentence a manager may repeat, as data: `alike` of `sites` cannot be told apart."""

    measure: Measure
    sites: int
    alike: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    watched: tuple[str, ...]
    too_few: tuple[str, ...]
    not_followed: tuple[str, ...]
