"""An administrator who imports, and what the database then holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.database import reading
from data.importers import import_files
from models.policy import Person, Role
from models.tables import Assessment, Infusion, Patient, Site
from models.tables.base import Base

SAMPLES = Path(__file__).parent / "samples"


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


class Clinic:
    """One empty database, its importer, and reads in the words of the files."""

    def __init__(self, engine):
        self.engine = engine
        self.person = Person("Ada Admin", frozenset({Role.ADMINISTRATOR}), None)

    def bring(self, files, **options):
        """Import files given as {name: text or bytes} and return the report."""
        named = [(name, as_bytes(content)) for name, content in files.items()]
        return import_files(self.engine, self.person, named, **options)

    def bring_sample(self, *paths, **options):
        """Import sample files by their paths below samples/."""
        return self.bring({Path(p).name: (SAMPLES / p).read_bytes() for p in paths}, **options)

    def rows(self, query):
        with reading(self.engine) as connection:
            return connection.execute(query).all()

    def scores(self, *columns):
        """Return columns of all assessments after the patient's number, by number and day."""
        names = columns or ("taken_on", "instrument", "total")
        query = (
            select(Patient.code, *(getattr(Assessment, name) for name in names))
            .join(Patient, Patient.patient_id == Assessment.patient_id)
            .order_by(Patient.code, Assessment.taken_on, Assessment.assessment_id)
        )
        return [tuple(row) for row in self.rows(query)]

    def infusions(self, *columns):
        query = (
            select(Patient.code, *(getattr(Infusion, name) for name in columns))
            .join(Patient, Patient.patient_id == Infusion.patient_id)
            .order_by(Patient.code, Infusion.given_on, Infusion.infusion_id)
        )
        return [tuple(row) for row in self.rows(query)]

    def patients(self, *columns):
        query = (
            select(Patient.code, Site.name, *(getattr(Patient, name) for name in columns))
            .join(Site, Site.site_id == Patient.site_id)
            .order_by(Patient.code)
        )
        return [tuple(row) for row in self.rows(query)]

    def sites(self):
        return [tuple(row) for row in self.rows(select(Site.name, Site.time_zone).order_by("name"))]

    def counts(self):
        """Return the number of rows of every table."""
        with reading(self.engine) as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }


@pytest.fixture
def clinic(engine):
    return Clinic(engine)
