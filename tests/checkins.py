"""A patient who is asked: registered a week before an infusion on day 0, a form due on day 7."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from data.actions.checkin_links import make_link
from data.checkins.forms import open_link, save_answer
from data.checkins.links import MadeLink
from models.checkins.forms import OpenForm
from models.policy import Person, Role
from tests.clinic import Clinic
from tests.histories import on

TREATED = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
"""


@dataclass
class Asked:
    """`patient_id` has pain; `person` is the patient signed in."""

    clinic: Clinic
    patient_id: UUID

    @property
    def engine(self) -> Any:
        return self.clinic.engine

    @property
    def person(self) -> Person:
        return patient_person(self.patient_id)

    def link(self, day: int = 7, mode: str = "link") -> MadeLink:
        return make_link(
            self.engine, self.clinic.anna, patient_id=self.patient_id, due_on=on(day), mode=mode
        )

    def form(self, token: str) -> OpenForm:
        form = open_link(self.engine, token)
        assert isinstance(form, OpenForm)
        return form

    def answer(self, token: str, *values: int | None) -> None:
        """Open a form and answer its first questions."""
        for question, value in zip(self.form(token).questions, values, strict=False):
            save_answer(self.engine, token, question=question.key, value=value)


def patient_person(patient_id: UUID, name: str = "Pat") -> Person:
    return Person(name, frozenset({Role.PATIENT}), patient_id=patient_id)


def ask(clinic: Clinic, *, due: int = 7, **facts: Any) -> Asked:
    """Register a patient a week before the infusion, and stand on the day a form is due."""
    clinic.set_day(-7)
    patient_id = clinic.register("P-1", **{"indication": "chronic_pain", **facts})
    clinic.set_day(due)
    clinic.record(patient_id, TREATED)
    return Asked(clinic, patient_id)


def days(*numbers: int) -> list[date]:
    return [on(number) for number in numbers]
