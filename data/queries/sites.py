"""The sites of a group beside one another: counts as published, never patients.

A page costs as much for a million patients as for a thousand: what the whole group's figures come
to is kept (data/publications.py), and each reader gets their part of it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from data.database import reading
from data.histories import load_records
from data.instruments import catalogue
from data.looks import note_look
from data.policies import RULES, in_force
from data.publications import read_group_report, read_published, read_renewals
from data.results import outcomes_of
from data.site_counts import count_patient
from data.site_reports import SitesReport, report_sites
from models.disclosure import FEWEST_SHOWN
from models.outcomes.sites.counting import add_up_patient
from models.outcomes.sites.tally import Tally
from models.policy import Operation, Person, Relation, readable_sites
from models.tables import Site

# With fewer other sites in it, the group's figures would be theirs.
FEWEST_OTHERS = 3


def read_sites(
    engine: Engine, person: Person, instrument: str, *, fewest: int = FEWEST_SHOWN
) -> SitesReport:
    """Return the figures of every site this person may read, held against the whole group's.

    Sites they may not read are in the group's figures and nowhere else; where these are few,
    the person's own sites are compared among themselves.
    """
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.READ_CURVES)
    report = read_group_report(engine, instrument, fewest=fewest).of(names.values())
    is_held = may_read_group(person) and report.others >= FEWEST_OTHERS
    if report.others and not is_held:
        with reading(engine) as connection:
            tally = read_published(connection, instrument, names)
            renewed = read_renewals(connection, instrument)
        report = report_sites(tally, instrument, names, report.rules, renewed, fewest=fewest)
    note_look(engine, person, Operation.READ_CURVES, instrument=instrument)
    return report


def may_read_group(person: Person) -> bool:
    """Return whether the group's figures may stand beside those of a person's own sites."""
    return person.may(Operation.READ_GROUP_CURVES, Relation.OTHER_SITE)


def site_names(connection: Connection, person: Person, operation: Operation) -> dict[UUID, str]:
    """Return the sites this person may do this to, in order of name."""
    allowed = readable_sites(person, operation)
    query = select(Site.site_id, Site.name).order_by(Site.name)
    if allowed is not None:
        query = query.where(Site.site_id.in_(allowed))
    return {row.site_id: row.name for row in connection.execute(query)}


def tally_as_of(connection: Connection, as_of: date) -> Tally:
    """Count everybody anew from what had happened by a day."""
    rules, instruments, tally = in_force(connection, RULES), catalogue(), Tally()
    for records in load_records(connection, until=as_of):
        courses, episodes = outcomes_of(records, instruments, rules)
        tally.add(add_up_patient(count_patient(records, courses, episodes, instruments)))
    return tally
