"""The tables of the page on how far to trust the outlook, as text."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import formats
from dashboard.formats import count, share
from data.queries.backtests import Trust
from models import disclosure
from models.disclosure import FEWEST_SHOWN
from models.outcomes.backtest import FEWEST_PATIENTS, Estimate, Share

LIMITS = f"{share(0.95)} limits"
BIN_COLUMNS = ("Chance", "Lost response", LIMITS, "Outlooks")
WINDOW_COLUMNS = ("Windows", "Share", LIMITS)
METHOD_COLUMNS = ("Way of telling", "Outlooks", "Brier score", "AUC")
PROMPT_COLUMNS = ("Prompt", "Raised for", "Right", "Told", "Ahead")


def bins(trust: Trust) -> list[tuple[str, ...]]:
    """Return the points of the calibration plot, BIN_COLUMNS a row; none of a few patients."""
    assert trust.kept is not None
    return [
        (
            f"{share(one.said)} said",
            share(one.lost.value),
            _limits(one.lost),
            _counted(one.lost, trust),
        )
        for one in trust.kept.result.calibration
        if is_shown(one.lost, trust)
    ]


def windows(trust: Trust) -> list[tuple[str, ...]]:
    """Return where the losses lay, WINDOW_COLUMNS a row; both sides or none, as they add up."""
    assert trust.kept is not None
    found = trust.kept.result.windows
    assert found is not None
    sides = (("that began after the loss", found.early), ("that ended before the loss", found.late))
    named = [("that held the day of loss", found.held)]
    if all(is_shown(one, trust) for _, one in sides):
        named += sides
    return [(name, share(one.value), _limits(one)) for name, one in named]


def methods(trust: Trust) -> list[tuple[str, ...]]:
    """Return the ways of telling side by side, METHOD_COLUMNS a row."""
    assert trust.kept is not None
    found = trust.kept.result
    named = (
        ("The outlook", found.outlook),
        ("Kaplan-Meier of everybody, given still well", found.population),
        ("The outlook, with an earlier response of one's own", found.outlook_own),
        ("As long as one's own last response", found.last_own),
    )
    return [
        (name, _number(one.said, trust), _score(one.brier), _percent(one.auc))
        for name, one in named
        if one is not None and (trust.shows_few or one.said >= FEWEST_SHOWN)
    ]


def prompts(trust: Trust, kinds: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return the review prompts, PROMPT_COLUMNS a row; `kinds` names them."""
    assert trust.kept is not None
    return [
        (
            kinds.get(one.kind, one.kind),
            f"{_number(one.raised, trust)} responses" if one.raised != 1 else "1 response",
            _with_limits(one.precision, trust),
            _with_limits(one.recall, trust),
            _lead(one.lead),
        )
        for one in trust.kept.result.prompts
        if trust.shows_few or one.raised >= FEWEST_SHOWN
    ]


def _lead(days: float | None) -> str:
    if days is None:
        return "none told"
    if days == 0:
        return "the same day"
    return f"{formats.days(abs(days))} {'before' if days > 0 else 'after'}"


def is_shown(one: Share, trust: Trust) -> bool:
    """Tell whether a share may be read: not where it, or what is left of it, is of a few."""
    few = any(not disclosure.is_shown(amount) for amount in (one.cases, one.others))
    return trust.shows_few or (one.patients >= FEWEST_SHOWN and not few)


def _limits(one: Share | Estimate) -> str:
    if one.ci_lower is None or one.ci_upper is None:
        return ""
    return f"{formats.number(one.ci_lower * 100, 0)} to {share(one.ci_upper)}"


def _with_limits(one: Share | None, trust: Trust) -> str:
    if one is None or one.patients < FEWEST_PATIENTS:
        return "too few to say"
    if not is_shown(one, trust):
        return "not shown"
    return f"{share(one.value)} ({_limits(one)})"


def _percent(one: Estimate | None) -> str:
    if one is None:
        return "not known"
    limits = _limits(one)
    return f"{share(one.value)} ({limits})" if limits else share(one.value)


def _score(one: Estimate) -> str:
    value = f"{one.value:.2f}"
    if one.ci_lower is None or one.ci_upper is None:
        return value
    return f"{value} ({one.ci_lower:.2f} to {one.ci_upper:.2f})"


def _counted(one: Share, trust: Trust) -> str:
    if not trust.shows_few:
        return _number(one.count, trust)
    return f"{one.count:,}, of {count(one.patients, 'patient')}"


def _number(amount: int, trust: Trust) -> str:
    return f"{amount:,}" if trust.shows_few else f"about {rounded(amount)}"


def rounded(amount: int) -> str:
    """To whole tens, so that one patient more or less cannot be told from two nights' counts."""
    return f"{round(amount, -1):,}"
