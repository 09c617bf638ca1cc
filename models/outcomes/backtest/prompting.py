"""Review prompts against recorded losses: of those raised how many were right, and how early."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from models.outcomes.backtest.sayings import follow, number
from models.outcomes.backtest.shares import Share, share_of
from models.outcomes.backtest.weights import weigh
from models.outcomes.forecast.laws import Array

# How long after a loss was first seen a prompt still counts as having told of it.
STILL_TELLS = 28


@dataclass(frozen=True, slots=True)
class Raised:
    """A response that was looked at week by week, in days from its last infusion.

    It was lost in (lower, upper], or `upper` is None. `raised` is the first day on which each kind
    of prompt was in force. `is_in_time`: its loss, if any, was first seen on days looked at.
    """

    patient: Hashable
    lower: float
    upper: float | None
    raised: tuple[tuple[str, int], ...]
    is_in_time: bool = True


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """One kind. `precision`: of the responses it was raised for, the share lost by 14 days later,
    weighted for who was not followed. `recall`: of the losses recorded, the share it was raised
    for, `lead` days (a median) before the loss was first seen; negative after.
    """

    kind: str
    raised: int
    precision: Share | None
    recall: Share | None
    lead: float | None


def judge_prompts(
    responses: Sequence[Raised], kinds: Sequence[str], *, within: int
) -> tuple[PromptRecord, ...]:
    """Judge each kind that was raised at least once, in the order given."""
    patient = number(one.patient for one in responses)
    records = [_judge(responses, patient, kind, within) for kind in kinds]
    return tuple(record for record in records if record.raised)


def _judge(
    responses: Sequence[Raised], patient: NDArray[np.intp], kind: str, within: int
) -> PromptRecord:
    days = [dict(one.raised).get(kind) for one in responses]
    on = [place for place, day in enumerate(days) if day is not None]
    leads = [_lead(one, day) for one, day in zip(responses, days, strict=True)]
    of_losses = np.array([_is_loss(one) for one in responses], dtype=np.float64)
    told = np.array([lead is not None for lead in leads], dtype=np.bool_)
    known = [lead for lead in leads if lead is not None]
    return PromptRecord(
        kind,
        len(on),
        _precision([responses[place] for place in on], [days[place] for place in on], patient[on],
                   within),
        share_of(told, of_losses, patient),
        float(median(known)) if known else None,
    )  # fmt: skip


def _precision(
    responses: Sequence[Raised], days: Sequence[int | None], patient: NDArray[np.intp], within: int
) -> Share | None:
    followed: Array = np.array(
        [
            follow(one.lower - (day or 0), None if one.upper is None else one.upper - (day or 0))
            for one, day in zip(responses, days, strict=True)
        ],
        dtype=np.float64,
    )
    is_lost = np.array([one.upper is not None for one in responses], dtype=np.bool_)
    weight, lost = weigh(followed, is_lost, within)
    return share_of(lost, weight, patient)


def _is_loss(one: Raised) -> bool:
    return one.upper is not None and one.is_in_time


def _lead(one: Raised, day: int | None) -> float | None:
    """Days from the prompt to the day the loss was first seen; None where it did not tell of it."""
    if day is None or one.upper is None or not one.is_in_time or day > one.upper + STILL_TELLS:
        return None
    return one.upper - day
