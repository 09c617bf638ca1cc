"""The tables, all known to `Base.metadata` once this package is imported."""

from models.tables.access import (
    CrisisText,
    Emergency,
    Identity,
    OneTimeToken,
    RecoveryCode,
    Session,
    Throttle,
    User,
    UserSite,
)
from models.tables.audit import AuditHead, AuditLine
from models.tables.base import Base
from models.tables.checkin_standings import CheckInStanding, SiteCheckIns
from models.tables.checkins import (
    CheckIn,
    CheckInLink,
    CheckInWishChange,
    CheckInWishes,
    Flag,
    FlagAction,
    OutgoingMessage,
    SiteContact,
)
from models.tables.exposure import PlannedInfusion, Screen
from models.tables.forecasts import ForecastRun, StoredBackTest, StoredFit
from models.tables.patients import Patient, PatientSite
from models.tables.policies import (
    AccessSettings,
    CheckInPlan,
    ClinicPolicy,
    ExposurePolicy,
    PromptPolicy,
)
from models.tables.prompts import PromptReview
from models.tables.publications import (
    FreshPatient,
    PublishedCase,
    PublishedMark,
    PublishedReport,
    PublishedSite,
    PublishedSpan,
    QuarterCount,
)
from models.tables.records import Assessment, EarlierVersion, ImportRun, Infusion
from models.tables.results import Standing, StoredCourse, StoredEpisode
from models.tables.site_counts import CountedCourse, SiteCase, SiteMark, SiteSpan
from models.tables.sites import Site

# What a clinical record is called, and where it is kept.
RECORDS = {"infusion": Infusion, "assessment": Assessment, "screen": Screen}

__all__ = [
    "RECORDS",
    "AccessSettings",
    "Assessment",
    "AuditHead",
    "AuditLine",
    "Base",
    "CheckIn",
    "CheckInLink",
    "CheckInPlan",
    "CheckInStanding",
    "CheckInWishChange",
    "CheckInWishes",
    "ClinicPolicy",
    "CountedCourse",
    "CrisisText",
    "EarlierVersion",
    "Emergency",
    "ExposurePolicy",
    "Flag",
    "FlagAction",
    "ForecastRun",
    "FreshPatient",
    "Identity",
    "ImportRun",
    "Infusion",
    "OneTimeToken",
    "OutgoingMessage",
    "Patient",
    "PatientSite",
    "PlannedInfusion",
    "PromptPolicy",
    "PromptReview",
    "PublishedCase",
    "PublishedMark",
    "PublishedReport",
    "PublishedSite",
    "PublishedSpan",
    "QuarterCount",
    "RecoveryCode",
    "Screen",
    "Session",
    "Site",
    "SiteCase",
    "SiteCheckIns",
    "SiteContact",
    "SiteMark",
    "SiteSpan",
    "Standing",
    "StoredBackTest",
    "StoredCourse",
    "StoredEpisode",
    "StoredFit",
    "Throttle",
    "User",
    "UserSite",
]
