"""The sentences of the Definitions page."""

from __future__ import annotations

from dashboard.formats import count, number
from dashboard.wording.chart import UNREVIEWED
from models.instrument import Instrument

INTRODUCTION = (
    "Every number in Afterglow follows from these definitions. They are data: each has a source "
    "and a revision, and every stored result names the revision it was computed under."
)
INSTRUMENTS = "Instruments"


def unreviewed(instrument: Instrument) -> str:
    return (
        f"{instrument.code}: {UNREVIEWED}. A clinician of yours should compare this definition "
        "with its source and sign it in the definition's file."
    )


LANGUAGES = {"es": "Spanish"}


def translations(instrument: Instrument) -> str:
    """Return each language with where its words come from and who has compared them."""
    return " ".join(
        f"{LANGUAGES.get(it.language, it.language)}: {it.source.strip()} "
        + (f"Checked by {it.checked_by}." if it.checked_by else "Checked by nobody yet.")
        for it in instrument.translations
    )


def facts(instrument: Instrument) -> list[tuple[str, str]]:
    """Return what a definition says, blanks left out."""
    bands = ", ".join(f"{band.label} to {number(band.up_to)}" for band in instrument.bands)
    lines = [
        ("Title", instrument.title),
        ("Looks back over", instrument.recall),
        ("Items", count(instrument.items_count, "item")),
        ("Scoring", instrument.scoring.replace("_", " ")),
        ("Missing answers allowed", str(instrument.missing_allowed)),
        ("Bands", bands),
        ("Reliable change", number(instrument.reliable_change)),
        ("LOINC", ", ".join(filter(None, [instrument.loinc_panel, instrument.loinc_total]))),
        ("Also called", ", ".join(instrument.aliases)),
        ("Licence", instrument.licence),
        ("Notice", instrument.notice),
        ("For staff", instrument.staff_note),
        ("Translations", translations(instrument)),
        ("Source", instrument.source),
        ("Revision", str(instrument.revision)),
    ]
    return [(label, value) for label, value in lines if value]
