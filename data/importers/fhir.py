"""FHIR: questionnaire responses and scores of any version, with the patients they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from data.importers.fhir_answers import (
    PANEL,
    TOTAL,
    Answers,
    Place,
    answer_value,
    answered_nodes,
    numbered_items,
    place_of_node,
)
from data.importers.fhir_observations import Observed, Told, gather_observations
from data.importers.fhir_people import FhirPeople, moment_of
from data.importers.fhir_resources import (
    Json,
    Opened,
    References,
    Resource,
    dicts_of,
    reference_text,
    text_of,
)
from data.importers.rows import BadCell, Batch, ScoreRow
from data.instruments import catalogue
from models.instrument import normalise_name

TAKEN = ("completed", "amended")
READ = {"Patient", "Organization", "Questionnaire", "QuestionnaireResponse", "Observation"}


def read_fhir(opened: Sequence[tuple[str, Opened]], batch: Batch) -> bool:
    """Read all FHIR files of an import together, since they refer to one another.

    Returns False where nothing in them is ours.
    """
    before = batch.rows
    resources = [resource for _, each in opened for resource in each.resources]
    references = References(resources)
    people = FhirPeople(resources, references, batch)
    responses = [resource for resource in resources if resource.kind == "QuestionnaireResponse"]
    told = Told()
    for resource in responses:
        _read_response(resource, references, people, batch, told)
    for observed in gather_observations(resources, references, people, batch, told):
        _keep(observed, people, batch)
    for _, each in opened:
        batch.broken += [("scores", origin, "", reason) for origin, reason in each.unreadable]
    if batch.rows == before:
        return False
    for name, each in opened:
        batch.files.append(name)
        _remark_unread(name, each, batch)
    return True


def _remark_unread(name: str, opened: Opened, batch: Batch) -> None:
    unread = Counter(each.kind for each in opened.resources if each.kind not in READ)
    if unread:
        counts = ", ".join(f"{count} {kind[:40]}" for kind, count in sorted(unread.items())[:20])
        origin = opened.resources[0].origin._replace(row=None)
        batch.remarks.append((origin, "", f"not read, nothing in them is ours: {counts}"))


def _read_response(
    resource: Resource,
    references: References,
    people: FhirPeople,
    batch: Batch,
    told: Told,
) -> None:
    """Turn one response into a row for each instrument in it, or into refused rows."""
    try:
        asked, title = _questionnaire(resource, references)
        found = _collect(resource.body, asked, title)
        if not found:
            raise BadCell("", "no item of an instrument here was recognised")
        status = text_of(resource.body.get("status"))
        if status not in TAKEN:
            raise BadCell("status", f"status {status[:40]!r}: only completed or amended is taken")
        code = people.code_of(resource)
        when, remark = moment_of(resource.body, ("authored",))
    except BadCell as error:
        batch.broken.append(("scores", resource.origin, error.column, str(error)))
        return
    told.responses.add(resource.origin)
    for answers in found.values():
        if remark:
            answers.remarks.append(remark)
        told.forms.add((code, answers.instrument.code, when.stated))
        _keep(Observed(resource, code, when, answers), people, batch)


def _keep(observed: Observed, people: FhirPeople, batch: Batch) -> None:
    resource, answers = observed.resource, observed.answers
    instrument = answers.instrument
    try:
        _refuse_fragment(answers)
    except BadCell as error:
        batch.broken.append(("scores", resource.origin, error.column, str(error)))
        return
    people.name(observed.code, resource.origin)
    batch.scores.append(
        ScoreRow(
            resource.origin,
            observed.code,
            observed.when,
            instrument.code,
            items=answers.in_order(),
            stated_total=answers.total,
            remark="; ".join(answers.remarks) or None,
        )
    )


def _refuse_fragment(answers: Answers) -> None:
    """Two of nine answers may be the PHQ-2, a form of its own; an answered safety item is kept."""
    given = [number for number, value in answers.items.items() if value is not None]
    instrument = answers.instrument
    if answers.total is not None or instrument.safety_item in given:
        return
    if not given:
        raise BadCell("", f"{instrument.code}: nothing is answered")
    if 2 * len(given) < instrument.items_count:
        raise BadCell(
            "",
            f"only {len(given)} of the {instrument.items_count} items of {instrument.code} are "
            "answered: it may be a shorter form",
        )


def _questionnaire(resource: Resource, references: References) -> tuple[dict[str, Json], str]:
    """Return the questions by linkId, and all that names the questionnaire."""
    stated = resource.body.get("questionnaire")
    found = references.find(stated, "Questionnaire", resource)
    asked: dict[str, Json] = {}
    names = [reference_text(stated)]
    names += [text_of(each.get("display")) for each in dicts_of(stated)]
    for questionnaire in found[:1]:
        names += [text_of(questionnaire.body.get(key)) for key in ("title", "name")]
        stack = [questionnaire.body]
        while stack:
            node = stack.pop()
            if text_of(node.get("linkId")):
                asked[node["linkId"]] = node
            for key in ("group", "question", "item"):
                stack += dicts_of(node.get(key))
    return asked, " ".join(names)


def _collect(body: Json, asked: dict[str, Json], title: str) -> dict[str, Answers]:
    """Return the answers by instrument; raise BadCell for one that cannot be read."""
    found: dict[str, Answers] = {}
    nodes = list(answered_nodes(body))
    for node in nodes:
        place = place_of_node(node, asked)
        if place is not None:
            _put(found, place, node, asked)
    if not any(answers.items for answers in found.values()):
        _collect_numbered(found, nodes, asked, title)
    return found


def _put(found: dict[str, Answers], place: Place, node: Json, asked: dict[str, Json]) -> None:
    instrument = catalogue()[place.instrument]
    answers = found.get(place.instrument) or Answers(instrument)
    question = asked.get(text_of(node.get("linkId")), {})
    value = answer_value(node, answers, place.number, question)
    if place.number == PANEL:
        answers.remarks.append("the total stands under the code of the whole form")
    if place.number in (PANEL, TOTAL):
        answers.state(value)
    else:
        answers.put(place.number, value)
    found[place.instrument] = answers


def _collect_numbered(
    found: dict[str, Answers], nodes: list[Json], asked: dict[str, Json], title: str
) -> None:
    """Take items by their bare numbers where the questionnaire itself is named after ours."""
    for code, instrument in catalogue().items():
        if normalise_name(code) not in normalise_name(title) or instrument.items_count < 3:
            continue
        for number, node in numbered_items(nodes, instrument).items():
            _put(found, Place(code, number), node, asked)
        if code in found and found[code].items:
            found[code].remarks.append("items were found by their numbers: they carry no codes")
            return
