"""What any import format is read into before it meets the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from models.errors import AfterglowError
from models.outcomes.history import Moment


class Origin(NamedTuple):
    """Where a row stands: the file, and the row as a spreadsheet numbers it."""

    file: str
    row: int | None


class BadCell(AfterglowError):
    """A cell that cannot be read: its column, and what was expected."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class When(NamedTuple):
    """A day and perhaps a time on the site's clock, or an instant with an offset."""

    day: date
    time: time | None = None
    at: datetime | None = None

    @property
    def words(self) -> str:
        """What the file says, as text."""
        return f"{self.day} {self.time}" if self.at is None else f"{self.at.astimezone(UTC)}"

    @property
    def stated(self) -> tuple[date, time | None] | datetime:
        """What the file says, whatever the site: an instant is the same one in every notation."""
        return (self.day, self.time) if self.at is None else self.at.astimezone(UTC)

    def at_site(self, zone: str) -> Moment:
        if self.at is None:
            return Moment(self.day, self.time)
        local = self.at.astimezone(ZoneInfo(zone))
        return Moment(local.date(), local.time().replace(tzinfo=None))


@dataclass(frozen=True, slots=True)
class PatientRow:
    origin: Origin
    code: str
    site: str | None  # None: where the patient is already, or the site a new one is given
    fields: dict[str, Any] = field(default_factory=dict)  # columns of models.tables.Patient
    covariates: dict[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    year_by_age: int | None = None  # the birth year an age comes to, where no year is stated


@dataclass(frozen=True, slots=True)
class InfusionRow:
    origin: Origin
    code: str
    when: When
    site: str | None = None
    drug: str = "ketamine"
    route: str | None = None
    measures: dict[str, float] = field(default_factory=dict)
    adverse_events: tuple[str, ...] = ()
    note: str | None = None
    unknown: tuple[tuple[str, str], ...] = ()  # what columns we do not know say, by name
    given_by: str | None = None


class ScoreRow(NamedTuple):
    origin: Origin
    code: str
    when: When
    instrument: str
    mode: str = "import"
    items: tuple[float | None, ...] | None = None
    stated_total: float | None = None
    safety_answer: int | None = None
    note: str | None = None
    remark: str | None = None
    unknown: tuple[tuple[str, str], ...] = ()  # what columns we do not know say, by name


@dataclass
class Batch:
    """All that one import found, in the order of its files. `broken` rows could not be read."""

    patients: list[PatientRow] = field(default_factory=list)
    infusions: list[InfusionRow] = field(default_factory=list)
    scores: list[ScoreRow] = field(default_factory=list)
    broken: list[tuple[str, Origin, str, str]] = field(
        default_factory=list
    )  # table, .., column, why
    remarks: list[tuple[Origin, str, str]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.patients) + len(self.infusions) + len(self.scores) + len(self.broken)
