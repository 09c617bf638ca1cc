"""Who a FHIR resource is about, at which site, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, time
from typing import Any

from data.importers.cells import read_code, read_text, read_when
from data.importers.fhir_resources import (
    Json,
    References,
    Resource,
    codes_of,
    dicts_of,
    list_of,
    local_name,
    reference_text,
    text_of,
)
from data.importers.readers import check_birth
from data.importers.rows import BadCell, Batch, Origin, PatientRow, When

SEXES = {"male", "female", "other"}
# In real files an identifier of this type is the clinic's own number.
RECORD_NUMBER = "MR"


class FhirPeople:
    """Patients of an import: those with a resource, and those only referred to."""

    def __init__(self, resources: Sequence[Resource], references: References, batch: Batch) -> None:
        self.references = references
        self.batch = batch
        self._named: set[str] = set()
        organizations = [each for each in resources if each.kind == "Organization"]
        # One organization in all files is where all of it comes from.
        self.only_site = (
            text_of(organizations[0].body.get("name")) if len(organizations) == 1 else ""
        )
        for resource in resources:
            if resource.kind == "Patient":
                self._take(resource)

    def code_of(self, resource: Resource) -> str:
        """Return the number of the patient a resource is about. Raises BadCell without one."""
        subject = resource.body.get("subject") or resource.body.get("patient")
        if not isinstance(subject, dict):
            raise BadCell("subject", "the patient is missing")
        found = self.references.find(subject, "Patient", resource)
        codes = {_own_code(each.body) for each in found}
        if len(codes) > 1:
            raise BadCell("subject", "the reference fits more than one patient")
        return codes.pop() if codes else _referred_code(subject)

    def name(self, code: str, origin: Origin) -> None:
        """Note a patient of whom there is only a reference, once."""
        if code not in self._named:
            self._named.add(code)
            row = PatientRow(origin, code, self._site({}, None))
            self.batch.patients.append(row)

    def _take(self, resource: Resource) -> None:
        try:
            code = _own_code(resource.body)
            fields = _fields(resource.body)
            site = self._site(resource.body, resource)
        except BadCell as error:
            self.batch.broken.append(("patients", resource.origin, error.column, str(error)))
            return
        self._named.add(code)
        self.batch.patients.append(PatientRow(resource.origin, code, site, fields))

    def _site(self, body: Json, resource: Resource | None) -> str | None:
        keeper = next(iter(dicts_of(body.get("managingOrganization"))), None)
        if keeper is not None and resource is not None:
            found = self.references.find(keeper, "Organization", resource)
            name = text_of(found[0].body.get("name")) if found else text_of(keeper.get("display"))
            if name.strip():
                return read_text(name, "managingOrganization", 80)
        return read_text(self.only_site, "Organization", 80)


def _own_code(body: Json) -> str:
    """Return the record number, else the first identifier, else the id of a patient resource."""
    identifiers = [each for each in dicts_of(body.get("identifier")) if text_of(each.get("value"))]
    identifiers.sort(key=lambda each: RECORD_NUMBER not in codes_of(each.get("type")))
    value = identifiers[0]["value"] if identifiers else text_of(body.get("id"))
    return read_code(value, "identifier")


def _referred_code(subject: Json) -> str:
    for identifier in dicts_of(subject.get("identifier")):
        if text_of(identifier.get("value")):
            return read_code(identifier["value"], "subject")
    address = reference_text(subject)
    named = local_name(address, "Patient")
    if named:
        return read_code(named.split("/")[1], "subject")
    if address and "/" not in address.strip("/") and not address.startswith("#"):
        return read_code(address, "subject")
    raise BadCell("subject", "refers to no patient")


def _fields(body: Json) -> dict[str, Any]:
    """Return the columns of a patient a resource fills."""
    fields: dict[str, Any] = {"name": _name_of(body)}
    gender = text_of(body.get("gender")).casefold()
    fields["sex"] = gender if gender in SEXES else None
    born = text_of(body.get("birthDate"))
    if len(born) >= 10:
        fields["date_of_birth"] = read_when(born[:10], "birthDate").day
        check_birth(fields["date_of_birth"])
    elif born[:4].isascii() and born[:4].isdigit() and 1900 <= int(born[:4]) <= 2100:
        fields["birth_year"] = int(born[:4])
    return {name: value for name, value in fields.items() if value is not None}


def _name_of(body: Json) -> str | None:
    for name in dicts_of(body.get("name")):
        words = text_of(name.get("text"))
        if not words:
            parts = [*list_of(name.get("given")), *list_of(name.get("family"))]
            words = " ".join(part for part in parts if isinstance(part, str))
        if words.strip():
            return read_text(words, "name", 400)
    return None


def moment_of(body: Json, keys: Sequence[str]) -> tuple[When, str | None]:
    """Return when, from the first of these keys that is there, and a remark where it was read.

    Midnight on the dot in UTC is a day that a program gave a time: taken as an instant it would
    fall on the evening before at every clinic in America.
    """
    for key in keys:
        value = body.get(key)
        if isinstance(value, dict):  # a Period: the answers were complete at its end
            value = value.get("end") or value.get("start")
        if not text_of(value):
            continue
        when = read_when(text_of(value)[:40], key)
        if when.at is not None and when.at.astimezone(UTC).time() == time(0):
            if when.at.utcoffset() == UTC.utcoffset(None):
                return When(when.day), "midnight UTC: taken as a day"
        return when, None
    raise BadCell(keys[0], "the date is missing")
