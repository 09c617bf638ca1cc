"""What the columns of a REDCap export are, worked out once from header and dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from data.importers.readers import KNOWN
from data.importers.redcap_dictionary import Dictionary, Field
from data.instruments import catalogue, find
from models.instrument import Instrument

TOTAL = 0
BIRTH = re.compile(r"dob|birth|geboren")
DATED = re.compile(r"(^|_)(date|dt|day)(_|$)|(date|_dt)$")
TREATMENT = re.compile(r"infusion|ketamine|treatment|session|dosing")
PREFIX = re.compile(r"^(infusion|inf|ketamine|ket|treatment|tx|session)_")
SYNONYMS = {
    "duration_min": "minutes", "duration_minutes": "minutes", "medication": "drug",
    "route_of_administration": "route", "adverse_event": "adverse_events",
}  # fmt: skip
INFUSION_CELLS = KNOWN["infusions"] - {"patient_id", "date", "datetime", "site"}
TELLING = {"dose_mg", "dose_mg_kg", "route"}  # without one of these a form is no infusion form
PATIENT_CELLS = {
    "dob": "date_of_birth", "date_of_birth": "date_of_birth", "birth_date": "date_of_birth",
    "birthdate": "date_of_birth", "sex": "sex", "gender": "sex", "indication": "indication",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    field: Field


@dataclass
class Form:
    """What one form holds of ours: answers of an instrument, or a session."""

    name: str
    instrument: Instrument | None = None
    suffix: str = ""
    items: dict[int, Column] = field(default_factory=dict)
    total: Column | None = None
    cells: dict[str, Column] = field(default_factory=dict)
    timestamp: Column | None = None
    dates: list[Column] = field(default_factory=list)


@dataclass
class Layout:
    record: Column
    site: Column | None
    patient: dict[str, Column]
    scores: list[Form]
    infusions: list[Form]


def lay_out(header: Sequence[str], dictionary: Dictionary | None) -> Layout | None:
    """Return the layout, None where no instrument and no session of ours is in it."""
    columns = list(_columns(header, dictionary))
    first = next((column for column in columns if column.field.name), None)
    if first is None:
        return None
    scores = _score_forms(columns, dictionary)
    infusions = _infusion_forms(columns)
    for form in (*scores, *infusions):
        _find_dates(form, columns)
    if not scores and not infusions:
        return None
    by_name = {column.field.name.casefold(): column for column in columns}
    patient = {ours: by_name[theirs] for theirs, ours in PATIENT_CELLS.items() if theirs in by_name}
    return Layout(first, by_name.get("redcap_data_access_group"), patient, scores, infusions)


def _columns(header: Sequence[str], dictionary: Dictionary | None) -> Iterator[Column]:
    """Yield columns with their fields; without a dictionary the form is told by its `_complete`."""
    ends = [(at, name) for at, name in enumerate(header) if name.endswith("_complete")]
    for at, name in enumerate(header):
        known = dictionary.find(name) if dictionary else None
        form = next((end.removesuffix("_complete") for place, end in ends if at <= place), "")
        if name.endswith("_timestamp"):
            form = name.removesuffix("_timestamp")
        yield Column(at, known if known and known.name == name else Field(name, form))


@cache
def _patterns() -> list[tuple[Instrument, re.Pattern[str], re.Pattern[str]]]:
    """Return, by instrument, how items and totals are named: phq9_1, phq_9_q1, phq9_total."""
    found = []
    for code, instrument in catalogue().items():
        stem = "_?".join(re.findall(r"[a-z]+|[0-9]+", code.casefold()))
        item = rf"{stem}(?:_?(?:q|item|i)_?|_)0?(?P<number>[0-9]{{1,2}})(?:_(?P<suffix>[a-z]\w*))?"
        ending = r"(?:_(?P<suffix>[a-z]+[0-9]+|[a-z]))?"  # _v2, _b: a visit
        total = rf"{stem}(?:_?(?:total|tot|sum)(?:_?score)?|_?score)?{ending}"
        found.append((instrument, re.compile(item), re.compile(total)))
    return found


def recognise(name: str) -> tuple[Instrument, int, str] | None:
    """Return the instrument, the item number (TOTAL for its total) and the visit a name bears."""
    plain = name.casefold()
    if plain.endswith(("_complete", "_timestamp")) or "___" in plain:
        return None
    for instrument, item, total in _patterns():
        found = item.fullmatch(plain)
        if found and 1 <= int(found["number"]) <= instrument.items_count:
            return instrument, int(found["number"]), found["suffix"] or ""
        found = total.fullmatch(plain)
        if found:
            return instrument, TOTAL, found["suffix"] or ""
    return None


def _score_forms(columns: Sequence[Column], dictionary: Dictionary | None) -> list[Form]:
    numbered = _numbered(columns)
    forms = _loose_forms(numbered)
    series = {column.index for items in numbered.values() for column in items.values()}
    for column in columns:
        place = recognise(column.field.name) or _by_alias(column.field, dictionary)
        if place is None or column.field.kind in ("checkbox", "yesno", "truefalse", "descriptive"):
            continue
        instrument, number, suffix = place
        if number == TOTAL and column.index in series:
            continue  # gad7 beside gad1 and gad2 is the seventh answer, not the GAD-7
        key = (column.field.form, instrument.code, suffix)
        form = forms.setdefault(key, Form(column.field.form, instrument, suffix))
        if number == TOTAL:
            form.total = form.total or column
        else:
            form.items.setdefault(number, column)
    return list(forms.values())


def _by_alias(known: Field, dictionary: Dictionary | None) -> tuple[Instrument, int, str] | None:
    """Take a number named by an alias (pain_nrs), only where a dictionary says it is a number."""
    instrument = find(known.name) if dictionary else None
    is_number = known.kind in ("slider", "calc") or known.validation.startswith(("number", "int"))
    return (instrument, TOTAL, "") if instrument and is_number else None


def _numbered(columns: Sequence[Column]) -> dict[tuple[str, str], dict[int, Column]]:
    """Return the series phq1, phq2 ... (or phq_1, phq_2 ...) by their letters and form."""
    found: dict[tuple[str, str], dict[int, Column]] = {}
    for column in columns:
        name = re.fullmatch(r"([a-z]+_?)([0-9]{1,2})", column.field.name.casefold())
        if name:
            found.setdefault((name[1], column.field.form), {})[int(name[2])] = column
    return {key: items for key, items in found.items() if len(items) > 1}


def _loose_forms(
    numbered: dict[tuple[str, str], dict[int, Column]],
) -> dict[tuple[str, str, str], Form]:
    """Take phq1 to phq9 for the PHQ-9 where a form has these nine and no tenth."""
    forms = {}
    for (letters, form), items in numbered.items():
        for code, instrument in catalogue().items():
            stem = re.fullmatch(r"([a-z]+)-?[0-9]*", code.casefold())
            complete = sorted(items) == list(range(1, instrument.items_count + 1))
            if stem and stem[1] == letters.rstrip("_") and complete:
                forms[form, code, ""] = Form(form, instrument, items=items)
    return forms


def _infusion_forms(columns: Sequence[Column]) -> list[Form]:
    forms: dict[str, Form] = {}
    for column in columns:
        name = PREFIX.sub("", column.field.name.casefold())
        name = SYNONYMS.get(name, name)
        if name in INFUSION_CELLS:
            form = forms.setdefault(column.field.form, Form(column.field.form))
            form.cells.setdefault(name, column)
    found = []
    for form in forms.values():
        names = [form.name, *(c.field.name for c in columns if c.field.form == form.name)]
        is_treatment = any(TREATMENT.search(name.casefold()) for name in names)
        if is_treatment and TELLING & set(form.cells):
            found.append(form)
    return found


def _find_dates(form: Form, columns: Sequence[Column]) -> None:
    """Find a form's time stamp and the one date field on it that is meant, or all that might be."""
    dates = []
    for column in columns:
        name = column.field.name.casefold()
        if name == f"{form.name}_timestamp".casefold():
            form.timestamp = column
        elif column.field.form == form.name and not BIRTH.search(name):
            if column.field.is_date or (not column.field.kind and DATED.search(name)):
                dates.append(column)
    form.dates = dates if len(dates) < 2 else _likeliest(form, dates)


def _likeliest(form: Form, dates: list[Column]) -> list[Column]:
    """Return the date that bears the form's own name, else all of them."""
    stem = form.instrument.code if form.instrument else "infusion"
    letters = "".join(char for char in stem.casefold() if char.isalnum())
    own = [
        column
        for column in dates
        if letters in column.field.name.casefold().replace("_", "")
        and (not form.suffix or column.field.name.casefold().endswith(form.suffix))
    ]
    return own if len(own) == 1 else dates
