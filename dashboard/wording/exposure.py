"""What a patient has been given, how blood pressure took it, and the screens, in words."""

from __future__ import annotations

from dashboard.formats import MONTHS, age, count, day, dose, number, short_day
from data.queries.exposure import DoneScreen, PatientExposure
from models.exposure_rules import ExposureRules
from models.outcomes.exposure import LATEST, Amount, Exposure, Given, Month, Pressure
from models.outcomes.screens import DueBy, ScreenDue
from models.screening import ScreenKind

TAB = "Exposure"
NOTHING_GIVEN = "No infusion is recorded yet."
WAY_COLUMNS = ("Drug and route", "Infusions", "Milligrams recorded", "Without a dose")
MONTH_COLUMNS = ("Month", "Infusions", "Milligrams recorded")
IN_NUMBERS = "Month by month in numbers"
PRESSURE, SCREENS = "Blood pressure", "Screens"
SCREEN_COLUMNS = ("Screen", "Done on", "Result", "Entered by")
STEMS = "Each stem runs from the pressure before to the peak; a diamond is over the clinic's line."
NO_SCREENS = "No screen is recorded yet."
RECORD_SCREEN = "Record a screen"
MIXED = (
    "Milligrams of one drug by one route are not added to those of another: they are no common "
    "measure."
)

KINDS = {ScreenKind.URINARY: "Urinary screen", ScreenKind.COGNITION: "Cognition screen"}
FINDINGS = {
    "dysuria": "pain or burning on passing urine",
    "urgency": "urgency",
    "nocturia": "passing urine at night",
    "frequency": "passing urine often",
    "haematuria": "blood in the urine",
    "memory": "memory",
    "attention": "attention",
    "word_finding": "finding words",
    "planning": "planning",
}
REMARK = {
    ScreenKind.URINARY: "In words (may be left empty)",
    ScreenKind.COGNITION: "In words: which test, with what result",
}
NO_RESULT = "Choose a result first."
HOW_TO_CORRECT = "A screen is corrected like every other record: choose it under Records."
NOTHING_FOUND, SOMETHING_FOUND = "nothing found", "to be looked at again"


# --- what was given ---------------------------------------------------------------------------


def way(amount: Amount) -> str:
    """ketamine IV; a route nobody wrote down is said so."""
    return f"{amount.drug} {amount.route}" if amount.route else f"{amount.drug}, route not recorded"


def year(exposure: Exposure) -> str:
    """Return the twelve months in one or two sentences; milligrams where they can be added."""
    span = f"In the 12 months to {day(exposure.until)}"
    if not exposure.infusions:
        return f"{span}: no infusion."
    total = count(exposure.infusions, "infusion")
    if len(exposure.amounts) > 1:
        missing = _missing(exposure.without_dose, exposure.infusions)
        return f"{span}: {total}, by {len(exposure.amounts)} ways below. {missing}".strip()
    [only] = exposure.amounts
    missing = _missing(only.without_dose, only.infusions)
    return f"{span}: {total} of {way(only)}, {milligrams(only)}. {missing}".strip()


def milligrams(amount: Amount) -> str:
    known = amount.infusions - amount.without_dose
    return f"{number_of(amount.milligrams)} mg" if known else "no dose recorded"


def number_of(value: float) -> str:
    """1,240: thousands apart, at most one decimal."""
    whole, _, rest = number(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def _missing(without: int, infusions: int) -> str:
    if not without:
        return ""
    if without == infusions:
        return "No dose in mg is recorded for any of them."
    verb = "has" if without == 1 else "have"
    return f"{count(without, 'infusion')} {verb} no dose in mg and no part in the sum."


def latest(exposure: Exposure) -> str:
    one = exposure.latest
    if one is None:
        return NOTHING_GIVEN
    given = dose(one.dose_mg, one.mg_kg) or "dose not recorded"
    route = one.route or "route not recorded"
    return f"Last: {day(one.day)}, {one.drug} {route}, {given}."


def bars(amount: Amount) -> str:
    """Return what the bars of one drug and route show."""
    plus = "; + where an infusion without a dose is not in the sum" if amount.without_dose else ""
    return f"Infusions of {way(amount)} a month, with the milligrams over them{plus}."


def ways(exposure: Exposure) -> list[tuple[str, ...]]:
    return [
        (
            way(it),
            str(it.infusions),
            milligrams(it),
            str(it.without_dose) if it.without_dose else "–",
        )
        for it in exposure.amounts
    ]


def month_name(month: Month, exposure: Exposure) -> str:
    name = f"{MONTHS[month.first.month - 1]} {month.first.year}"
    begins = month.first <= exposure.since
    return f"{name} (after {short_day(exposure.since)})" if begins else name


def months(exposure: Exposure) -> list[tuple[str, ...]]:
    """Return a row a month, the latest first."""
    return [
        (month_name(it, exposure), str(it.infusions), _month_doses(it))
        for it in reversed(exposure.months)
    ]


def _month_doses(month: Month) -> str:
    parts = [
        f"{milligrams(it)} {way(it)}"
        + (f", {it.without_dose} without a dose" if 0 < it.without_dose < it.infusions else "")
        for it in month.amounts
    ]
    return "; ".join(parts) or "–"


def describe_months(exposure: Exposure) -> str:
    """Return the bars for someone who cannot see them."""
    given = [
        f"{month_name(it, exposure)}: {count(it.infusions, 'infusion')} ({_month_doses(it)})"
        for it in exposure.months
        if it.infusions
    ]
    return f"{year(exposure)} " + ("; ".join(given) + "." if given else "")


# --- blood pressure ---------------------------------------------------------------------------


def pressure(found: Pressure) -> str:
    """Return how often the peak was over the clinic's line, and the last peaks beside earlier."""
    if not found.peaks:
        return "No peak blood pressure is recorded."
    with_peak = count(len(found.peaks), "infusion")
    parts = [
        f"Systolic peak over {found.line} mmHg, the clinic's line, in {len(found.over)} of "
        f"{with_peak} with a peak recorded."
    ]
    if found.without_peak:
        parts.append(f"{count(found.without_peak, 'infusion')} without one.")
    if found.over:
        parts.append(f"Last over the line: {peak(found.over[-1])}.")
    parts.append(_trend(found))
    return " ".join(parts)


def _trend(found: Pressure) -> str:
    if found.latest_median is None:
        return ""
    last = min(len(found.peaks), LATEST)
    now = f"Median peak of the last {last}: {number(found.latest_median)} mmHg"
    if last == 1:
        now = f"Peak: {number(found.latest_median)} mmHg"
    if found.before_median is None:
        return f"{now}; too few before them to compare."
    return f"{now}; of the {found.before} before them {number(found.before_median)} mmHg."


def peak(one: Given) -> str:
    lower = f"/{number(one.diastolic_peak)}" if one.diastolic_peak is not None else ""
    return f"{number(one.systolic_peak)}{lower} mmHg on {day(one.day)}"


# --- screens ----------------------------------------------------------------------------------


def rule(kind: ScreenKind, policy: ExposureRules) -> str:
    return (
        f"every {count(policy.months_of(kind), 'month')} or "
        f"{count(policy.infusions_of(kind), 'infusion')} while infusions are given, "
        f"revision {policy.revision}"
    )


def prompt(due: ScreenDue, found: PatientExposure) -> str:
    """Return the review prompt of a screen whose day has come; plain text."""
    assert due.due_on is not None
    when = "today" if due.due_on == found.today else f"since {day(due.due_on)}"
    return (
        f"Review prompt: {KINDS[due.kind].lower()} due {when} by the clinic's rule "
        f"({rule(due.kind, found.policy)}). {_evidence(due)}"
    )


def _evidence(due: ScreenDue) -> str:
    infusions = count(due.infusions_since, "infusion")
    if due.last_on is None:
        began = f" since {day(due.counted_from)}" if due.infusions_since > 1 else ""
        return f"None is recorded; {infusions}{began}."
    return f"The last was on {day(due.last_on)}; {infusions} since."


def state(due: ScreenDue, found: PatientExposure) -> str:
    """Return when one kind is due, whether or not its day has come."""
    name = KINDS[due.kind]
    if due.due_on is None:
        last = (
            f"last on {day(due.last_on)}, no infusion since" if due.last_on else "no infusion yet"
        )
        return f"{name}: {last}."
    if due.is_paused(found.today):
        months = count(found.policy.months_of(due.kind), "month")
        return f"{name}: not asked for, no infusion for over {months}. {_evidence(due)}"
    if due.is_due(found.today):
        return prompt(due, found)
    by = "" if due.by is DueBy.MONTHS else " by the number of infusions"
    when = f"{short_day(due.due_on, today=found.today)}{by}, {age(due.due_on, found.today)}"
    more = found.policy.infusions_of(due.kind) - due.infusions_since
    sooner = f", or with {count(more, 'further infusion')}" if more > 0 else ""
    return f"{name}: due {when}{sooner} ({rule(due.kind, found.policy)}). {_evidence(due)}"


def result(screen: DoneScreen) -> str:
    said = SOMETHING_FOUND if screen.is_finding else NOTHING_FOUND
    named = ", ".join(FINDINGS.get(name, name) for name in screen.findings)
    return ": ".join(
        part for part in (said, "; ".join(filter(None, (named, screen.remark)))) if part
    )


def screen_line(screen: DoneScreen) -> tuple[str, ...]:
    return (
        KINDS[screen.kind],
        day(screen.done_on),
        result(screen),
        screen.recorded_by,
    )
