"""Courses and episodes a second time: the definitions read literally, slowly, one patient.

Written from the definitions alone and independent of models/outcomes: no shared function, no
arrays, exact fractions instead of floating point. It is the second answer to every number that
the episodes state; test_episodes_agree.py compares the two.

An infusion is (day, time or None), a score (day, time or None, value), scores in order of entry.
"""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

from models.instrument import Instrument

Infusion = tuple[date, time | None]
Score = tuple[date, time | None, float]

THRESHOLDS = {
    "course_gap": 14,
    "induction_infusions": 4,
    "baseline_window": 30,
    "response_window": 14,
    "late_window": 31,
    "confirmation": 2,
    "longest_gap": 84,
    "silence": 14,
}


def list_episodes(
    infusions: list[Infusion],
    scores: list[Score],
    instrument: Instrument,
    thresholds: dict[str, int],
    left_on: date | None,
    as_of: date,
) -> list[dict[str, object]]:
    """Return one dict a course, as the export of episodes names its columns."""
    infusions = [infusion for infusion in infusions if infusion[0] <= as_of]
    scores = [score for score in scores if score[0] <= as_of]
    courses = split_into_courses(infusions, thresholds["course_gap"])
    baselines = list_baselines(courses, scores, instrument, thresholds)
    rows = []
    for number, course in enumerate(courses):
        following = courses[number + 1][0] if number + 1 < len(courses) else None
        rows.append(
            {
                "course_no": number + 1,
                "kind": name_kind(number, course, thresholds),
                "course_start": course[0][0],
                "course_end": course[-1][0],
                "infusions": len(course),
                "baseline": baselines[number],
                "best": find_best(course, following, scores, instrument),
                **tell_what_followed(
                    course, following, baselines[number], scores, instrument, thresholds
                ),
            }
        )
        if rows[-1]["end_reason"] == "undecided":
            rows[-1]["end_reason"] = tell_end_today(scores, thresholds, left_on, as_of)
    return rows


# Courses and their baselines


def split_into_courses(infusions: list[Infusion], gap: int) -> list[list[Infusion]]:
    courses: list[list[Infusion]] = []
    for infusion in sorted(infusions, key=by_time):
        if courses and (infusion[0] - courses[-1][-1][0]).days <= gap:
            courses[-1].append(infusion)
        else:
            courses.append([infusion])
    return courses


def name_kind(number: int, course: list[Infusion], thresholds: dict[str, int]) -> str:
    if number == 0 or len(course) >= thresholds["induction_infusions"]:
        return "induction"
    return "maintenance"


def list_baselines(
    courses: list[list[Infusion]],
    scores: list[Score],
    instrument: Instrument,
    thresholds: dict[str, int],
) -> list[float | None]:
    """Return each course's baseline: an induction's own, or the standing one."""
    baselines: list[float | None] = []
    standing: float | None = None
    for number, course in enumerate(courses):
        if name_kind(number, course, thresholds) == "induction":
            own = find_own_baseline(course, scores, thresholds["baseline_window"])
            is_first = number == 0
            if is_first or (own is not None and reaches_minimum(own, instrument)):
                standing = own
        baselines.append(standing)
    return baselines


def find_own_baseline(course: list[Infusion], scores: list[Score], window: int) -> float | None:
    first = course[0]
    candidates = [
        score
        for score in scores
        if not is_after(score, first) and (first[0] - score[0]).days <= window
    ]
    kept = keep_last_of_each_day(candidates)
    return kept[-1][2] if kept else None


# What followed a course


def tell_what_followed(
    course: list[Infusion],
    following: Infusion | None,
    baseline: float | None,
    scores: list[Score],
    instrument: Instrument,
    thresholds: dict[str, int],
) -> dict[str, object]:
    day_0 = course[-1]
    follow_up = keep_last_of_each_day(
        [
            score
            for score in scores
            if is_after(score, day_0) and (following is None or not is_after(score, following))
        ]
    )
    values = [((score[0] - day_0[0]).days, score[2]) for score in follow_up]
    told: dict[str, object] = {
        "responded": None,
        "remitted": judge(
            [(day, is_remitted(value, instrument)) for day, value in values], thresholds
        ),
        "lower_days": None,
        "upper_days": None,
        "end_reason": None,
        "loss_on": None,
    }
    if not can_state_response(baseline, instrument):
        return told
    states = [(day, is_responding(baseline, value, instrument)) for day, value in values]
    told["responded"] = judge(states, thresholds)
    if told["responded"] is True:
        lower, upper, reason = find_end(states, following is not None, thresholds)
        told["lower_days"], told["upper_days"], told["end_reason"] = lower, upper, reason
        if reason == "lost":
            told["loss_on"] = next(s[0] for s in follow_up if (s[0] - day_0[0]).days == upper)
    return told


def judge(states: list[tuple[int, bool | None]], thresholds: dict[str, int]) -> bool | None:
    """Return whether it held in the response window, or at the first look soon after it."""
    if any(state is None for _, state in states):
        return None
    in_window = [state for day, state in states if day <= thresholds["response_window"]]
    if in_window:
        return True in in_window
    for day, state in states:
        if day <= thresholds["late_window"]:
            return state
    return None


def find_end(
    states: list[tuple[int, bool]], next_course_given: bool, thresholds: dict[str, int]
) -> tuple[int, int | None, str]:
    """Return the last day seen responding, the day first seen not responding, and how it ended."""
    first = [responding for _, responding in states].index(True)
    last_responding = None
    for place in range(first, len(states)):
        day, responding = states[place]
        if responding:
            last_responding = day
            continue
        run = count_not_responding(states[place:])
        runs_to_the_end = place + run == len(states)
        if run >= thresholds["confirmation"] or (runs_to_the_end and next_course_given):
            if day - last_responding > thresholds["longest_gap"]:
                return last_responding, None, "gap"
            return last_responding, day, "lost"
    if next_course_given:
        return last_responding, None, "next_course"
    if not states[-1][1]:
        return last_responding, None, "possible_loss"
    return last_responding, None, "undecided"


def count_not_responding(states: list[tuple[int, bool]]) -> int:
    count = 0
    for _, responding in states:
        if responding:
            break
        count += 1
    return count


def tell_end_today(
    scores: list[Score], thresholds: dict[str, int], left_on: date | None, as_of: date
) -> str:
    if left_on is not None and left_on <= as_of:
        return "left"
    last = max(score[0] for score in scores)
    return "silent" if (as_of - last).days >= thresholds["silence"] else "holding"


def find_best(
    course: list[Infusion],
    following: Infusion | None,
    scores: list[Score],
    instrument: Instrument,
) -> float | None:
    belonging = [
        score
        for score in scores
        if score[0] > course[0][0] and (following is None or not is_after(score, following))
    ]
    values = [score[2] for score in keep_last_of_each_day(belonging)]
    if not values:
        return None
    return min(values) if instrument.direction == "lower_is_better" else max(values)


# Order of days and times


def by_time(record: tuple) -> tuple:
    """Sort by day, then time; an unknown time comes before the known ones of its day."""
    day, clock = record[0], record[1]
    return (day, 0 if clock is None else 1, clock or time.min)


def is_after(score: Score, infusion: Infusion) -> bool:
    """Whether the score was taken after the infusion: on its day only if both times say so."""
    if score[0] != infusion[0]:
        return score[0] > infusion[0]
    return score[1] is not None and infusion[1] is not None and score[1] > infusion[1]


def keep_last_of_each_day(scores: list[Score]) -> list[Score]:
    kept: dict[date, Score] = {}
    for score in sorted(scores, key=by_time):  # stable: ties stay in order of entry
        kept[score[0]] = score
    return [kept[day] for day in sorted(kept)]


# The instrument's rule, in fractions


def exact(number: float) -> Fraction:
    """Return what was written: 0.3 is three tenths, not the nearest double."""
    return Fraction(str(number))


def best_possible(instrument: Instrument) -> Fraction:
    is_low = instrument.direction == "lower_is_better"
    return exact(instrument.lowest if is_low else instrument.highest)


def reaches_minimum(baseline: float, instrument: Instrument) -> bool:
    if instrument.minimum_baseline is None:
        return True
    if instrument.direction == "lower_is_better":
        return exact(baseline) >= exact(instrument.minimum_baseline)
    return exact(baseline) <= exact(instrument.minimum_baseline)


def can_state_response(baseline: float | None, instrument: Instrument) -> bool:
    return (
        baseline is not None
        and instrument.response_drop is not None
        and reaches_minimum(baseline, instrument)
        and exact(baseline) != best_possible(instrument)
    )


def is_responding(baseline: float, value: float, instrument: Instrument) -> bool:
    gained = exact(baseline) - exact(value)
    to_gain = exact(baseline) - best_possible(instrument)
    return gained / to_gain >= exact(instrument.response_drop)


def is_remitted(value: float, instrument: Instrument) -> bool | None:
    if instrument.remission is None:
        return None
    if instrument.direction == "lower_is_better":
        return exact(value) <= exact(instrument.remission)
    return exact(value) >= exact(instrument.remission)
