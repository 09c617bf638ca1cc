"""The sentences about sites beside one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.formats import day, number
from models.disclosure import FEWEST_SHOWN
from models.outcomes.rules import Rules
from models.outcomes.sites.verdicts import Comparison, Headline, Measure

TITLE = "Compare sites"
OVERVIEW, DURATIONS, FUNNELS, QUALITY = "Overview", "Durations", "Funnel plots", "Data quality"
WORKING = "Counting and comparing …"
COUNTED = "How this is counted"
FIGURE, OF_WHAT = "Figure", "Of what"
BESIDE = "Published figures beside ours"
REPORT = "One-page report to print"
NOTHING = (
    "No site has enough courses on this instrument to show anything. Choose another instrument, or "
    "come back when more have been followed up."
)
NO_SITE = "No site is assigned to you yet. An administrator assigns sites under Users."
ALONE = (
    "You see one site, and too few others have figures to show to hold it against: limits and "
    "verdicts need at least three. Its own figures are below."
)
NOT_ADJUSTED = "crude"
ADJUSTED = "adjusted for case mix"
MEASURES = {
    Measure.RESPONSE: "response",
    Measure.REMISSION: "remission",
    Measure.HOLD_8_WEEKS: "8-week hold",
}
FUNNEL_KEY = (
    "One row a site, most courses first. Grey: where 95 % of sites like it would lie by chance "
    "alone; hatched: 99.8 %. Circle: within chance. Open diamond: outside 95 %, one to watch, as "
    "about 1 site in 20 is without any difference. Triangle: outside 99.8 % and still so after "
    "allowing for the number of sites compared. Dotted line: the group."
)
FOREST_KEY = (
    "Square: the estimate; line: its 95 % limits, patients counted once however many courses they "
    "had. An arrow goes on beyond what has been followed. Numbers stand at the right."
)
FUNNEL_TABLE_KEY = (
    "Courses at each step; in brackets how many fell out since the step shown before it. Hidden "
    "steps are left out, so a bracket may span two."
)
FOREST_ALT = "one row a site, with its 95 % limits; the numbers are in the table below."
SHRUNKEN = (
    "Drawn to the group: the adjusted rate moved towards the group's, the more the fewer courses "
    "it rests on: what is left when the luck of few courses is allowed for."
)
CURVES_KEY = (
    "Turnbull's curve on the days that may be shown, the same for all: so many lost response since "
    "the one before that nobody is pointed at. Courses still followed are rounded down to tens."
)
MONTHS_KEY = (
    "Share of eligible courses that responded, by the month of their last infusion. A grey cross "
    f"is a month of 1 to {FEWEST_SHOWN - 1} patients, or one that would give such a month away. "
    "Single months scatter: it is the run that says something."
)
NO_MONTHS = "Months are too small to be shown, for the sites and for the group."
HIDDEN_EVERYWHERE = "Hidden throughout: {}."
NO_CRISIS_TEXT = (
    "Without a crisis text of their own, so that patients there see the general one: {}."
)
LENGTHS = ("Days held of the first 56", "Median", "Differences from the other sites")
LENGTH_KEYS = {
    LENGTHS[0]: "days responding, of the first 56 after the last infusion",
    LENGTHS[1]: "days until half of the responses were lost",
}
MEAN_DIFFERENCE = "days more (right) or fewer (left), of the first 56"
MEDIAN_DIFFERENCE = "days more (right) or fewer (left) until half were lost"
DIFFERENCE_KEY = (
    "From all other sites shown, taken together. First: days held of the first 56; second: "
    "medians, where both medians and their limits have been reached."
)
EVERY_SITE = "Every site"
CURVES = "Curves"
CHOOSE_SITES = "Sites to draw beside all sites, up to three"
CHOOSE_SITE = "Site"
NO_CURVES = (
    "No curve may be drawn: on too few weeks enough responses were lost that nobody is pointed at."
)
CURVE_ALT = "share still responding by day, with limits; in numbers in the table below."
CURVE_DRAWN = (
    "Dots: the days that may be shown, joined by straight lines; band: 95 % limits. Under the "
    "axis: courses still followed, rounded down to tens."
)
ONE_SITE_KEY = "Grey line: all sites. A month that is missing in it is hidden."
MONTHS_ALT = "by month of the last infusion."
NO_MONTHS_HERE = "Months of {} are too small to be shown."
UNNAMED = "The group is {} and yours; the others are not named to you."


def headline(said: Headline, others: int = 0) -> str:
    """Return the sentence a manager may repeat in a meeting.

    `others` is how many more sites are in the group than are named to the reader.
    """
    if others:
        return _headline_of_own(said)
    parts = [_told_apart(said)]
    if said.above:
        parts.append(f"{_named(said.above)} above by more than chance")
    if said.below:
        parts.append(f"{_named(said.below)} below by more than chance")
    if len(said.alike) > 1 and not said.above and not said.below:
        parts.append("none is above or below by more than chance")
    if said.watched:
        parts.append(f"{_named(said.watched)} outside 95 % limits, to watch")
    if said.not_followed:
        was = was_were(said.not_followed)
        parts.append(f"{join(said.not_followed)} {was} not followed for long enough")
    if said.too_few:
        parts.append(f"{join(said.too_few)} {has_have(said.too_few)} too few courses to show")
    return "; ".join(parts) + "."


def _headline_of_own(said: Headline) -> str:
    measure = MEASURES[said.measure]
    parts = [
        f"{join(names)} {words} on {measure}"
        for names, words in (
            (said.alike, "cannot be told apart from the group"),
            (said.above, f"{is_are(said.above)} above the group by more than chance"),
            (said.below, f"{is_are(said.below)} below the group by more than chance"),
            (said.not_followed, f"{was_were(said.not_followed)} not followed for long enough"),
            (said.too_few, f"{has_have(said.too_few)} too few courses to show"),
        )
        if names
    ]
    if said.watched:
        parts.append(f"{_named(said.watched)} outside 95 % limits, to watch")
    return "; ".join(parts) + "."


def _told_apart(said: Headline) -> str:
    measure = MEASURES[said.measure]
    compared = len(said.alike) + len(said.above) + len(said.below)
    if compared == 0:
        return f"No site can be compared on {measure}"
    if compared == 1:
        return f"Only 1 of {said.sites} sites can be shown on {measure}, and none compared"
    return f"{len(said.alike)} of {said.sites} sites cannot be told apart on {measure}"


def join(names: Sequence[str]) -> str:
    """Return "Reno", "Reno and Mesa", "Reno, Mesa and Tucson"."""
    return (
        names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
    )


def is_are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def was_were(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def has_have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _named(names: Sequence[str]) -> str:
    return f"{join(names)} {is_are(names)}"


def about_limits(comparison: Comparison) -> str:
    """Return what the limits allow for, in the numbers of this very comparison."""
    said = [
        "Limits count courses of one patient as alike as they were found to be (correlation "
        f"{number(comparison.likeness, 2)})."
    ]
    if comparison.scatter_p is not None:
        found = "more" if comparison.scatter_factor > 1 else "no more"
        said.append(f"Sites scatter {found} than chance explains (p {_p(comparison.scatter_p)}).")
    if comparison.scatter_factor > 1:
        said.append(
            f"So variances are multiplied by {number(comparison.scatter_factor, 1)} (over-"
            "dispersion): with this much scatter, only sites far from all others are named."
        )
    return " ".join(said)


def _p(value: float) -> str:
    return "under 0.001" if value < 0.001 else number(value, 3 if value < 0.1 else 2)


ADJUSTMENT = (
    "Adjusted for severity at baseline, indication, recorded earlier treatments without response, "
    "kind of course and route: what each site's rate would be with the patients of the whole "
    "group. What is not recorded cannot be adjusted for."
)


def method(rules: Rules) -> str:
    return (
        "Every site by one definition, on one instrument. Response is decided by the answers of "
        f"the first {rules.response_window} days after a course's last infusion, or else by the "
        f"first one within {rules.late_response_window}. {revision(rules)} {HIDING}"
    )


def revision(rules: Rules) -> str:
    return f"Clinic rules, revision {rules.revision}."


PUBLISHED = (
    "Figures are published, not live: a site's stay as they are until at least "
    f"{FEWEST_SHOWN} of its patients have something new, so that two readings tell nothing of "
    "fewer."
)


def published(renewed: Mapping[str, datetime]) -> str:
    """Return since when the figures stand, and why they do not move with every course."""
    days = sorted({at.date() for at in renewed.values()})
    if not days:
        return PUBLISHED
    if len(days) == 1:
        return f"As of {day(days[0])}. {PUBLISHED}"
    return f"As of {day(days[0])} to {day(days[-1])}, site by site. {PUBLISHED}"


HIDING = (
    f"Figures about 1 to {FEWEST_SHOWN - 1} patients are hidden, and so is every figure from which "
    "one could be worked out; what is hidden takes no part in any figure of the group."
)
