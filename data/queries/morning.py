"""Who needs a look today, and the evidence for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.database import reading
from data.instruments import catalogue
from data.looks import note_look
from data.policies import rules_in_force
from data.prompts import latest_reviews, prompt_rules_in_force
from data.queries.due import MissedForms
from data.queries.flags import FlagRow, open_flags_of, urgency
from data.queries.held import held_before
from data.queries.morning_candidates import MOST_ROWS, Over, find_candidates
from data.queries.planned_infusions import planned_of
from models.outcomes.forecast import Outlook
from models.outcomes.gain import lost_since
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import Known, prompts_in_force
from models.outcomes.reviews import Review, hidden_by, name_evidence
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites

Outlooks = Mapping[UUID, Outlook]


@dataclass(frozen=True)
class LookRow:
    """One person to look at, with scores and dates as evidence.

    `reasons` are the prompts in force that nobody has put aside, the most urgent first; `aside` the
    others. `recent` (day, score), oldest first; `gain_since` the first check-in of those in a row
    with so much of the gain gone. `held_before` the (lower, upper) days of earlier courses, upper
    None where not lost, the latest last; `flags` the open ones, that of the latest answer first.
    `chance`: the share of patients like this who lose response within the days of the rule.
    `review` is what was last done about the prompts, `evidence` names the scores they rest on.
    """

    reasons: tuple[Prompt, ...]
    patient_id: UUID
    code: str
    name: str | None
    site: str
    instrument: str | None
    baseline: float | None
    recent: tuple[tuple[date, float], ...]
    turned_on: date | None
    course_end_on: date | None
    last_infusion_on: date | None
    last_assessed_on: date | None
    safety_blank_on: date | None
    held_before: tuple[tuple[int, int | None], ...]
    flags: tuple[FlagRow, ...]
    missed: MissedForms | None = None
    best: float | None = None
    gain_lost: float | None = None
    gain_since: date | None = None
    outlook: Outlook | None = None
    chance: float | None = None
    planned_on: date | None = None
    aside: tuple[Prompt, ...] = ()
    review: Review | None = None
    evidence: str = ""

    @property
    def reason(self) -> Prompt:
        """The most urgent one, by which the person stands in the list."""
        return self.reasons[0]


@dataclass(frozen=True)
class Morning:
    """The rows to look at, and those of whom every prompt is put aside.

    `is_cut`: there were more patients than one morning can hold.
    """

    rows: tuple[LookRow, ...]
    aside: tuple[LookRow, ...]
    rules: Rules
    lines: PromptRules
    is_cut: bool


def read_morning(
    engine: Engine,
    person: Person,
    *,
    today: date,
    site_id: UUID | None = None,
    missed: Collection[MissedForms] = (),
    outlooks: Outlooks | None = None,
) -> Morning:
    """Return a row a patient, in the order to look at them.

    `missed` comes from data.queries.due.read_missed and `outlooks` from
    data.queries.morning_outlooks, which the caller may keep for a while; None for no outlooks.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        found = morning_of(connection, sites, site_id, today, missed, outlooks or {})
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    return found


def morning_of(
    connection: Connection,
    sites: frozenset[UUID] | None,
    site_id: UUID | None,
    today: date,
    missed: Collection[MissedForms],
    outlooks: Outlooks,
) -> Morning:
    """Return the morning of sites, None for all of them; the caller has asked the policy."""
    rules, lines = rules_in_force(connection), prompt_rules_in_force(connection)
    forms = {it.patient_id: it for it in missed}
    chances = _chances(outlooks, lines)
    over = Over(
        _nearest({it: form.missed for it, form in forms.items() if form.missed >= lines.missed}),
        _nearest({it: -chance for it, chance in chances.items() if chance >= lines.chance}),
    )
    found = find_candidates(connection, sites, site_id, today, rules, lines, over)
    ids = [row.patient_id for row in found[:MOST_ROWS]]
    facts = _Facts(
        today=today,
        rules=rules,
        lines=lines,
        flags=open_flags_of(connection, ids),
        held=held_before(connection, ids),
        missed=forms,
        outlooks=outlooks,
        chances=chances,
        planned=planned_of(connection, ids),
        reviews=latest_reviews(connection, ids),
    )
    rows = sorted((facts.row(row) for row in found[:MOST_ROWS]), key=_urgency)
    return Morning(
        tuple(row for row in rows if row.reasons),
        tuple(row for row in rows if row.aside and not row.reasons),
        rules,
        lines,
        max(len(found), len(over.missed), len(over.chance)) > MOST_ROWS,
    )


def _nearest(found: Mapping[UUID, float]) -> tuple[UUID, ...]:
    """Return who has the smallest number, one more than can be shown if there are."""
    return tuple(sorted(found, key=found.__getitem__)[: MOST_ROWS + 1])


def _chances(outlooks: Outlooks, lines: PromptRules) -> dict[UUID, float]:
    return {
        patient_id: outlook.window.chance_within(lines.chance_days)
        for patient_id, outlook in outlooks.items()
        if outlook.window is not None
    }


@dataclass(frozen=True)
class _Facts:
    """What besides the summary rows a morning is made of, by patient."""

    today: date
    rules: Rules
    lines: PromptRules
    flags: Mapping[UUID, tuple[FlagRow, ...]]
    held: Mapping[tuple[UUID, str], Any]
    missed: Mapping[UUID, MissedForms]
    outlooks: Outlooks
    chances: Mapping[UUID, float]
    planned: Mapping[UUID, date]
    reviews: Mapping[UUID, Review]

    def row(self, row: Any) -> LookRow:
        who = row.patient_id
        forms, review = self.missed.get(who), self.reviews.get(who)
        known = Known(
            situation=row.situation,
            last_assessed_on=row.last_assessed_on,
            turned_on=row.turned_on,
            gain_lost=row.gain_lost,
            chance=self.chances.get(who),
            missed=forms.missed if forms else 0,
            is_flagged=who in self.flags,
            safety_blank_on=row.safety_blank_on,
            left_on=row.left_on,
        )
        in_force = prompts_in_force(known, self.rules, self.lines, self.today)
        evidence = name_evidence(row.instrument, row.recent)
        hidden = hidden_by(review, in_force, evidence, self.today)
        recent = tuple((date.fromisoformat(day), score) for day, score in row.recent)
        spells = self.held.get((who, row.instrument), [])
        return LookRow(
            reasons=tuple(prompt for prompt in in_force if prompt not in hidden),
            patient_id=who,
            code=row.code,
            name=row.name,
            site=row.site,
            instrument=row.instrument,
            baseline=row.baseline,
            recent=recent,
            turned_on=row.turned_on,
            course_end_on=row.end_on,
            last_infusion_on=row.last_infusion_on,
            last_assessed_on=row.last_assessed_on,
            safety_blank_on=row.safety_blank_on,
            held_before=tuple(spell[1:] for spell in spells if spell[0] != row.course_no)[-3:],
            flags=self.flags.get(who, ()),
            missed=forms,
            best=row.best,
            gain_lost=row.gain_lost,
            gain_since=self._gain_since(row, recent, in_force),
            outlook=self.outlooks.get(who),
            chance=self.chances.get(who),
            planned_on=self.planned.get(who),
            aside=tuple(prompt for prompt in in_force if prompt in hidden),
            review=review,
            evidence=evidence,
        )

    def _gain_since(
        self, row: Any, recent: tuple[tuple[date, float], ...], in_force: tuple[Prompt, ...]
    ) -> date | None:
        line = next((self._line(it) for it in in_force if it in _OF_GAIN), None)
        instrument = catalogue().get(row.instrument or "")
        if line is None or instrument is None or row.end_on is None:
            return None
        check_ins = [each for each in recent if each[0] >= row.end_on]
        return lost_since(check_ins, row.baseline, row.best, instrument, line)

    def _line(self, prompt: Prompt) -> float:
        is_second = prompt is Prompt.GAIN_SECOND
        return self.lines.gain_second if is_second else self.lines.gain_first


_OF_GAIN = (Prompt.GAIN_SECOND, Prompt.GAIN_FIRST)


def _urgency(row: LookRow) -> tuple[Any, ...]:
    """Order by reason; flags among each other by theirs, shares from the highest, days from the
    latest."""
    prompt = next(iter(row.reasons or row.aside), None)
    if prompt is None:
        return (len(Prompt),)
    order = list(Prompt).index(prompt)
    if prompt is Prompt.SAFETY:
        return order, urgency(row.flags[0]), row.code
    if prompt in _OF_GAIN or prompt is Prompt.OUTLOOK:
        share = row.chance if prompt is Prompt.OUTLOOK else row.gain_lost
        return order, (-(share or 0.0),), row.code
    news = {
        Prompt.SAFETY_BLANK: row.safety_blank_on,
        Prompt.SILENT: row.last_assessed_on,
        Prompt.MISSED: row.missed and row.missed.due_on,
    }.get(prompt, row.turned_on)
    return order, (-news.toordinal() if news else 0,), row.code
