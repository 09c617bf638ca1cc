"""What the scores up to a day say, for every day on which a responding patient was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from models.outcomes.episodes import Held
from models.outcomes.forecast.laws import Array
from models.outcomes.forecast.responses import Response

# Days after which a score counts a third in the slope.
STEADY = 35.0
# A slope from two or three scores is mostly noise; this many days squared hold it towards none.
HELD_BACK = 100.0
FEATURES = ("last", "slope")  # by how far the last score responded, and its change a week
# More teach nothing and cost time.
MOST_LANDMARKS = 40_000


@dataclass(frozen=True, eq=False)
class Landmarks:
    """One row a follow-up: the place of its response, its day, and FEATURES as known then."""

    row: NDArray[np.intp]
    day: Array
    features: Array

    def __len__(self) -> int:
        return self.row.size


def describe_path(response: Response) -> list[tuple[float, ...]]:
    """Return FEATURES at each follow-up, from that one and those before it only."""
    described: list[tuple[float, ...]] = []
    sums = [0.0] * 5  # weight, days, days squared, margins, days times margins
    before = response.days[0]
    for day, margin in zip(response.days, response.margins, strict=True):
        lasting, before = exp(-(day - before) / STEADY), day
        terms = (1.0, day, day * day, margin, day * margin)
        sums = [held * lasting + term for held, term in zip(sums, terms, strict=True)]
        level = sums[3] / sums[0]
        spread = sums[2] - sums[1] ** 2 / sums[0]
        described.append((margin, 7 * (sums[4] - sums[1] * level) / (spread + HELD_BACK)))
    return described


Path = Sequence[tuple[float, ...]]


def well_landmarks(responses: Sequence[Response], paths: Sequence[Path]) -> Landmarks:
    """Return the follow-ups at which a response held and something is known of what came after."""
    places = [
        (row, place)
        for row, response in enumerate(responses)
        for place in range(response.first_well, len(response.days))
        if response.margins[place] >= 0
        and response.days[place] <= response.lower
        and (response.is_lost or response.days[place] < response.lower)
    ]
    return gather(responses, paths, places[:: 1 + len(places) // MOST_LANDMARKS])


def turned_landmarks(
    responses: Sequence[Response], paths: Sequence[Path]
) -> tuple[Landmarks, NDArray[np.bool_]]:
    """Return the first bad value after each good one, and whether it proved to be the loss.

    Only where that is known: a possible loss, and one after too long a gap, are left out.
    """
    places = [
        (row, place)
        for row, response in enumerate(responses)
        if response.held is not Held.GAP
        for place in range(response.first_well + 1, len(response.days))
        if response.margins[place] < 0 <= response.margins[place - 1]
        and response.days[place] <= response.upper
        and (response.is_lost or response.days[place] < response.lower)
    ]
    confirmed = [responses[row].days[place] == responses[row].upper for row, place in places]
    return gather(responses, paths, places), np.array(confirmed, dtype=np.bool_)


def latest_landmarks(responses: Sequence[Response]) -> Landmarks:
    """Return each response's last follow-up, well or not."""
    paths = [describe_path(response) for response in responses]
    return gather(responses, paths, [(row, len(path) - 1) for row, path in enumerate(paths)])


def gather(
    responses: Sequence[Response], paths: Sequence[Path], places: Sequence[tuple[int, int]]
) -> Landmarks:
    """Return the named follow-ups as (response, follow-up) pairs."""
    features = [paths[row][place] for row, place in places]
    return Landmarks(
        np.array([row for row, _ in places], dtype=np.intp),
        np.array([responses[row].days[place] for row, place in places], dtype=np.float64),
        np.array(features, dtype=np.float64).reshape(len(places), len(FEATURES)),
    )
