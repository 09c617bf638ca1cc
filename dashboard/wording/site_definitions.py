"""What each figure about sites is counted of: every column of every table has its line here."""

from __future__ import annotations

from dashboard.formats import number
from data.quarters import LATE_DAYS
from models.outcomes.rules import Rules
from models.outcomes.sites.verdicts import Comparison

Definitions = list[tuple[str, str]]


def overview(instrument: str, rules: Rules) -> Definitions:
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
        ("Responded, response", "of eligible courses; the drop the instrument's definition names."),
        (
            "Remission",
            "of eligible courses; at or under the cut the instrument's definition names.",
        ),
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


def lengths(rules: Rules) -> Definitions:
    """Return what the figures of the Durations tab are counted of."""
    return [
        ("Courses", "courses that responded."),
        (
            "Median",
            "days from the last infusion until half of the responses were lost; a loss is dated "
            "to the middle between the two check-ins it lies between. In brackets 95 % limits.",
        ),
        (
            "Days held of the first 56",
            "the area under the curve up to day 56, of courses that responded: restricted mean, "
            "with 95 % limits.",
        ),
        (
            "Difference, difference of medians",
            "from all other sites shown together, of courses that responded; 95 % limits.",
        ),
        (
            "Day 7, 14 and so on",
            "share still responding (Turnbull), of courses that responded, with 95 % limits, and "
            "how many courses were followed as long, rounded down to tens.",
        ),
        (
            "A patient's courses",
            "weigh 1/n each and are clustered, so that nobody counts twice. A loss is a confirmed "
            f"one ({number(rules.confirmation)} check-ins in a row, or one and then the next "
            "course).",
        ),
    ]


def comparison(found: Comparison) -> Definitions:
    """Return what the figures of the Funnel plots tab are counted of."""
    of = {
        "response": "eligible courses",
        "remission": "eligible courses",
        "hold_8_weeks": "courses that responded; the rate is Turnbull's on day 56",
    }[found.measure]
    return [
        ("Courses", f"{of}."),
        ("Crude", "the rate as it is, with 95 % limits."),
        (
            "Adjusted",
            "the rate the site would have with the patients of all sites shown, with 95 % limits.",
        ),
        (
            "Drawn to the group",
            "the adjusted rate moved towards the group's, the more the fewer courses it rests on.",
        ),
        (
            "95 % limits, 99.8 % limits",
            "where the adjusted rate of a site like it would lie by chance alone in as many of "
            "100 (of 1,000) groups.",
        ),
        (
            "Reading",
            "“above” or “below” only outside 99.8 % and beyond what Holm's procedure allows among "
            "as many sites and measures, so that 1 group in 100 without any difference has one.",
        ),
        ("Group", "the rate of all sites shown together."),
    ]


def quality(quarter: str) -> Definitions:
    """Return what the figures of the Data quality tab are counted of."""
    return [
        ("Never answered", "treated courses of patients who never answered it, of all treated."),
        ("Without a baseline", "of courses of patients who answered."),
        ("Not followed up", "of courses with a baseline."),
        ("Not eligible", "of courses followed up: under the instrument's minimum."),
        ("Unknown at 8 weeks", "of courses that responded: neither seen to hold nor to be lost."),
        ("Forms", f"forms answered in {quarter}, withdrawn ones left out."),
        ("By link, in the clinic, by staff, imported", "of these forms, by how they came in."),
        ("Entered late", f"of these, entered more than {LATE_DAYS} days after the day answered."),
        ("Totals that disagree", "of these, with a stated total that is not the sum."),
        ("Without a total", "of these, with too few answers for a total."),
        ("Check-ins finished", f"of check-ins begun in {quarter}, those that were sent."),
        ("Flags", f"raised by answers given in {quarter}."),
        ("Median wait", "from the flag to the first action, of flags somebody has acted on."),
    ]
