"""A line of the morning list, and how it is made of what is known of a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from data.instruments import catalogue
from data.queries.due import MissedForms
from data.queries.flags import FlagRow, foremost
from data.queries.flags import urgency as flag_urgency
from models.outcomes.forecast import Outlook
from models.outcomes.gain import lost_since
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import Known, prompts_in_force
from models.outcomes.reviews import Review, hidden_by, name_evidence
from models.outcomes.rules import Rules


@dataclass(frozen=True)
class NearOutlook:
    """An outlook, and since which day it has been over the clinic's line, None where it is not."""

    outlook: Outlook
    over_since: date | None = None

    def share_lost(self, lines: PromptRules) -> float | None:
        """Return the share of patients like this who lose response within the days of the rule."""
        window = self.outlook.window
        return None if window is None else window.chance_within(lines.chance_days)


Outlooks = Mapping[UUID, NearOutlook]


@dataclass(frozen=True)
class LookRow:
    """One person to look at, with scores and dates as evidence.

    `reasons` are the prompts in force that nobody has put aside, the most urgent first; `aside` the
    others. `recent` (day, score), oldest first; `gain_since` the first check-in of those in a row
    with so much of the gain gone. `held_before` the (lower, upper) days of earlier courses, upper
    None where not lost, the latest last; `flags` the open ones, that of the latest answer first.
    `chance`: the share of patients like this who lose response within the days of the rule, and
    `chance_since` the day from which it has been over the clinic's line.
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
    chance_since: date | None = None
    planned_on: date | None = None
    aside: tuple[Prompt, ...] = ()
    review: Review | None = None
    evidence: str = ""

    @property
    def reason(self) -> Prompt:
        """The most urgent one, by which the person stands in the list."""
        return self.reasons[0]


@dataclass(frozen=True)
class RowFacts:
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
        near = self.outlooks.get(who)
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
            outlook=near.outlook if near else None,
            chance=self.chances.get(who),
            chance_since=near.over_since if near else None,
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


def urgency(row: LookRow) -> tuple[Any, ...]:
    """Order by reason. Flags nobody has acknowledged come first, and among each other by theirs;
    shares from the highest; days from the latest, and on one day whoever has no infusion booked.
    """
    prompt = next(iter(row.reasons or row.aside), None)
    if prompt is None:
        return (len(Prompt),)
    order = list(Prompt).index(prompt)
    if prompt is Prompt.SAFETY:
        flag = foremost(row.flags)
        return order, (flag.is_acknowledged, *flag_urgency(flag)), row.code
    if prompt in _OF_GAIN or prompt is Prompt.OUTLOOK:
        share = row.chance if prompt is Prompt.OUTLOOK else row.gain_lost
        return order, (-(share or 0.0),), row.code
    news = {
        Prompt.SAFETY_BLANK: row.safety_blank_on,
        Prompt.SILENT: row.last_assessed_on,
        Prompt.MISSED: row.missed and row.missed.due_on,
    }.get(prompt, row.turned_on)
    return order, (-news.toordinal() if news else 0, row.planned_on is not None), row.code
