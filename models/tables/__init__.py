"""The tables, all known to `Base.metadata` once this package is imported."""

from models.tables.base import Base
from models.tables.patients import Patient, PatientSite
from models.tables.records import Assessment, AuditLine, EarlierVersion, ImportRun, Infusion
from models.tables.results import Standing, StoredCourse, StoredEpisode
from models.tables.sites import ClinicPolicy, Site

__all__ = [
    "Assessment",
    "AuditLine",
    "Base",
    "ClinicPolicy",
    "EarlierVersion",
    "ImportRun",
    "Infusion",
    "Patient",
    "PatientSite",
    "Site",
    "Standing",
    "StoredCourse",
    "StoredEpisode",
]
