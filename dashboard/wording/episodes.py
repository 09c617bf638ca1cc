"""How long one course held, in sentences. Statements of what was seen, with the rule; no advice."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import formats
from dashboard.charts.episodes import Episode, read_episode
from models.instrument import Instrument
from models.outcomes.ending import EndReason
from models.outcomes.episodes import Unstated
from models.outcomes.rules import Rules


def name_course(row: Any) -> str:
    """course 2, maintenance, ended 14 Mar 2026"""
    episode = read_episode(row)
    return f"course {episode.course_no}, {episode.kind}, ended {formats.day(episode.end_on)}"


def held_in_words(
    row: Any,
    rules: Rules,
    instrument: Instrument,
    *,
    left_on: date | None = None,
    today: date | None = None,
) -> str:
    """How long one course held and how that ended, for a row of `Chart.episodes`.

    With `today`, a course that may still be assessed is "not assessed yet".
    """
    episode = read_episode(row)
    if episode.responded is None:
        return _why_not_stated(episode, rules, instrument, today)
    if not episode.responded or episode.end_reason is None:
        return _no_response(episode, rules, instrument, today)
    return _ENDINGS[episode.end_reason](episode, rules, left_on)


def held_in_short(row: Any, rules: Rules, *, today: date | None = None) -> str:
    """The same in a few characters, to stand beside a bar."""
    episode = read_episode(row)
    if episode.responded is None:
        if episode.unstated is not Unstated.NOT_ASSESSED:
            return "not stated"
        waits = _is_open(episode, rules.late_response_window, today)
        return "not assessed yet" if waits else "not assessed"
    if not episode.responded or episode.end_reason is None:
        return (
            "no response yet" if _is_open(episode, rules.response_window, today) else "no response"
        )
    at_least = f"≥ {formats.number(episode.lower_days)} d"
    return {
        EndReason.LOST: f"held {_interval(episode)}",
        EndReason.GAP: f"{at_least}, then unseen",
        EndReason.NEXT_COURSE: f"{at_least}, next course",
        EndReason.POSSIBLE_LOSS: f"{at_least}, possible loss",
        EndReason.LEFT: f"{at_least}, left",
        EndReason.SILENT: f"{at_least}, silent",
        EndReason.HOLDING: f"{at_least}, holding",
    }[episode.end_reason]


def rule_in_words(instrument: Instrument, baseline: float | None) -> str:
    """PHQ-9 at or under 9 = at least 50 % better than the baseline of 18."""
    drop = formats.share(instrument.response_drop)
    if not drop:
        return f"{instrument.code} has no response rule"
    level = None if baseline is None else instrument.response_threshold(baseline)
    if level is None or baseline is None:
        return f"{instrument.code} at least {drop} better than the baseline"
    side = "at or under" if instrument.direction == "lower_is_better" else "at or above"
    value, start = formats.number(level, 2), formats.number(baseline)
    if instrument.best == 0:
        better = f"at least {drop} better than the baseline of {start}"
        return f"{instrument.code} {side} {value} = {better}"
    best = formats.number(instrument.best)
    return f"{instrument.code} {side} {value} = at least {drop} of the way from {start} to {best}"


def _interval(episode: Episode) -> str:
    return formats.day_range(episode.lower_days, episode.upper_days).replace(" days", " d")


def _lost(episode: Episode, rules: Rules, left_on: date | None) -> str:
    held = formats.day_range(episode.lower_days, episode.upper_days)
    return (
        f"held {held}: last seen responding on {formats.day(episode.last_responding_on)}, "
        f"first seen not responding on {formats.day(episode.turned_on)}"
    )


def _gap(episode: Episode, rules: Rules, left_on: date | None) -> str:
    unseen = (episode.turned_days or 0) - (episode.lower_days or 0)
    return (
        f"held at least {formats.days(episode.lower_days)}; then {formats.days(unseen)} without a "
        f"score until it was seen not responding on {formats.day(episode.turned_on)}, too long "
        f"(over {formats.days(rules.widest_gap)}) to say when it was lost"
    )


def _next_course(episode: Episode, rules: Rules, left_on: date | None) -> str:
    return (
        f"responding at day {formats.number(episode.lower_days)} when the next course began "
        f"({formats.day(episode.next_start_on)}): ended by the next course, not lost"
    )


def _possible_loss(episode: Episode, rules: Rules, left_on: date | None) -> str:
    needed = "" if rules.confirmation < 2 else f" ({rules.confirmation} in a row make a loss)"
    return (
        f"possible loss: first seen not responding on {formats.day(episode.turned_on)}, not yet "
        f"confirmed by a further score{needed}; held at least {formats.days(episode.lower_days)}"
    )


def _left(episode: Episode, rules: Rules, left_on: date | None) -> str:
    when = "" if left_on is None else f" on {formats.day(left_on)}"
    return (
        f"held at least {formats.days(episode.lower_days)}; left{when}, responding when last seen"
    )


def _silent(episode: Episode, rules: Rules, left_on: date | None) -> str:
    since = formats.day(episode.last_assessed_on)
    held = formats.days(episode.lower_days)
    return f"silent since {since}; held at least {held}, unknown after that"


def _holding(episode: Episode, rules: Rules, left_on: date | None) -> str:
    return (
        f"holding for at least {formats.days(episode.lower_days)}, last seen responding on "
        f"{formats.day(episode.last_responding_on)}"
    )


_ENDINGS = {
    EndReason.LOST: _lost,
    EndReason.GAP: _gap,
    EndReason.NEXT_COURSE: _next_course,
    EndReason.POSSIBLE_LOSS: _possible_loss,
    EndReason.LEFT: _left,
    EndReason.SILENT: _silent,
    EndReason.HOLDING: _holding,
}


def _no_response(episode: Episode, rules: Rules, instrument: Instrument, today: date | None) -> str:
    best = _best(episode, instrument)
    if _is_open(episode, rules.response_window, today):
        return f"no response yet{best}; decided by day {rules.response_window}"
    return f"no response{best}"


def _best(episode: Episode, instrument: Instrument) -> str:
    if episode.best is None or episode.baseline is None:
        return ""
    said = f": best {formats.number(episode.best)} of baseline {formats.number(episode.baseline)}"
    # A good score during the course, or too late after it, is no response to it.
    is_good = instrument.is_responding(episode.baseline, episode.best)
    return f"{said}, outside the days that decide" if is_good else said


def _why_not_stated(
    episode: Episode, rules: Rules, instrument: Instrument, today: date | None
) -> str:
    if episode.unstated is Unstated.NO_RULE:
        return f"not stated: {instrument.code} has no response rule"
    if episode.unstated is Unstated.LOW_BASELINE:
        return f"not stated: {low_baseline(instrument, episode.baseline)}"
    if episode.unstated is Unstated.NOT_ASSESSED:
        return _not_assessed(episode, rules, today)
    window = formats.days(rules.baseline_window)
    return f"not stated: no baseline within {window} of the first infusion"


def low_baseline(instrument: Instrument, baseline: float | None) -> str:
    least = formats.number(instrument.minimum_baseline)
    side = "under" if instrument.direction == "lower_is_better" else "above"
    beyond = f"{side} the {least} a response is stated from" if least else "the best possible"
    return f"the baseline of {formats.number(baseline)} is {beyond}"


def _not_assessed(episode: Episode, rules: Rules, today: date | None) -> str:
    window = rules.late_response_window
    following = episode.next_start_on
    if following is not None and (following - episode.end_on).days <= window:
        return "not assessed: no score between the last infusion and the next course"
    if _is_open(episode, window, today):
        return "not assessed yet: no score since the last infusion"
    return f"not assessed: no score within {formats.days(window)} of the last infusion"


def _is_open(episode: Episode, window: int, today: date | None) -> bool:
    """Whether a score from now on could still decide a course, by the days given to it."""
    if today is None or episode.next_start_on is not None:
        return False
    return (today - episode.end_on).days <= window
