"""What named persons have done about a patient's prompts, and what of it still hides them.

Seen: hidden until a new score on the main instrument, on which every prompt but those about safety
and missed forms rests. Snoozed: hidden until a day. Neither ever hides a kind of prompt that was
not there then, nor one about safety.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.outcomes.prompt_rules import OF_SAFETY, Prompt

# What was put aside stands for what is less: half of the gain gone for a quarter of it.
_LESS = {
    Prompt.LOST: {Prompt.POSSIBLE_LOSS},
    Prompt.GAIN_SECOND: {Prompt.GAIN_FIRST},
}


class Deed(StrEnum):
    SEEN = "seen"
    SNOOZED = "snoozed"
    BROUGHT_BACK = "brought_back"


@dataclass(frozen=True, slots=True)
class Review:
    """The newest of a patient counts. `evidence` is that of the scores it was about."""

    review_id: UUID
    deed: Deed
    prompts: frozenset[Prompt]
    evidence: str
    until: date | None
    reason: str
    recorded_at: datetime
    recorded_by: str


def name_evidence(instrument: str | None, recent: Sequence[Any]) -> str:
    """Return a name for the latest scores, another one as soon as one of them is another."""
    said = json.dumps([instrument, [list(each) for each in recent]], default=str)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def hidden_by(
    review: Review | None, prompts: Collection[Prompt], evidence: str, today: date
) -> frozenset[Prompt]:
    """Return which of the prompts in force are put aside on a day."""
    if review is None or not _holds(review, evidence, today):
        return frozenset()
    covered = set(review.prompts).union(*(_LESS.get(each, set()) for each in review.prompts))
    return frozenset(prompts) & covered - OF_SAFETY


def _holds(review: Review, evidence: str, today: date) -> bool:
    if review.deed is Deed.SEEN:
        return review.evidence == evidence
    return review.deed is Deed.SNOOZED and review.until is not None and today < review.until
