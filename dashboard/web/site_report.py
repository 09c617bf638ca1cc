"""The sites beside one another on one page of paper: tables, method, dates, and nobody's name."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.gate import presence_of
from dashboard.web.pages import draw, guarded
from dashboard.web.watch import script_tag
from dashboard.wording import (
    site_comparison,
    site_definitions,
    site_lengths,
    site_sources,
    site_tables,
)
from dashboard.wording import site_report as words
from data import clock
from data.database import configured_engine
from data.instruments import find
from data.queries.group import read_group
from data.queries.sites import read_sites
from data.site_reports import SitesReport
from models.errors import NotFound
from models.outcomes.sites.facts import Breakdown
from models.policy import Person

USUAL = "PHQ-9"
# A heading, its columns, its rows.
Table = tuple[str, tuple[str, ...], list[list[str]]]


@guarded
async def report_page(request: Request) -> Response:
    presence = presence_of(request)
    code = _code(request.query_params.get("instrument") or USUAL)
    report, zone = await run_in_threadpool(_read, presence.person, code)
    first = report.in_order()[0]
    sites = site_tables.sites_of(report)
    is_alone = len(sites) < 2 and not report.others
    return draw(
        "site_report",
        title=f"{words.TITLE}: {code}",
        watch=script_tag(presence),
        said=words,
        everywhere=site_comparison.HIDDEN_EVERYWHERE,
        dates=words.dates(_months(report), clock.today(zone)),
        published=site_comparison.published(report.renewed),
        sentences=[site_comparison.ALONE]
        if is_alone
        else [site_comparison.headline(each.headline, report.others) for each in report.in_order()],
        tables=[
            (heading, *site_tables.leave_out_hidden(columns, rows))
            for heading, columns, rows in _tables(report, is_alone=is_alone)
        ],
        excluded=words.excluded(_hidden(report, sites)),
        method=[
            site_comparison.method(report.rules),
            *(
                []
                if is_alone
                else [site_comparison.ADJUSTMENT, site_comparison.about_limits(first)]
            ),
        ],
        definitions=site_definitions.overview(code, report.rules),
    )


def _read(person: Person, code: str) -> tuple[SitesReport, str]:
    engine = configured_engine()
    return read_sites(engine, person, code), read_group(engine, person).zone


def _code(asked: str) -> str:
    known = find(asked)
    if known is None or known.response_drop is None:
        raise NotFound(words.NOT_AN_INSTRUMENT)
    return known.code


def _tables(report: SitesReport, *, is_alone: bool) -> list[Table]:
    first = report.in_order()[0]
    heading = words.ADJUSTED.format(site_comparison.MEASURES[first.measure].capitalize())
    compared = (heading, site_tables.COMPARED_COLUMNS, site_tables.compared(first))
    return [
        (words.FOLLOW_UP, site_tables.FUNNEL_COLUMNS, site_tables.funnel(report)),
        (words.RATES, site_tables.RATE_COLUMNS, site_tables.rates(report)),
        *([] if is_alone else [compared]),
        (words.LENGTHS, site_lengths.COLUMNS, site_lengths.rows(site_lengths.with_group(report))),
        (site_comparison.BESIDE, site_sources.COLUMNS, site_sources.beside_ours(report)),
    ]


def _hidden(report: SitesReport, sites: list[str]) -> list[str]:
    shown = set(report.funnel["site"])
    return [site for site in sites if site not in shown]


def _months(report: SitesReport) -> list[str]:
    """Return the months that may be shown of the group, in order."""
    group = report.group[report.group["breakdown"] == Breakdown.MONTH.value]
    return sorted(group[group["stated"].notna()]["value"])


ROUTES = [Route("/report/sites", report_page)]
