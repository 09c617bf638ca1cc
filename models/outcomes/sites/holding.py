"""The share of responses that still hold on a day, with what is not known of it left unknown.

A response seen to hold beyond the day, or lost before it, is known. The others hold with the
chance their site's own curve gives them, moved by what their patients bring with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import expit, logit

from models.outcomes.sites.casemix import Cells, fit_case_mix
from models.outcomes.sites.cases import Cases
from models.outcomes.sites.clustering import Floats
from models.outcomes.sites.design import Columns, choose_columns
from models.outcomes.sites.facts import WEEKS_4, Fate
from models.outcomes.sites.rates import SiteRate
from models.outcomes.sites.spans import Spans, fit_held, join, observations_at

# Each round shares out what is unknown by the covariates found in the one before; more than these
# move no site by a thousandth.
ROUNDS = 4
OPEN = (Fate.FOLLOWED_LATE, Fate.FOLLOWED_EARLY)
SURELY = {Fate.HELD: 1.0, Fate.LOST: 0.0}


def hold_rates(
    sites: Mapping[str, tuple[Spans, Cases, tuple[float, Floats]]],
    reference: Sequence[str],
    likeness: float,
    *,
    day: float,
) -> dict[str, SiteRate]:
    """Return each site's Turnbull share on `day`, and its courses by covariates.

    Of each site its spans, its cases, and what `chances` says of `day`. Sites nobody of whom was
    followed as far are left out. `reference` are those others are compared with: only their curve
    and covariates are used for anyone but themselves.
    """
    known = {name: found for name, (_, _, found) in sites.items() if np.isfinite(found[0])}
    usual = [name for name in reference if name in known]
    if not usual:
        return {}
    whole = fit_held(join([sites[name][0] for name in usual]), likeness).curve
    still = {name: np.zeros(len(sites[name][1].fate)) for name in known}
    guesses = {name: _guess(sites[name], day, still[name]) for name in known}
    for _ in range(ROUNDS):
        moved = _moves({name: sites[name][1] for name in known}, guesses, usual)
        guesses = {name: _guess(sites[name], day, moved[name]) for name in known}
    return {
        name: _rate(
            sites[name][1],
            guesses[name],
            known[name][0],
            observations_at(sites[name][0], whole, day, likeness),
        )
        for name in known
    }


def _guess(site: tuple[Spans, Cases, tuple[float, Floats]], day: float, moved: Floats) -> Floats:
    """Each case's chance to hold: its class's mean on the site's curve, moved in log-odds.

    Moving keeps neither the mean of the class nor of the site; what the curve says of the site
    is put back in `_rate`.
    """
    spans, cases, (_, chance) = site
    means = {fate: _mean_chance(spans, chance, fate, day) for fate in OPEN}
    start = np.array([SURELY.get(fate, means.get(fate, 0.0)) for fate in cases.fate])
    is_open = np.array([fate in OPEN for fate in cases.fate], dtype=np.bool_)
    inside = np.clip(start, 1e-6, 1 - 1e-6)
    return np.where(is_open, expit(logit(inside) + moved), start)


def _mean_chance(spans: Spans, chance: Floats, fate: Fate, day: float) -> float:
    is_open = (spans.lower < day) & (spans.upper > day)
    is_late = spans.lower >= WEEKS_4
    rows = is_open & (is_late if fate is Fate.FOLLOWED_LATE else ~is_late)
    total = float(spans.weight[rows].sum())
    return float(spans.weight[rows] @ chance[rows]) / total if total > 0 else 0.0


def _moves(
    cases: Mapping[str, Cases], guesses: Mapping[str, Floats], usual: Sequence[str]
) -> dict[str, Floats]:
    """How far each case's covariates move its log-odds from its site's mean."""
    columns = choose_columns(
        [row for name in usual for row in cases[name].covariates],
        np.concatenate([cases[name].weight for name in usual]),
    )
    cells = [_cells(cases[name], guesses[name], columns, place) for place, name in enumerate(usual)]
    mix = fit_case_mix(
        Cells(
            np.concatenate([cell.site for cell in cells]),
            np.concatenate([cell.design for cell in cells]),
            np.concatenate([cell.courses for cell in cells]),
            np.concatenate([cell.events for cell in cells]),
        )
    )
    moves = {}
    for name, site in cases.items():
        line = columns.build(site.covariates) @ mix.slopes
        moves[name] = line - float(site.weight @ line) / float(site.weight.sum())
    return moves


def _cells(cases: Cases, guess: Floats, columns: Columns, place: int) -> Cells:
    owner = np.full(len(cases.fate), place, dtype=np.intp)
    return Cells(owner, columns.build(cases.covariates), cases.weight, cases.weight * guess)


def _rate(cases: Cases, guess: Floats, share: float, size: float) -> SiteRate:
    """Group by covariates, and make the whole agree with the curve's share."""
    rows, place = cases.grouped()
    weight = np.bincount(place, cases.weight, len(rows)).astype(np.float64)
    events = np.bincount(place, cases.weight * guess, len(rows)).astype(np.float64)
    held = weight > 0
    total, found = float(weight.sum()), float(events.sum())
    wanted = share * total
    if found > wanted:
        events = events * (wanted / found)
    elif found < total:
        events = weight - (weight - events) * ((total - wanted) / (total - found))
    kept = [row for row, is_held in zip(rows, held, strict=True) if is_held]
    return SiteRate(share, total, size, kept, weight[held], events[held])
