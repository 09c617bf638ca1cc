"""REDCap: a flat export, best with its dictionary, read into patients, sessions and scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from data.importers.cells import is_blank, read_code, read_day, read_text
from data.importers.readers import check_birth, indication, read_infusion
from data.importers.redcap_dictionary import Dictionary
from data.importers.redcap_layout import Column, Form, Layout, lay_out
from data.importers.rows import BadCell, Batch, Origin, PatientRow
from data.importers.scores import read_score
from data.importers.sheets import Sheet
from models.instrument import Instrument

NOT_DONE = "[not completed]"
ROUTE_IN_WORDS = re.compile(r"\b(IV|IM|SC|IN|SL)\b|\b(intra\w+|subcutaneous|nasal|sublingual)\b")

Found = dict[str, tuple[Origin, dict[str, Any], str | None]]  # by record: first row, fields, site


def is_export(header: Sequence[str]) -> bool:
    """Whether a header bears the marks only REDCap makes."""
    return any(name.startswith("redcap_") for name in header)


def read_export(
    sheet: Sheet, dictionary: Dictionary | None, batch: Batch, *, order: str = "ymd"
) -> str | None:
    """Read a flat export into the batch; return why not where nothing in it is ours."""
    header = [name.strip() for name in sheet.header]
    if {"record", "field_name", "value"} <= set(header):
        return "REDCap's long (EAV) export; please export it flat"
    from_redcap = dictionary or is_export(header) or any(n.endswith("_complete") for n in header)
    layout = lay_out(header, dictionary) if from_redcap else None
    if layout is None:
        return _unrecognised(bool(from_redcap))
    batch.files.append(sheet.name)
    batch.remarks += [(Origin(sheet.name, None), "", remark) for remark in sheet.remarks]
    _Reading(sheet, layout, batch, order).read()
    return None


def _unrecognised(from_redcap: bool) -> str:
    if not from_redcap:
        return "not a table we know"
    return (
        "a REDCap export in which no instrument and no infusion was recognised; expected fields "
        "named like phq9_1 to phq9_9, phq9_total, or infusion_date with dose_mg"
    )


class _Reading:
    """One export being read."""

    def __init__(self, sheet: Sheet, layout: Layout, batch: Batch, order: str) -> None:
        self.sheet = sheet
        self.layout = layout
        self.batch = batch
        self.order = order
        self.patients: Found = {}

    def read(self) -> None:
        for row, cells in self.sheet.rows:
            origin = Origin(self.sheet.name, row)
            problem = self.sheet.problem(row, cells)
            column = self.layout.record
            try:
                if problem:
                    raise BadCell("", problem)
                code = read_code(cells[column.index], column.field.name)
            except BadCell as error:
                self.batch.broken.append(("scores", origin, error.column, str(error)))
                continue
            self._note_patient(origin, code, cells)
            for form in self.layout.scores:
                self._read_form("scores", origin, code, cells, form)
            for form in self.layout.infusions:
                self._read_form("infusions", origin, code, cells, form)
        for code, (origin, fields, site) in self.patients.items():
            self.batch.patients.append(PatientRow(origin, code, site, fields))

    def _read_form(
        self, table: str, origin: Origin, code: str, cells: list[str], form: Form
    ) -> None:
        """Add a form's row where anything of it is filled in."""
        answers = [*form.items.values(), *([form.total] if form.total else [])]
        filled = answers or list(form.cells.values())
        if not answers:
            filled = filled + form.dates
        if all(is_blank(cells[column.index]) for column in filled):
            return
        try:
            named = {"patient_id": code, **self._date(cells, form)}
            if form.instrument is not None:
                named |= _score_cells(cells, form, form.instrument)
                row = read_score(origin, named, self._order(cells, form), self.sheet.decimal)
                self.batch.scores.append(row)
            else:
                named |= _infusion_cells(cells, form)
                given = read_infusion(origin, named, self._order(cells, form), self.sheet.decimal)
                self.batch.infusions.append(given)
        except BadCell as error:
            self.batch.broken.append((table, origin, error.column, str(error)))

    def _date(self, cells: list[str], form: Form) -> dict[str, str]:
        """Return when a form was filled in. Raises BadCell where that is not clear."""
        stamp = cells[form.timestamp.index].strip() if form.timestamp else ""
        if stamp and stamp != NOT_DONE and not is_blank(stamp):
            return {"datetime": stamp}
        stated = [column for column in form.dates if not is_blank(cells[column.index])]
        if len({cells[column.index].strip() for column in stated}) > 1:
            names = ", ".join(column.field.name for column in stated[:4])
            raise BadCell(stated[0].field.name, f"which of the dates is meant: {names}?")
        if stated:
            return {"datetime": cells[stated[0].index]}
        where = form.timestamp or (form.dates[0] if form.dates else None)
        name = where.field.name if where else f"{form.name}_timestamp"
        raise BadCell(name, f"the form {form.name or '(unnamed)'} has no date in this row")

    def _order(self, cells: list[str], form: Form) -> str:
        for column in form.dates:
            if not is_blank(cells[column.index]) and column.field.date_order:
                return column.field.date_order
        return self.order

    def _note_patient(self, origin: Origin, code: str, cells: list[str]) -> None:
        """Gather a record's rows into one patient; a blank never covers what another row says."""
        _, fields, site = self.patients.get(code, (origin, {}, None))
        first = self.patients[code][0] if code in self.patients else origin
        try:
            site = site or self._site(cells)
            for name, column in self.layout.patient.items():
                if name not in fields and not is_blank(cells[column.index]):
                    fields[name] = _patient_field(name, column, cells[column.index], self.order)
        except BadCell as error:
            self.batch.remarks.append((origin, error.column, f"left out: {error}"))
        self.patients[code] = (first, fields, site)

    def _site(self, cells: list[str]) -> str | None:
        column = self.layout.site
        return read_text(cells[column.index], column.field.name, 80) if column else None


def _patient_field(name: str, column: Column, cell: str, order: str) -> Any:
    words = column.field.words(cell)
    if name == "date_of_birth":
        day = read_day(words, column.field.name, column.field.date_order or order)
        check_birth(day)
        return day
    return indication(words) if name == "indication" else read_text(words, column.field.name, 80)


def _score_cells(cells: list[str], form: Form, instrument: Instrument) -> dict[str, str]:
    named = {"instrument": instrument.code}
    for number, column in form.items.items():
        cell = cells[column.index]
        if is_blank(cell):
            continue
        value = column.field.answer(cell, instrument, number)
        if value is None:
            sentence = f"{cell.strip()[:40]!r} cannot be matched to an answer of {instrument.code}"
            raise BadCell(column.field.name, sentence)
        named[f"item_{number}"] = value
    if form.total is not None:
        named["score"] = form.total.field.plain_number(cells[form.total.index])
    return named


def _infusion_cells(cells: list[str], form: Form) -> dict[str, str]:
    named = {}
    for name, column in form.cells.items():
        words = column.field.plain_number(column.field.words(cells[column.index]))
        named[name] = _short_route(words) if name == "route" else words
    return named


def _short_route(words: str) -> str:
    """Return IV of `IV`, of `Intravenous (IV)` and of `intravenous infusion`."""
    found = ROUTE_IN_WORDS.search(words) or ROUTE_IN_WORDS.search(words.casefold())
    return found[0] if found else words
