"""The sentences of the Import page."""

from __future__ import annotations

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
NONE_YET = "Nothing has been imported yet."


def place(remark: Remark) -> str:
    """Return which cell a remark is about: scores.csv, row 3, column score."""
    row = "" if remark.row is None else f", row {remark.row}"
    return f"{remark.file}{row}" + (f", column {remark.column}" if remark.column else "")


def say(remark: Remark) -> str:
    """Return a remark as a sentence; a column's name at its head is left as it is written."""
    said = remark.reason if remark.reason.endswith(".") else f"{remark.reason}."
    return said if "_" in said.split(maxsplit=1)[0] else said[:1].upper() + said[1:]


def cut(shown: int, total: int) -> str:
    return f"The first {shown:,} of {total:,}. The command line can write them all to a file."
