"""The schedule a second time, day by day and from the text, sharing no code with the product.

Forms, windows and states are found by walking over calendar days. Plans are plain: a list of
(day, name, is pulse, open days), instruments by "full" and "pulse".
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

DAY = timedelta(1)
HORIZON = 400


def asked_day(nominal: date, rules: list[tuple[date, int | None]]) -> date:
    """Return where the wishes put a form: each moves it only while it still lies ahead."""
    asked = nominal
    for since, weekday in rules:
        if asked < since:
            continue
        asked = nominal
        for shift in (0, 1, -1, 2, -2, 3, -3):
            if weekday is not None and (nominal + shift * DAY).weekday() == weekday:
                asked = nominal + shift * DAY
    return asked


def forms_of_a_day(day: date, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what falls due on a day, counting back to the last infusion before it."""
    before = [given for given in case["infusions"] if given < day]
    found = []
    if not before:
        nominal, number = case["registered"], 0
        while nominal <= day + 3 * DAY:
            where = nominal if number == 0 else asked_day(nominal, case["weekdays"])
            if where == day:
                found.append({"form": "baseline", "asks": case["full"], "open": 7})
            nominal, number = nominal + case["baseline_every"] * DAY, number + 1
        return found
    for number, name, is_pulse, open_days in case["plan"]:
        nominal = max(before) + number * DAY
        if is_pulse and nominal == day and day not in case["infusions"]:
            found.append({"form": name, "asks": case["pulse"], "open": open_days, "pulse": True})
        if not is_pulse and asked_day(nominal, case["weekdays"]) == day:
            found.append({"form": name, "asks": case["full"], "open": open_days})
    return found


def list_dues(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return due, until, form, asks and state of every form, as the product should."""
    first = min([case["registered"], *case["infusions"]])
    forms: list[dict[str, Any]] = []
    for ahead in range(HORIZON):
        day = first + ahead * DAY
        today = [{"due": day, "pulse": False, **form} for form in forms_of_a_day(day, case)]
        assert len(today) <= 1, f"two forms on {day}"
        forms += today
    owe_full_forms(forms, case)
    for form in forms:
        form["until"] = last_open_day(form, forms, case)
        form["state"] = state_of(form, case)
    return shown(forms, case)


def owe_full_forms(forms: list[dict[str, Any]], case: dict[str, Any]) -> None:
    for at, form in enumerate(forms):
        if not form["pulse"] or form["due"] < case["registered"]:
            continue
        recently = [
            earlier
            for earlier in forms[:at]
            if "PHQ-9" in earlier["asks"]
            and earlier["due"] >= case["registered"]
            and form["due"] - earlier["due"] < case["full_within"] * DAY
        ]
        if not recently:
            form |= {"form": "in_course", "asks": case["full"], "open": 7, "pulse": False}


def last_open_day(form: dict[str, Any], forms: list[dict[str, Any]], case: dict[str, Any]) -> date:
    due_days = {other["due"] for other in forms}
    day = form["due"]
    for _ in range(form["open"] - 1):
        if day in case["infusions"] or day + DAY in due_days:
            break
        day += DAY
    return day


def days_of(form: dict[str, Any]) -> list[date]:
    return [form["due"] + n * DAY for n in range((form["until"] - form["due"]).days + 1)]


def is_paused(day: date, case: dict[str, Any]) -> bool:
    return any(start <= day and (end is None or day <= end) for start, end in case["pauses"])


def state_of(form: dict[str, Any], case: dict[str, Any]) -> str:
    days = days_of(form)
    if all(set(days) & set(case["answered"].get(code, [])) for code in form["asks"]):
        return "done"
    if any(is_paused(day, case) for day in days):
        return "paused"
    if case["today"] in days:
        return "open"
    return "missed" if case["today"] > form["due"] else "upcoming"


def shown(forms: list[dict[str, Any]], case: dict[str, Any]) -> list[dict[str, Any]]:
    """Leave out what is before registration, after leaving, and beyond the next form."""
    left, told = case["left"], []
    for form in forms:
        if form["until"] < case["registered"]:
            continue
        if form["due"] > case["today"]:
            endless = [start for start, end in case["pauses"] if end is None]
            if any(start <= form["until"] for start in endless):
                break
            if left is not None and left <= form["due"]:
                break
        if left is None or form["until"] < left or form["state"] == "done":
            told.append(form)
        if form["state"] == "upcoming":
            break
    names = ("due", "until", "form", "asks", "state")
    return [{name: form[name] for name in names} for form in told]
