"""What the figures show, in sentences: the text alternative, and what can be said aloud.

Statements of what was seen, with the rule they rest on; never advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd

from dashboard import formats
from dashboard.charts.domains import Domain, NotDrawn, read_domains, read_not_drawn
from dashboard.charts.episodes import read_episodes
from dashboard.charts.steps import course_steps
from dashboard.charts.swimmer import ENDS
from dashboard.wording.episodes import (
    held_in_short,
    held_in_words,
    low_baseline,
    name_course,
    rule_in_words,
)
from data.queries.chart import Chart
from models.instrument import Instrument
from models.outcomes.curves import Summary
from models.outcomes.ending import EndReason
from models.outcomes.steps import Step

__all__ = [
    "compare_domains",
    "describe_curves",
    "describe_domains",
    "describe_steps",
    "describe_swimmer",
    "describe_timeline",
    "explain_absent",
    "held_in_short",
    "held_in_words",
    "name_course",
    "rule_in_words",
]


def describe_timeline(chart: Chart, instrument: Instrument) -> str:
    """The timeline for someone who cannot see it: scores, rule, each course, the safety item."""
    episodes = read_episodes(chart, instrument.code)
    left_on = chart.patient.left_on
    courses = [
        f"{_capital(name_course(episode))}: "
        f"{held_in_words(episode, chart.rules, instrument, left_on=left_on, today=chart.today)}"
        for episode in episodes
    ]
    parts = [
        _scores_in_words(chart, instrument),
        _infusions_in_words(chart),
        *courses,
        _latest_rule(chart, instrument),
        _safety_in_words(chart, instrument),
    ]
    return " ".join(f"{part}." for part in parts if part)


def _scores_in_words(chart: Chart, instrument: Instrument) -> str:
    scores = chart.scores[chart.scores["instrument"] == instrument.code]
    scored = scores[scores["total"].notna()]
    if scored.empty:
        return f"No {instrument.code} recorded"
    first, last = scored.iloc[0], scored.iloc[-1]
    band = instrument.band(last["total"])
    text = (
        f"{instrument.code}, {formats.count(len(scored), 'score')} "
        f"from {formats.day(first['day'])} "
        f"({formats.number(first['total'])}) to {formats.day(last['day'])} "
        f"({formats.number(last['total'])}{f', {band.label}' if band else ''})"
    )
    incomplete = len(scores) - len(scored)
    return f"{text}; {formats.count(incomplete, 'incomplete form')}" if incomplete else text


def _infusions_in_words(chart: Chart) -> str:
    if chart.infusions.empty:
        return "No infusion recorded"
    given = formats.count(len(chart.infusions), "infusion")
    last = formats.day(chart.infusions["day"].iloc[-1])
    return f"{given} in {formats.count(len(chart.courses), 'course')}, the last on {last}"


def _latest_rule(chart: Chart, instrument: Instrument) -> str:
    stated = [e for e in read_episodes(chart, instrument.code) if e.responded is not None]
    return f"Responding means {rule_in_words(instrument, stated[-1].baseline)}" if stated else ""


def _safety_in_words(chart: Chart, instrument: Instrument) -> str:
    if instrument.safety_item is None:
        return ""
    scores = chart.scores[chart.scores["instrument"] == instrument.code]
    answers = pd.to_numeric(scores["safety_answer"])
    answered, name = int(answers.notna().sum()), f"Item {instrument.safety_item}"
    above = scores[answers > 0]
    if answered == 0:
        return f"{name} has no answer on record"
    if above.empty:
        return f"{name} was 0 in each of {formats.count(answered, 'answer')}"
    last = above.iloc[-1]
    return (
        f"{name} was above 0 in {len(above)} of {formats.count(answered, 'answer')}, last on "
        f"{formats.day(last['day'])} ({formats.number(last['safety_answer'])})"
    )


def compare_domains(chart: Chart, instruments: Mapping[str, Instrument]) -> str:
    """Which instruments responded to the latest course and which did not, in one sentence."""
    domains = read_domains(chart, instruments)
    if not domains:
        return "No instrument has a baseline and a later score to compare."
    course = domains[0].latest
    parts = [_domain_in_words(domain) for domain in domains]
    return f"After course {course.course_no}, ended {formats.day(course.end_on)}: {_listed(parts)}."


def _domain_in_words(domain: Domain) -> str:
    said = {True: "responded", False: "did not respond", None: "not stated"}
    name = f"{domain.instrument.measures} ({domain.instrument.code})"
    lost = domain.latest.end_reason in (EndReason.LOST, EndReason.GAP)
    return f"{name} {said[domain.latest.responded]}{', since lost' if lost else ''}"


def explain_absent(chart: Chart, instruments: Mapping[str, Instrument]) -> str:
    """Which recorded instruments the figure leaves out, each with the reason; "" where none."""
    parts = [
        f"{it.measures} ({it.code}), {_why_not_drawn(why, it, baseline, chart)}"
        for it, why, baseline in read_not_drawn(chart, instruments)
    ]
    return f"Not compared: {_listed(parts)}." if parts else ""


def _why_not_drawn(
    why: NotDrawn, instrument: Instrument, baseline: float | None, chart: Chart
) -> str:
    match why:
        case NotDrawn.NO_RULE:
            return "which has no response rule"
        case NotDrawn.NO_BASELINE:
            window = formats.days(chart.rules.baseline_window)
            return f"no baseline within {window} of the first infusion"
        case NotDrawn.LOW_BASELINE:
            return low_baseline(instrument, baseline)
        case NotDrawn.NOTHING_LATER:
            return f"no later score than the baseline of {formats.number(baseline)}"


def describe_domains(chart: Chart, instruments: Mapping[str, Instrument]) -> str:
    """The domains figure for someone who cannot see it."""
    lines = [
        f"{domain.instrument.code}: baseline {formats.number(domain.baseline)} on "
        f"{formats.day(domain.baseline_on)}, last {formats.number(domain.values[-1])} on "
        f"{formats.day(domain.days[-1])}, "
        f"{formats.share(domain.left[-1] / 100)} of the baseline left"
        for domain in read_domains(chart, instruments)
    ]
    return " ".join([compare_domains(chart, instruments), *(f"{line}." for line in lines)])


def describe_steps(chart: Chart, instrument: Instrument, course_no: int) -> str:
    """The values before each infusion of one course, and after the last, in one line."""
    steps = course_steps(chart, instrument, course_no)
    if not steps:
        return f"Course {course_no} has no infusion."
    runs = groupby(steps, lambda step: step.value is None and step.infusion is not None)
    parts = [
        part
        for unknown, run in runs
        for part in ([_unscored(list(run))] if unknown else map(_step_in_words, run))
    ]
    return f"{instrument.code} in course {course_no}: {'; '.join(parts)}."


def _step_in_words(step: Step) -> str:
    where = "after the last" if step.infusion is None else f"before infusion {step.number}"
    moved = ""
    if step.change is not None:
        moved = f" ({formats.change(step.change) if step.change else 'unchanged'})"
    return f"{formats.number(step.value) or 'no score'}{moved} {where}"


def _unscored(run: list[Step]) -> str:
    """Infusions with no score before them, in one phrase however many follow each other."""
    first, last = run[0].number, run[-1].number
    which = f"infusion {first}" if first == last else f"infusions {first} to {last}"
    return f"no score before {which}"


def describe_curves(groups: Mapping[str, Summary]) -> str:
    """Each group's size, median and its share still responding at four and eight weeks."""
    return " ".join(_curve_in_words(name, summary) for name, summary in groups.items())


def _curve_in_words(name: str, summary: Summary) -> str:
    row = summary.medians[0]
    if row.courses == 0:
        return f"{name}: no course with a response to follow."
    size = f"{formats.count(row.courses, 'course')} of {formats.count(row.patients, 'patient')}"
    median = row.median.value
    middle = "not reached" if median is None else f"day {formats.number(median, 0)}"
    at = summary.turnbull.survival_at([28.0, 56.0])
    kept = [
        f"{formats.share(share)} still responding at day {day}"
        for day, share in zip((28, 56), at, strict=True)
        if not formats.is_blank(share)
    ]
    return f"{name}, {size}, {row.lost} lost: {', '.join([f'median {middle}', *kept])}."


def describe_swimmer(frame: pd.DataFrame) -> str:
    """How many courses there are, and how they ended."""
    if frame.empty:
        return "No course with a response to show."
    longest = formats.days(pd.to_numeric(frame["lower_days"]).max())
    ended = frame["end_reason"].value_counts().to_dict()
    ways = [f"{ended[reason]} {said}" for reason, said in ENDS.items() if reason in ended]
    total = f"{formats.count(len(frame), 'course')}, shortest first"
    return f"{total}: {', '.join(ways)}. Longest seen responding: {longest}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
