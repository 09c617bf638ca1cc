"""Published figures a manager is asked about, beside ours, and why they are not the same thing."""

from __future__ import annotations

from dashboard.formats import share
from data.site_reports import SitesReport
from models.outcomes.sites.facts import Breakdown
from models.outcomes.sites.verdicts import Measure

COLUMNS = ("Source", "Published", "Here", "Why they are not comparable")
NOT_SHOWN = "not shown"
RESPONSE, REMISSION, HOLD = "response", "remission", "hold"

# Source, what it found, which of ours stands beside it, and what is different about it.
SOURCES = (
    (
        "McInnes 2022 (537 of 9,016 patients, 178 clinics)",
        "response 53.6 % on PHQ-9, 14 to 31 days after induction; 8.4 % were worse",
        RESPONSE,
        "6 in 100 patients of those clinics had the answers that were needed; inductions only, and "
        "no bounds for those who did not answer.",
    ),
    (
        "McInnes 2022, remission",
        "remission 28.9 %",
        REMISSION,
        "depends strongly on severity at baseline, and theirs are not our patients.",
    ),
    (
        "McInnes 2022, duration",
        "about 80 % still responding at 4 weeks, about 60 % at 8",
        HOLD,
        "approximate, by Kaplan-Meier, which dates a loss to the visit that found it, later than "
        "here, where it lies between two check-ins; who is asked more often is found out sooner.",
    ),
    (
        "Oliver 2022 (424 patients, community clinics)",
        "response 50 % within 6 weeks, 72 % after 10 infusions",
        RESPONSE,
        "reached at any time within weeks, and by those who went on to 10 infusions; here one "
        "window after each course.",
    ),
    (
        "ELEKT-D 2023 (trial against ECT, 403 patients)",
        "response 55.4 % after 6 infusions in 3 weeks",
        RESPONSE,
        "another instrument (QIDS-SR16), and patients chosen for and followed up in a trial.",
    ),
    (
        "Murrough 2013 (24 patients)",
        "response 70.8 %; half had lost it by day 18",
        RESPONSE,
        "rated by a clinician (MADRS), in a trial of chosen patients; small.",
    ),
)


def beside_ours(report: SitesReport) -> list[list[str]]:
    ours = {
        RESPONSE: _response(report),
        REMISSION: _target(report, Measure.REMISSION, "of eligible courses"),
        HOLD: _target(report, Measure.HOLD_8_WEEKS, "of responses hold 8 weeks"),
    }
    return [[source, found, ours[ours_is], why] for source, found, ours_is, why in SOURCES]


def _response(report: SitesReport) -> str:
    """The group's own count where it may be shown."""
    whole = report.group[report.group["breakdown"] == Breakdown.ALL.value].dropna()
    if whole.empty:
        return NOT_SHOWN
    row = whole.iloc[0]
    return f"{share(row['share'])} of {int(row['stated']):,} courses"


def _target(report: SitesReport, measure: Measure, of: str) -> str:
    rate = report.comparisons[measure].target
    return NOT_SHOWN if rate is None else f"{share(rate)} {of}"
