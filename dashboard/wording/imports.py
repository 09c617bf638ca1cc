"""The sentences of the Import page."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.formats import count
from data.importers.report import Remark

WHAT = (
    "Patients, infusions and scores as CSV, a REDCap export with its dictionary, or FHIR JSON. "
    "The files are tried first: you see what every row would do before anything is kept, and the "
    "same file brought in twice adds nothing."
)
FILES = "Files"
DATES = "Dates are written"
DATE_ORDERS = {
    "ymd": "year-month-day",
    "mdy": "month/day/year",
    "dmy": "day/month/year",
}
TRYING = "Trying the files; nothing is kept yet …"
KEEPING = "Keeping the files …"
TRIED = "**Nothing is kept yet.** This is what the files would do:"
KEPT = "**Done.** This is what the files did:"
KEEP = "Keep the good rows"
REFUSED = "Refused rows"
REMARKED = "Remarks on rows that are taken"
COLUMNS = ("Where", "What was found and what was expected")
PAST = "Earlier imports"
PAST_COLUMNS = {
    name: name.capitalize()
    for name in ("when", "by", "files", "added", "unchanged", "refused", "updated")
}
WHAT_FILES = "What the files need"
FILE_COLUMNS = ("File", "Must have", "May have")
FILE_ROWS = (
    (
        "patients.csv",
        "patient_id, site",
        "name, date_of_birth, birth_year or age, sex, indication, left_on, time_zone of the site; "
        "any other column is kept with the patient",
    ),
    (
        "infusions.csv",
        "patient_id, date or datetime",
        "drug, route, dose_mg or dose_mg_kg, weight_kg, minutes, bp_before, bp_peak, bp_discharge, "
        "dissociation, adverse_events, note",
    ),
    (
        "scores.csv",
        "patient_id, date or datetime, instrument, and score or item_1, item_2 …",
        "item9 beside a score without its items, mode",
    ),
)
FILE_NOTES = (
    "The order of the columns is free. Instruments are found by the names Definitions lists, "
    "however they are written: PHQ9, phq-9. A site is found by its name and opened when it is new: "
    "open your sites first, so that each has the time zone you mean. A REDCap export needs its "
    "dictionary beside it."
)
NONE_YET = "Nothing has been imported yet."


def place(remark: Remark) -> str:
    """Return which cell a remark is about: scores.csv, row 3, column score."""
    row = "" if remark.row is None else f", row {remark.row}"
    return f"{remark.file}{row}" + (f", column {remark.column}" if remark.column else "")


def say(remark: Remark) -> str:
    """Return a remark as a sentence; a column's name at its head is left as it is written."""
    said = remark.reason if remark.reason.endswith(".") else f"{remark.reason}."
    return said if "_" in said.split(maxsplit=1)[0] else said[:1].upper() + said[1:]


def new_sites(zones: Mapping[str, str]) -> str:
    """Return the warning about sites that the files name and nobody has opened."""
    named = "; ".join(f"{name}, time zone {zone}" for name, zone in zones.items())
    return (
        f"Keeping them opens {count(len(zones), 'new site')}: {named}. If that is another spelling "
        "of a site you have, or another time zone, mend the file or open the site first: a site "
        "cannot be taken away, nor its time zone changed. Nobody sees its patients until somebody "
        "is assigned to it under Users."
    )


def cut(shown: int, total: int) -> str:
    return f"The first {shown:,} of {total:,}. The command line can write them all to a file."
