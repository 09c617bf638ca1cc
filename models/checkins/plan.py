"""When patients are asked, and what: the clinic's plan, counted in days from the last infusion.

Day 0 is the day of the last infusion; every infusion starts the count anew. Every number a clinic
may change is here, with where its default comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

from models.errors import DefinitionError

# What a step asks for besides instruments named outright: those of the patient's complaint.
MAIN, PULSE = "main", "pulse"
BASELINE, IN_COURSE = "baseline", "in_course"
OTHER = "other"  # the row for a complaint without one of its own
ALWAYS = "PHQ-9"  # it holds the item about suicide
# A wished weekday moves a form by at most this many days.
FARTHEST_MOVE = 3
WEEK = 7
LONGEST_COUNT = 730
# Whoever has had no infusion in the year after registration is asked no more until there is one.
BASELINE_LAST = 364


@dataclass(frozen=True, slots=True)
class Step:
    """Forms of one kind. `instruments` are codes, or MAIN or PULSE for those of the complaint.

    A pulse asks how the very days after an infusion go, so no wished weekday moves it.
    """

    name: str
    days: tuple[int, ...]
    instruments: tuple[str, ...] | str = MAIN
    open_days: int = WEEK

    @property
    def is_pulse(self) -> bool:
        return self.instruments == PULSE

    @classmethod
    def every(cls, days: int, *, name: str, first: int, last: int, **more: Any) -> Step:
        return cls(name, tuple(range(first, last + 1, days)), **more)


DEFAULT_STEPS = (
    Step("pulse", (1, 3), PULSE, open_days=2),
    Step.every(7, name="weekly", first=7, last=56),
    Step.every(14, name="fortnightly", first=70, last=364),
)
DEFAULT_MAIN = {
    "depression": ("PHQ-9",),
    "anxiety": ("PHQ-9", "GAD-7"),
    "ptsd": ("PHQ-9", "PCL-5"),
    "ocd": ("PHQ-9", "OCD-NRS"),
    "addiction": ("PHQ-9", "CRAVING-NRS"),
    "chronic_pain": ("PHQ-9", "NRS-11"),
    OTHER: ("PHQ-9",),
}
DEFAULT_PULSE = {
    "ocd": "OCD-NRS",
    "addiction": "CRAVING-NRS",
    "chronic_pain": "NRS-11",
    OTHER: "MOOD-11",
}


@dataclass(frozen=True)
class Plan:
    """The forms of a patient's year. Raises DefinitionError, naming what is wrong.

    `baseline_every`: days between forms from registration until the first infusion.
    `full_within`: with no full form due for so many days, the next pulse asks the full form.
    """

    baseline_every: int = WEEK
    full_within: int = 14
    steps: tuple[Step, ...] = DEFAULT_STEPS
    main: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_MAIN))
    pulse: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_PULSE))
    revision: int = 1

    def __post_init__(self) -> None:
        for name in ("baseline_every", "full_within", "revision"):
            if not _is_count(getattr(self, name)):
                raise DefinitionError(f"{name} must be a whole number of 1 or more")
        if self.baseline_every < WEEK:
            raise DefinitionError(f"baseline_every must be at least {WEEK} days")
        _check_steps(self.steps)
        _check_table(self.main, self.pulse)

    @property
    def days(self) -> tuple[tuple[int, Step], ...]:
        """Every day of the count on which something is due, in order."""
        return tuple((day, step) for step in self.steps for day in step.days)

    def instruments_of(self, indication: str | None) -> tuple[str, ...]:
        """Return what a full form asks a patient with this complaint."""
        return self.main.get(indication or OTHER, self.main[OTHER])

    def pulse_of(self, indication: str | None) -> tuple[str, ...]:
        return (self.pulse.get(indication or OTHER, self.pulse[OTHER]),)

    def asked_by(self, step: Step, indication: str | None) -> tuple[str, ...]:
        if isinstance(step.instruments, tuple):
            return step.instruments
        return self.pulse_of(indication) if step.is_pulse else self.instruments_of(indication)

    def every_instrument(self) -> frozenset[str]:
        named = (
            code
            for step in self.steps
            if not isinstance(step.instruments, str)
            for code in step.instruments
        )
        tabled = (code for codes in self.main.values() for code in codes)
        return frozenset((*named, *tabled, *self.pulse.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they are stored."""
        return {
            "baseline_every": self.baseline_every,
            "full_within": self.full_within,
            "steps": [_plain(step) for step in self.steps],
            "main": {name: list(codes) for name, codes in self.main.items()},
            "pulse": dict(self.pulse),
            "revision": self.revision,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Plan:
        """Return the plan of plain values. Raises DefinitionError for what is none."""
        unknown = set(stored) - {each.name for each in fields(cls)}
        if unknown:
            raise DefinitionError(f"a plan has no {', '.join(sorted(unknown))}")
        values = dict(stored)
        try:
            if "steps" in values:
                values["steps"] = tuple(_step(each) for each in values["steps"])
            if "main" in values:
                values["main"] = {name: tuple(codes) for name, codes in values["main"].items()}
        except (TypeError, KeyError, AttributeError) as error:
            raise DefinitionError("a step has a name, days, instruments and open_days") from error
        return cls(**values)


def _plain(step: Step) -> dict[str, Any]:
    values = asdict(step)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def _step(stored: Mapping[str, Any]) -> Step:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return Step(**values)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _check_steps(steps: tuple[Step, ...]) -> None:
    names = [step.name for step in steps]
    if not steps:
        raise DefinitionError("steps is empty: nobody would ever be asked")
    if len(set(names)) < len(names) or {BASELINE, IN_COURSE} & set(names):
        raise DefinitionError(f"steps need names of their own, other than {BASELINE}, {IN_COURSE}")
    for step in steps:
        _check_step(step)
    _check_distances([(day, step) for step in steps for day in step.days])


def _check_step(step: Step) -> None:
    if not step.name.strip():
        raise DefinitionError("a step has no name")
    if not step.days or not all(_is_count(day) and day <= LONGEST_COUNT for day in step.days):
        raise DefinitionError(f"{step.name}: days must be whole numbers of 1 to {LONGEST_COUNT}")
    if not _is_count(step.open_days):
        raise DefinitionError(f"{step.name}: open_days must be a whole number of 1 or more")
    if not step.instruments:
        raise DefinitionError(f"{step.name}: instruments is empty")
    if isinstance(step.instruments, str) and step.instruments not in (MAIN, PULSE):
        raise DefinitionError(f"{step.name}: instruments must be codes, {MAIN!r} or {PULSE!r}")


def _check_distances(days: list[tuple[int, Step]]) -> None:
    """A wished weekday may move full forms, and still none may reach or pass another."""
    for (before, first), (after, second) in pairwise(days):
        moving = (not first.is_pulse) + (not second.is_pulse)
        if after - before <= moving * FARTHEST_MOVE:
            raise DefinitionError(
                f"{second.name}: day {after} is too close to day {before} of {first.name} "
                f"(at least {moving * FARTHEST_MOVE + 1} days)"
            )


def _check_table(main: Mapping[str, tuple[str, ...]], pulse: Mapping[str, str]) -> None:
    for name, table in (("main", main), ("pulse", pulse)):
        if OTHER not in table:
            raise DefinitionError(f"{name} needs a row {OTHER!r}, for complaints not listed")
    for indication, codes in main.items():
        if ALWAYS not in codes:
            raise DefinitionError(f"main: {indication} needs {ALWAYS}, which asks about suicide")
        if len(set(codes)) < len(codes):
            raise DefinitionError(f"main: {indication} names an instrument twice")
