"""What would have been said of one instrument on past days: outlooks, and review prompts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.forecasts import Reading
from models.instrument import Instrument
from models.outcomes.backtest import (
    REFIT_EVERY,
    SAY_EVERY,
    WITHIN,
    BackTest,
    Raised,
    Saying,
    days_left_by_last,
    judge_prompts,
    run_backtest,
    say_by_population,
)
from models.outcomes.forecast import (
    Asked,
    DurationModel,
    Outlook,
    OutlookStatus,
    Response,
    fit_model,
    state_outlooks,
)
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import prompts_at
from models.outcomes.rules import Rules

Key = tuple[Hashable, date]  # a response: whose, and the last infusion before it


@dataclass(frozen=True)
class Seen:
    """One patient as known on a day."""

    reading: Reading
    left_on: date | None


@dataclass
class Said:
    """What was said of one instrument, day by day."""

    sayings: list[Saying] = field(default_factory=list)
    raised: dict[Key, dict[str, int]] = field(default_factory=dict)
    first: date | None = None


def say(
    known: Sequence[Sequence[Seen]],
    days: Sequence[date],
    instrument: Instrument,
    rules: Rules,
    lines: PromptRules,
    truth: Mapping[Key, Response],
) -> Said:
    """Return what would have been said, with models that knew no more than their day."""
    said = Said()
    model: DurationModel | None = None
    learnt: list[Response] = []
    for day, everybody in zip(days, known, strict=True):
        seen = [one for one in everybody if instrument.code in one.reading.episodes]
        if is_refit(day, model):
            learnt = [response for one in seen for response in one.reading.responses(instrument)]
            model = fit_model(learnt)
        if model is None:
            continue
        said.first = said.first or day
        asked = [one.reading.ask(instrument, day, rules) for one in seen]
        outlooks = state_outlooks(model, asked)
        if day.toordinal() % SAY_EVERY == 0:
            said.sayings += say_on(learnt, asked, outlooks, truth)
        for one, outlook in zip(seen, outlooks, strict=True):
            note_prompts(said, one, outlook, instrument, rules, lines)
    return said


def is_refit(day: date, model: DurationModel | None) -> bool:
    """Tell whether a model is fitted on a day; until there is one it is tried more often."""
    every = SAY_EVERY if model is None else REFIT_EVERY
    return day.toordinal() % every == 0


def say_on(
    learnt: Sequence[Response],
    asked: Sequence[Asked],
    outlooks: Sequence[Outlook],
    truth: Mapping[Key, Response],
) -> list[Saying]:
    """Return the sayings of one day, beside what the plainer ways would have said."""
    stated = [
        (one.responses[-1], outlook)
        for one, outlook in zip(asked, outlooks, strict=True)
        if outlook.status is OutlookStatus.STATED
    ]
    by_population = say_by_population(
        learnt,
        [response.lower for response, _ in stated],
        [(outlook.days_since or 0) + WITHIN for _, outlook in stated],
    )
    return [
        _say(response, outlook, float(chance), truth)
        for (response, outlook), chance in zip(stated, by_population, strict=True)
    ]


def _say(
    response: Response, outlook: Outlook, population: float, truth: Mapping[Key, Response]
) -> Saying:
    assert outlook.window is not None
    assert outlook.days_since is not None
    since = outlook.days_since
    low, _, _, _, high = outlook.window.quantiles
    lower, upper = _came_of_it(truth.get((response.patient, response.day0)), since)
    return Saying(
        patient=response.patient,
        on=outlook.as_of,
        lower=lower,
        upper=upper,
        within=outlook.window.chance_within(WITHIN),
        low=low,
        high=high,
        population=population,
        last_own=days_left_by_last(outlook.own, since),
    )


def _came_of_it(now: Response | None, since: int) -> tuple[float, float | None]:
    """Return the interval of the loss in days from then; of what was taken back, nothing."""
    if now is None:
        return 0.0, None
    return now.lower - since, now.upper - since if now.is_lost else None


def note_prompts(
    said: Said,
    one: Seen,
    outlook: Outlook,
    instrument: Instrument,
    rules: Rules,
    lines: PromptRules,
) -> None:
    """Note the first day each kind of prompt is in force for the latest response."""
    courses, episodes = one.reading.courses, one.reading.episodes[instrument.code]
    if not episodes[-1].responded:
        return
    window = outlook.window
    prompts = prompts_at(
        courses,
        episodes,
        one.reading.records.history.scores[instrument.code],
        instrument,
        chance=window.chance_within(lines.chance_days) if window else None,
        rules=rules,
        lines=lines,
        today=outlook.as_of,
        left_on=one.left_on,
    )
    day0 = courses[-1].last.day
    noted = said.raised.setdefault((one.reading.records.patient_id, day0), {})
    for prompt in prompts:
        noted.setdefault(prompt.value, (outlook.as_of - day0).days)


def judge(said: Said, truth: Mapping[Key, Response], last: date) -> BackTest:
    """Return the back-test of what was said; losses count that were seen on the days looked at."""
    raised = [
        _raised(key, said, truth.get(key), last)
        for key in dict.fromkeys([*said.raised, *truth])
        if key in said.raised or truth[key].is_lost
    ]
    kinds = [prompt.value for prompt in Prompt]
    return run_backtest(said.sayings, judge_prompts(raised, kinds, within=WITHIN))


def _raised(key: Key, said: Said, now: Response | None, last: date) -> Raised:
    patient, day0 = key
    lower, upper = _came_of_it(now, 0)
    seen_on = None if upper is None else day0 + timedelta(days=int(upper))
    return Raised(
        patient,
        lower,
        upper,
        tuple(said.raised.get(key, {}).items()),
        is_in_time=seen_on is not None and said.first is not None and said.first < seen_on <= last,
    )
