"""Scores and single answers that FHIR files hold as observations, gathered form by form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.importers.fhir_answers import PANEL, TOTAL, Answers, Place, place_of_codes, value_of
from data.importers.fhir_people import FhirPeople, moment_of
from data.importers.fhir_resources import Json, References, Resource, dicts_of, text_of
from data.importers.rows import BadCell, Batch, Origin, When
from data.instruments import catalogue

FINAL = ("final", "amended", "corrected", "")
DATES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "appliesDateTime", "issued")


@dataclass(frozen=True, slots=True)
class Observed:
    """One instrument of one patient at one time."""

    resource: Resource
    code: str
    when: When
    answers: Answers


@dataclass
class Told:
    """What the questionnaire responses of an import have already told."""

    responses: set[Origin] = field(default_factory=set)
    forms: set[tuple[str, str, Any]] = field(default_factory=set)


class _Forms:
    """Observations put together: those of one patient, instrument and instant are one form."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, Any], Observed] = {}
        self.spoiled: dict[tuple[str, str, Any], tuple[Resource, BadCell]] = {}

    def form(self, resource: Resource, code: str, place: Place, when: When) -> Observed:
        key = (code, place.instrument, when.stated)
        if key not in self.found:
            answers = Answers(catalogue()[place.instrument])
            self.found[key] = Observed(resource, code, when, answers)
        return self.found[key]


def gather_observations(
    resources: Sequence[Resource],
    references: References,
    people: FhirPeople,
    batch: Batch,
    told: Told,
) -> Iterator[Observed]:
    """Yield forms; what a response of the same instant already tells is left to the response."""
    forms = _Forms()
    for resource in resources:
        if resource.kind == "Observation":
            _take(resource, references, people, batch, told, forms)
    for key, (resource, error) in forms.spoiled.items():
        forms.found.pop(key, None)
        batch.broken.append(("scores", resource.origin, error.column, str(error)))
    for observed in forms.found.values():
        if observed.answers.items or observed.answers.total is not None:
            yield observed


def _take(
    resource: Resource,
    references: References,
    people: FhirPeople,
    batch: Batch,
    told: Told,
    forms: _Forms,
) -> None:
    body = resource.body
    place = place_of_codes(body.get("code"))
    if place is None:
        return
    try:
        status = text_of(body.get("status"))
        if status not in FINAL:
            raise BadCell("status", f"status {status[:40]!r}: only final or amended is taken")
        code = people.code_of(resource)
        when, remark = moment_of(body, DATES)
    except BadCell as error:
        batch.broken.append(("scores", resource.origin, error.column, str(error)))
        return
    if (code, place.instrument, when.stated) in told.forms or _is_derived(
        resource, references, told
    ):
        batch.remarks.append((resource.origin, "", "already told by its questionnaire response"))
        return
    observed = forms.form(resource, code, place, when)
    try:
        _put(observed.answers, place, body)
        for component in dicts_of(body.get("component")):
            inner = place_of_codes(component.get("code"))
            if inner is not None and inner.instrument == place.instrument:
                _put(observed.answers, inner, component)
    except BadCell as error:
        key = (code, place.instrument, when.stated)
        forms.spoiled.setdefault(key, (resource, error))
    if remark and remark not in observed.answers.remarks:
        observed.answers.remarks.append(remark)


def _is_derived(resource: Resource, references: References, told: Told) -> bool:
    """Whether the response this was worked out from was taken too."""
    sources = dicts_of(resource.body.get("derivedFrom"))
    for each in dicts_of(resource.body.get("related")):
        sources += dicts_of(each.get("target"))
    return any(
        response.origin in told.responses
        for each in sources
        for response in references.find(each, "QuestionnaireResponse", resource)
    )


def _put(answers: Answers, place: Place, holder: Json) -> None:
    if not any(key.startswith("value") for key in holder):
        return  # a panel that only lists its members, or a reason why there is no value
    value = value_of(holder, answers, place.number, {})
    if place.number == PANEL and value is not None:
        answers.remarks.append("the total stands under the code of the whole form")
    if place.number in (PANEL, TOTAL):
        answers.state(value)
    else:
        answers.put(place.number, value)
