"""Sites an import names: found whatever their case, opened when new, with a time zone."""

from __future__ import annotations

import os
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from data import clock
from data.actions.sites import insert_site
from data.importers.report import Remark, Report
from data.importers.rows import Origin
from models.tables import Site

# Cities whose zone does not bear their name. Others ("Denver") are found in the zone list.
CITY_ZONES = {
    "dallas": "America/Chicago",
    "houston": "America/Chicago",
    "minneapolis": "America/Chicago",
    "jacksonville": "America/New_York",
    "las vegas": "America/Los_Angeles",
    "reno": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "salt lake city": "America/Denver",
    "tucson": "America/Phoenix",
    "mesa": "America/Phoenix",
}
DEFAULT_ZONE = "America/Chicago"


class Place(NamedTuple):
    site_id: UUID
    time_zone: str


class Sites:
    """Sites by name, whatever its case."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self.connection = connection
        self.report = report
        rows = connection.execute(select(Site.name, Site.site_id, Site.time_zone))
        self.known = {name.casefold(): Place(site_id, zone) for name, site_id, zone in rows}

    def zone_of(self, name: str) -> str:
        """Return the zone a site has, or would have were it opened."""
        place = self.known.get(name.casefold())
        return place.time_zone if place else guess_zone(name) or default_zone()

    def find_or_open(self, name: str, origin: Origin, time_zone: str | None = None) -> Place:
        place = self.known.get(name.casefold())
        if place is None:
            zone = time_zone or guess_zone(name)
            place = Place(
                insert_site(self.connection, name=name, time_zone=zone or default_zone()),
                zone or default_zone(),
            )
            self.known[name.casefold()] = place
            self.report.opened[name] = place.time_zone
            how = "" if zone else " (not stated: the default)"
            sentence = f"site {name} is new; its time zone is {place.time_zone}{how}"
            self.report.remarks.append(Remark(origin.file, origin.row, "site", sentence))
        return place


def guess_zone(site: str) -> str | None:
    """Return the time zone of a site named after a city we know."""
    city = site.casefold().strip()
    if city in CITY_ZONES:
        return CITY_ZONES[city]
    name = "America/" + city.title().replace(" ", "_")
    return name if name in clock.zones() else None


def default_zone() -> str:
    return os.environ.get("AFTERGLOW_TIME_ZONE", DEFAULT_ZONE)
