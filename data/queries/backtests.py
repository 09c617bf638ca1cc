"""How far to trust the outlook: the stored back-test of an instrument, for whoever reads curves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from data import knowledge
from data.backtests import Kept, stored_test
from data.database import reading
from data.looks import note_look
from data.policies import PROMPTS, RULES, in_force
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.rules import Rules
from models.policy import Operation, Person, Relation, readable_sites
from models.tables import Patient, StoredBackTest


@dataclass(frozen=True)
class Trust:
    """`kept` is None where nothing has been looked back on. `instruments` are those that have been.

    `shows_few`: for whoever treats patients, of whom no count is too small to be read. `is_drawn`:
    there are more patients than are looked back on, so these were drawn by lot.
    """

    instrument: str
    kept: Kept | None
    instruments: tuple[str, ...]
    rules: Rules
    lines: PromptRules
    shows_few: bool
    is_drawn: bool


def read_trust(engine: Engine, person: Person, instrument: str) -> Trust:
    """Return the back-test of an instrument: of the whole group, as the model is."""
    with reading(engine) as connection:
        readable_sites(person, Operation.READ_CURVES)
        rules = in_force(connection, RULES)
        tested = select(StoredBackTest.instrument).order_by(StoredBackTest.instrument)
        found = Trust(
            instrument,
            stored_test(connection, instrument, rules),
            tuple(connection.scalars(tested)),
            rules,
            in_force(connection, PROMPTS),
            person.may(Operation.LIST_PATIENTS, Relation.SAME_SITE),
            _has_more_than(connection, knowledge.MOST_PATIENTS),
        )
    note_look(engine, person, Operation.READ_CURVES, page="trust", instrument=instrument)
    return found


def _has_more_than(connection: Connection, patients: int) -> bool:
    """Tell so without counting them all."""
    one_more = select(Patient.patient_id).offset(patients).limit(1)
    return connection.scalar(one_more) is not None
