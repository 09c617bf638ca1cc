"""How far to trust the outlook, in words: what was said here, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.formats import count, share
from dashboard.wording.trust_tables import LIMITS, bins, is_shown, rounded
from data.backtests import Kept
from data.knowledge import MOST_PATIENTS
from data.looking_back import FARTHEST, NEAREST
from data.queries.backtests import Trust
from models.disclosure import FEWEST_SHOWN
from models.outcomes.backtest import (
    FEWEST_PATIENTS,
    LOOK_EVERY,
    REFIT_EVERY,
    SAY_EVERY,
    WITHIN,
    BackTest,
    Bin,
    Estimate,
    Windows,
)
from models.outcomes.forecast import LEAST_LOSSES

MEANT = 0.8
NEVER = (
    "Nothing has been looked back on yet. That is done by itself, soon after the first answers "
    "and then every night."
)
NOTHING_SAID = (
    f"Nothing could be said on past days yet: an outlook takes {LEAST_LOSSES} recorded losses on "
    f"an instrument, and what came of it is known {formats.days(NEAREST.days)} later at the "
    "earliest."
)
SWITCHED_OFF = "This installation shows no outlooks, so there is nothing to trust or not."
STALE = (
    "The clinic's rules, or the model, have changed since this was worked out. What stands below "
    "is of before; it is being worked out anew and replaces this within minutes."
)
CALIBRATION = "When it said so much, how many lost response?"
CALIBRATION_IN_NUMBERS = "The picture in numbers"
WINDOWS = "Did the windows hold the day of loss?"
METHODS = "Against plainer ways of telling"
PROMPTS = "Review prompts against recorded losses"
HOW = "How this is worked out"
METHODS_NOTE = (
    f"For a loss within {WITHIN} days. Brier score: the mean squared error of the chances, 0 is "
    "perfect and lower is better. AUC: of two patients of whom one lost response, how often that "
    f"one had been given the higher chance; {share(0.5)} is guessing. In brackets {share(0.95)} "
    "limits, from drawing patients anew."
)
PROMPTS_NOTE = (
    f"Looked for every {LOOK_EVERY} days on each response, by the clinic's lines; a change of them "
    "shows here after the next night. Right: lost, "
    f"by the recorded scores, no later than {WITHIN} days after it was first raised. Told: of the "
    "losses recorded, those it was raised for. Ahead: days (a median) before the loss was first "
    "seen. A confirmed loss is right by definition, and comes after it. Each instrument is looked "
    "at as if it were the patient's main one."
)


def windows_held(kept: Kept) -> str:
    """Return in one sentence how often the windows held, or that this is not known; for charts."""
    found = kept.result
    if not found.is_enough or found.windows is None:
        return _too_few(found)
    held = found.windows.held
    earlier = "" if kept.is_current else " Worked out under earlier rules."
    return (
        f"Of the {held.count:,} windows said here {_since(found)} whose end is known, "
        f"{share(held.value)} held the day of loss ({share(MEANT)} meant).{earlier}"
    )


def headline(trust: Trust) -> str:
    """Return the sentence a clinician could repeat; only where there is an answer."""
    assert trust.kept is not None
    found = trust.kept.result
    assert found.windows is not None
    held = found.windows.held
    return (
        f"Of the windows said here {_since(found)}, {share(held.value)} held the day of loss; "
        f"{share(MEANT)} was meant. {_verdict(found.windows)}"
    )


def _verdict(windows: Windows) -> str:
    held = windows.held
    if share(held.value) == share(MEANT):
        return "That is as meant."
    if held.ci_lower <= MEANT <= held.ci_upper:
        return "Chance alone could explain the difference."
    if held.value > MEANT:
        return "They were wider than they need have been."
    late = windows.late.value >= windows.early.value
    return f"Too often response {'held longer' if late else 'was lost earlier'} than they said."


def explain(trust: Trust) -> list[str]:
    """Return the sentences under the headline."""
    assert trust.kept is not None
    found = trust.kept.result
    shown = [one for one in found.calibration if is_shown(one.lost, trust)]
    return [part for part in (_chances(shown), _pairs(found)) if part]


def _chances(shown: Sequence[Bin]) -> str:
    if len(shown) < 2:
        return ""
    low, high = shown[0], shown[-1]
    return (
        f"Where the chance to lose response within {WITHIN} days was put lowest "
        f"({share(low.said)} on average), {share(low.lost.value)} did; where it was put highest "
        f"({share(high.said)}), {share(high.lost.value)} did."
    )


def _pairs(found: BackTest) -> str:
    outlook, population, gain = found.outlook, found.population, found.auc_gain
    if not outlook or not population or not outlook.auc or not population.auc or not gain:
        return ""
    said = (
        f"Of two patients of whom one lost response within {WITHIN} days, that one had the higher "
        f"chance in {_of_hundred(outlook.auc)} of 100 pairs; by Kaplan-Meier of everybody in "
        f"{_of_hundred(population.auc)}."
    )
    if gain.ci_lower is None or gain.ci_upper is None:
        return said
    if gain.ci_lower > 0:
        return f"{said} The difference is more than chance explains."
    return f"{said} The difference is no more than chance explains."


def _of_hundred(estimate: Estimate) -> str:
    return formats.number(estimate.value * 100, 0)


def no_answer(trust: Trust) -> str | None:
    """Return why there is no answer, in words; None where there is one."""
    if trust.kept is None:
        return NOTHING_SAID if trust.instruments else NEVER
    found = trust.kept.result
    if not found.is_enough or found.windows is None:
        return _too_few(found)
    if not trust.shows_few and found.known_patients < FEWEST_SHOWN:
        return _too_few(found)
    return None


def _too_few(found: BackTest) -> str:
    known = "fewer than" if found.known_patients < FEWEST_PATIENTS else "hardly more than"
    return (
        "How often windows hold the day of loss here is not known yet: what came of them is known "
        f"for {known} {FEWEST_PATIENTS} patients, and that says too little."
    )


def denominators(trust: Trust) -> str:
    """Return how much was said and of how much the outcome is known."""
    assert trust.kept is not None
    found = trust.kept.result
    name = f"{trust.instrument}, all sites together"
    if not trust.shows_few:
        return (
            f"{name}: about {rounded(found.sayings)} outlooks of about "
            f"{rounded(found.patients)} patients, {_since(found)}. What came of them within "
            f"{WITHIN} days is known for about {rounded(found.known)}."
        )
    return (
        f"{name}: {count(found.sayings, 'outlook')} of {count(found.patients, 'patient')}, "
        f"{_since(found)}. What came of them within {WITHIN} days is known for {found.known:,}, "
        f"of {count(found.known_patients, 'patient')}; of those "
        f"{share(found.base.value if found.base else None)} lost response."
    )


def drawn(trust: Trust) -> str:
    """Say that not everybody was looked back on, and how they were chosen, where it is so."""
    if not trust.is_drawn:
        return ""
    return (
        f"There are more than {MOST_PATIENTS:,} patients here: {MOST_PATIENTS:,} of them, drawn by "
        "lot, were looked back on. The lot is a digest of the record's own key, which says nothing "
        "of the patient and stays, so that every night draws the same ones but for new patients."
    )


def hidden(trust: Trust) -> str:
    """Say that something is left out, where it is."""
    if trust.shows_few:
        return ""
    return f"Shares of 1 to {FEWEST_SHOWN - 1} patients are left out, and counts are rounded."


def method(trust: Trust) -> list[str]:
    """Return how it is worked out, with what could mislead."""
    assert trust.kept is not None
    made = trust.kept.made_at.date()
    return [
        f"Every {formats.days(SAY_EVERY)} of the last {FARTHEST.days // 365} years, up to "
        f"{formats.days(NEAREST.days)} ago, each patient who then responded is asked about again, "
        f"with a model fitted to nothing but what was known by then (anew every "
        f"{formats.days(REFIT_EVERY)}).",
        "Known on a day is what had been entered by its end, as it then stood: later corrections "
        "and withdrawals change nothing. What an import brought counts as entered on the day it "
        "tells of. A patient's site and year of birth are taken as they are now.",
        "A loss is dated half-way between the two check-ins around it, by the rules in force now "
        f"(revision {trust.rules.revision}). Of responses no longer followed, because the next "
        "course was given or nobody answered, those followed as long count for them too; if "
        "infusions are given early to those about to lose response, this makes losses look rarer "
        "than they would have been.",
        f"Limits are {share(0.95)}, with patients and not outlooks as cases. Worked out on "
        f"{formats.day(made)}.",
    ]


def describe_calibration(trust: Trust) -> str:
    """Return the calibration plot for someone who cannot see it."""
    points = "; ".join(f"said {said}: {lost} lost ({limits})" for said, lost, limits, _ in
                       bins(trust))  # fmt: skip
    return (
        f"Calibration on {trust.instrument}: chance said to lose response within {WITHIN} days, "
        f"and the share that did, with {LIMITS}. {points}."
    )


def _since(found: BackTest) -> str:
    assert found.first is not None
    assert found.last is not None
    if (found.last - found.first).days >= (FARTHEST - NEAREST).days - SAY_EVERY:
        return "in the last two years"
    return f"since {formats.day(found.first)}"
