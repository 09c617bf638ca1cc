"""The sentences about sites beside one another."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.formats import number
from models.disclosure import FEWEST_SHOWN
from models.outcomes.rules import Rules
from models.outcomes.sites.verdicts import Comparison, Headline, Measure

TITLE = "Compare sites"
OVERVIEW, DURATIONS, FUNNELS, QUALITY = "Overview", "Durations", "Funnel plots", "Data quality"
WORKING = "Counting and comparing …"
COUNTED = "How this is counted"
BESIDE = "Published figures beside ours"
REPORT = "One-page report to print"
NOTHING = (
    "No site has enough courses on this instrument to show anything. Choose another instrument, or "
    "come back when more have been followed up."
)
NO_SITE = "No site is assigned to you yet. An administrator assigns sites under Users."
ALONE = (
    "You see one site, so there is nothing to compare it with: limits and verdicts need at least "
    "two. Its own figures are below."
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
    "Turnbull's curve on the weeks that may be shown: so many lost response since the one before "
    "that nobody is pointed at. Courses still followed are rounded down to tens."
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
LENGTHS = ("Days held of the first 56", "Difference from the other sites", "Median")
LENGTH_KEYS = {
    LENGTHS[0]: "days responding, of the first 56 after the last infusion",
    LENGTHS[1]: "days more (right) or fewer (left) than all other sites shown together",
    LENGTHS[2]: "days until half of the responses were lost",
}


def headline(said: Headline) -> str:
    """Return the sentence a manager may repeat in a meeting."""
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
        was = "was" if len(said.not_followed) == 1 else "were"
        parts.append(f"{join(said.not_followed)} {was} not followed for long enough")
    if said.too_few:
        has = "has" if len(said.too_few) == 1 else "have"
        parts.append(f"{join(said.too_few)} {has} too few courses to show")
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


def _named(names: Sequence[str]) -> str:
    return f"{join(names)} {'is' if len(names) == 1 else 'are'}"


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


HIDING = (
    f"Figures about 1 to {FEWEST_SHOWN - 1} patients are hidden, and so is every figure from which "
    "one could be worked out; what is hidden takes no part in any figure of the group."
)


def definitions(instrument: str, rules: Rules) -> list[tuple[str, str]]:
    """Return each figure's name, and of what it is counted."""
    late = rules.late_response_window
    return [
        ("Treated", "all courses at the site, whatever was answered."),
        ("Answered", f"courses of patients who answered {instrument} at any time."),
        (
            "With a baseline",
            f"of these, with a {instrument} in the {rules.baseline_window} days before an "
            "induction; maintenance is measured against the induction's.",
        ),
        ("Followed up", f"of these, with a {instrument} within {late} days of the last infusion."),
        (
            "Eligible",
            "of these, with a baseline at or above the instrument's minimum, so that response can "
            "be stated. Denominator of response, remission, improvement and deterioration.",
        ),
        ("Responded", "of eligible courses; the drop the instrument's definition names."),
        (
            "Still responding at 4, 8, 12 weeks",
            "of courses that responded, those seen responding that day or later. Not the same as "
            "lost: the rest were lost, or nobody knows.",
        ),
        (
            "8-week hold",
            "the share estimated to respond still on day 56 (Turnbull: a loss is known to lie "
            "between two check-ins), of courses that responded; a patient counts once.",
        ),
        (
            "Reliably better, reliably worse",
            "a change since baseline of at least the instrument's reliable change, of eligible "
            "courses.",
        ),
        (
            "Late boosters",
            "maintenance that came when more than half of the gain was lost, of maintenance after "
            "a response with a check-in in the 10 days before it.",
        ),
        (
            "From … to …",
            "what the share would be if everybody unknown had not responded, and if all had.",
        ),
    ]
