"""The back-tests of the outlook: worked out from everybody's records, kept, and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from operator import itemgetter

from sqlalchemy import Connection, delete, insert, select

from data import clock
from data.forecasts import forecast_instruments, load_facts
from data.knowledge import Timeline, hash_timelines, load_timelines
from data.looking_back import Tell, choose_days, look_back
from data.policies import PROMPTS, RULES, in_force
from models.outcomes.backtest import BackTest, from_plain, to_plain
from models.outcomes.forecast import VERSION
from models.outcomes.forecast.covariates import Facts
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.rules import Rules
from models.tables import StoredBackTest

# Raised whenever the same sayings would be judged otherwise; the model's version is beside it.
METHOD = 2
TESTED = f"{VERSION}.{METHOD}"


@dataclass(frozen=True)
class Evidence:
    """All that a back-test is made from; `facts` are those of each timeline's patient."""

    timelines: Sequence[Timeline]
    facts: Sequence[Facts]
    rules: Rules
    lines: PromptRules
    today: date

    @cached_property
    def data_hash(self) -> str:
        days = choose_days(self.timelines, self.today)
        asked = (days, self.rules, sorted(self.lines.to_dict().items()), TESTED)
        told = [sorted(one.items(), key=itemgetter(0)) for one in self.facts]
        return sha256(repr((hash_timelines(self.timelines), told, asked)).encode()).hexdigest()


@dataclass(frozen=True)
class BackTests:
    """Back-tests by instrument, and what they were made from."""

    found: Mapping[str, BackTest]
    data_hash: str
    policy_revision: int


@dataclass(frozen=True)
class Kept:
    """A stored back-test. `is_current`: made under the rules in force, by this model."""

    result: BackTest
    made_at: datetime
    is_current: bool


def read_evidence(connection: Connection, today: date) -> Evidence | None:
    """Return what a back-test is made from; None where the kept ones are made from the same."""
    timelines = list(load_timelines(connection))
    facts = load_facts(connection, [one.patient_id for one in timelines])
    evidence = Evidence(
        timelines,
        [facts[one.patient_id] for one in timelines],
        in_force(connection, RULES),
        in_force(connection, PROMPTS),
        today,
    )
    kept = select(StoredBackTest.data_hash).distinct()
    return None if connection.scalars(kept).all() == [evidence.data_hash] else evidence


def work_out(evidence: Evidence, *, tell: Tell | None = None) -> BackTests:
    found = look_back(
        evidence.timelines,
        evidence.facts,
        forecast_instruments(),
        evidence.rules,
        evidence.lines,
        today=evidence.today,
        tell=tell,
    )
    return BackTests(found, evidence.data_hash, evidence.rules.revision)


def store_tests(connection: Connection, tested: BackTests) -> int:
    """Keep back-tests, unless the rules have changed in the meantime; return how many."""
    if in_force(connection, RULES).revision != tested.policy_revision:
        return 0
    connection.execute(delete(StoredBackTest))
    made_at = clock.now()
    for code, result in tested.found.items():
        connection.execute(
            insert(StoredBackTest),
            {
                "instrument": code,
                "version": TESTED,
                "data_hash": tested.data_hash,
                "policy_revision": tested.policy_revision,
                "made_at": made_at,
                "body": to_plain(result),
            },
        )
    return len(tested.found)


def stored_test(connection: Connection, instrument: str, rules: Rules) -> Kept | None:
    """Return the back-test of an instrument that was kept last, also one made under other rules."""
    row = connection.execute(
        select(StoredBackTest.__table__).where(StoredBackTest.instrument == instrument)
    ).one_or_none()
    if row is None or row.version.split(".")[-1] != str(METHOD):
        return None
    is_current = row.version == TESTED and row.policy_revision == rules.revision
    return Kept(from_plain(row.body), row.made_at, is_current)
