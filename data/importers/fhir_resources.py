"""FHIR files opened: whatever version, in bundles, line by line or alone, down to resources.

Read by what is there. No schema is asked: the official PHQ-9 of the National Library of Medicine
fails the official model, and a file that fails one may still hold a person's answers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from data.importers.rows import Origin
from data.importers.sheets import decode

Json = dict[str, Any]
NESTED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, the file and the place in it (line of NDJSON, entry of a bundle)."""

    origin: Origin
    body: Json
    url: str = ""

    @property
    def kind(self) -> str:
        return text_of(self.body.get("resourceType"))


@dataclass
class Opened:
    """The resources of one file, and what in it could not be read."""

    resources: list[Resource] = field(default_factory=list)
    unreadable: list[tuple[Origin, str]] = field(default_factory=list)


def open_resources(name: str, content: bytes) -> Opened | None:
    """Return what a file holds, None where it is no FHIR at all."""
    text, _ = decode(name, content)
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return None
    whole = _parse(text)
    opened = Opened()
    if not isinstance(whole, str):
        _unpack(whole, name, opened)
        return opened if opened.resources else None
    if name.casefold().endswith(".json") or "\n" not in text.strip():
        opened.unreadable.append((Origin(name, None), f"not readable as JSON: {whole}"))
        return opened if '"resourceType"' in text else None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            _read_line(line, Origin(name, number), opened)
    return opened if opened.resources else None


def _read_line(line: str, origin: Origin, opened: Opened) -> None:
    value = _parse(line)
    if isinstance(value, str):
        opened.unreadable.append((origin, f"not readable as JSON: {value}"))
        return
    opened.resources += [Resource(origin, body, url) for body, url in _resources(value)]


def _unpack(value: Any, name: str, opened: Opened) -> None:
    for number, (body, url) in enumerate(_resources(value), start=1):
        opened.resources.append(Resource(Origin(name, number), body, url))


def _resources(value: Any, url: str = "", depth: int = 0) -> Iterator[tuple[Json, str]]:
    """Yield resources out of lists, bundles and parameters, in the order of the file."""
    if depth > NESTED_AT_MOST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _resources(each, "", depth + 1)
    elif isinstance(value, dict):
        inner = [*list_of(value.get("entry")), *list_of(value.get("parameter"))]
        if value.get("resourceType") in ("Bundle", "Parameters"):
            for entry in inner:
                if isinstance(entry, dict):
                    address = text_of(entry.get("fullUrl"))
                    yield from _resources(entry.get("resource"), address, depth + 1)
        elif isinstance(value.get("resourceType"), str):
            yield value, url


def _parse(text: str) -> Any:
    """Return the value, or a sentence (as text) why there is none; FHIR has no bare text."""
    try:
        value = json.loads(text.lstrip("\ufeff"), parse_constant=_refuse_constant)
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:
        return str(error)[:200]
    return value if isinstance(value, dict | list) else "neither an object nor a list"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def list_of(value: Any) -> list[Any]:
    """Return a list whether the file wrote one, a single thing or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def dicts_of(value: Any) -> list[Json]:
    return [each for each in list_of(value) if isinstance(each, dict)]


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def codes_of(concept: Any) -> list[str]:
    """Return the codes of a Coding, a CodeableConcept, or a list of either."""
    found = []
    for each in dicts_of(concept):
        found += [text_of(coding.get("code")) for coding in dicts_of(each.get("coding"))]
        found.append(text_of(each.get("code")))
    return [code for code in found if code]


class References:
    """Finds what a reference means: by full address, by kind and id, within its file first."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_name: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            for name in _names(resource):
                self._by_name[name].append(resource)

    def find(self, reference: Any, kind: str, holder: Resource) -> list[Resource]:
        """Return the resources a reference of `holder` may mean; the caller decides if two do."""
        address = reference_text(reference)
        if address.startswith("#"):
            contained = dicts_of(holder.body.get("contained"))
            return [
                Resource(holder.origin, body)
                for body in contained
                if body.get("id") == address[1:] and body.get("resourceType") == kind
            ]
        for name in (address, address.split("|")[0], local_name(address, kind)):
            found = [each for each in self._by_name.get(name, ()) if each.kind == kind]
            here = [each for each in found if each.origin.file == holder.origin.file]
            if here or found:
                return here or found
        return []


def reference_text(reference: Any) -> str:
    """Return the address in a Reference, or the text where it is written plainly."""
    return text_of(reference.get("reference") if isinstance(reference, dict) else reference)


def local_name(address: str, kind: str) -> str:
    """Return Patient/12 of https://server/fhir/Patient/12/_history/3."""
    parts = address.split("/")
    if kind not in parts[:-1]:
        return ""
    at = len(parts) - 1 - parts[::-1].index(kind)
    return "/".join(parts[at : at + 2])


def _names(resource: Resource) -> set[str]:
    names = {resource.url, text_of(resource.body.get("url"))}
    if text_of(resource.body.get("id")):
        names.add(f"{resource.kind}/{resource.body['id']}")
    return names - {""}
