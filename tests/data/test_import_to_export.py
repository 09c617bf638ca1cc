"""From a folder of CSV files to the exported episodes, against a slow computation of the files."""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from data.actions.results import refresh_results
from data.exporters.sheets import say, write_frame
from data.importers import import_files, read_path
from data.instruments import catalogue
from data.queries.episodes import read_episodes
from models.policy import OPERATOR
from tests.models.outcomes.made_histories import make_records
from tests.models.outcomes.slow_episodes import THRESHOLDS, list_episodes

PATIENTS = 60
# Made histories begin in January 2026 and run for years; imports refuse the future.
EARLIER = timedelta(days=3650)
SITES = {"Denver": "America/Denver", "Phoenix": "America/Phoenix", "Chicago": "America/Chicago"}
SPELLINGS = {
    "PHQ-9": ["PHQ-9", "phq9", "PHQ_9", "Phq 9"],
    "NRS-11": ["NRS-11", "pain", "PAIN_NRS", "nrs"],
    "WHO-5": ["WHO-5", "who5"],
    "AUDIT-C": ["AUDIT-C", "audit_c"],
}
COMPARED = (
    "course_no", "kind", "course_start", "course_end", "infusions", "baseline", "best",
    "responded", "remitted", "lower_days", "upper_days", "end_reason", "loss_on",
)  # fmt: skip


class Group:
    """Random patients: what is written into the files, and what they mean."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.patients = {}
        for number in range(PATIENTS):
            code = self.random.choice(list(SPELLINGS))
            infusions, scores = make_records(self.random.choice, code)
            left_on = self.random.choice([None, None, date(2017, 6, 1), date(2016, 2, 1)])
            self.patients[f"P{number}"] = {
                "site": self.random.choice(list(SITES)),
                "instrument": code,
                "infusions": [(day - EARLIER, clock) for day, clock in infusions],
                "scores": [(day - EARLIER, clock, value) for day, clock, value in scores],
                "left_on": left_on,
            }

    def write(self, folder: Path) -> None:
        self._write(folder / "patients.csv", [self._patient(*p) for p in self.patients.items()])
        infusions = [
            {"patient_id": code, "dose_mg": 30 + number, "ward": "x", **self._when(patient, *at)}
            for code, patient in self.patients.items()
            for number, at in enumerate(patient["infusions"])
        ]
        self.random.shuffle(infusions)
        self._write(folder / "infusions.csv", infusions + infusions[:5])
        self._write(folder / "scores.csv", self._scores())

    def _patient(self, code: str, patient: dict) -> dict:
        left = patient["left_on"]
        return {"site": patient["site"], "patient_id": code, "left_on": left or ""}

    def _scores(self) -> list[dict]:
        """Rows of different patients mixed, each patient's own in order of entry."""
        waiting = {code: list(patient["scores"]) for code, patient in self.patients.items()}
        rows = []
        while waiting := {code: scores for code, scores in waiting.items() if scores}:
            code = self.random.choice(list(waiting))
            patient = self.patients[code]
            day, clock, value = waiting[code].pop(0)
            answers = self._answers(patient["instrument"], value, day)
            rows.append(
                {
                    "patient_id": code,
                    "instrument": self.random.choice(SPELLINGS[patient["instrument"]]),
                    "score": "" if answers else value,
                    **answers,
                    **self._when(patient, day, clock),
                }
            )
        return rows

    def _answers(self, code: str, value: float, day: date) -> dict:
        """Return nine answers that make a PHQ-9 total, on every other day, instead of the total."""
        if code != "PHQ-9" or value != int(value) or day.toordinal() % 2:
            return {}
        answers = [min(3, max(0, int(value) - 3 * place)) for place in range(9)]
        return {f"item_{place}": answer for place, answer in enumerate(answers, start=1)}

    def _when(self, patient: dict, day: date, clock: time | None) -> dict:
        if clock is None:
            return {"date": day, "datetime": ""}
        local = datetime.combine(day, clock)
        if self.random.random() < 0.5:
            return {"date": "", "datetime": local.isoformat(sep=self.random.choice("T "))}
        instant = local.replace(tzinfo=ZoneInfo(SITES[patient["site"]]))
        elsewhere = instant.astimezone(ZoneInfo(self.random.choice(["UTC", "Asia/Kathmandu"])))
        return {"date": "", "datetime": elsewhere.isoformat()}

    def _write(self, path: Path, rows: list[dict]) -> None:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        self.random.shuffle(columns)
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def expected(self, as_of: date) -> dict[tuple[str, str], dict[str, str]]:
        rows = {}
        for code, patient in self.patients.items():
            if not any(day <= as_of for day, _, _ in patient["scores"]):
                continue
            for row in list_episodes(
                patient["infusions"],
                list(dict.fromkeys(patient["scores"])),  # the same words twice are one record
                catalogue()[patient["instrument"]],
                THRESHOLDS,
                patient["left_on"],
                as_of,
            ):
                said = {name: say(row[name]) for name in COMPARED}
                rows[code, said["course_no"]] = said
        return rows


def _exported(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        (row["patient_id"], row["course_no"]): {name: row[name] for name in COMPARED}
        for row in rows
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_exported_is_what_the_files_mean(engine: Engine, tmp_path: Path, seed: int) -> None:
    group = Group(seed)
    group.write(tmp_path)

    report = import_files(engine, OPERATOR, read_path(tmp_path))
    again = import_files(engine, OPERATOR, read_path(tmp_path))

    assert report.refusals == []
    assert again.total("added") == again.total("updated") == 0
    days = [day for patient in group.patients.values() for day, _, _ in patient["scores"]]
    for as_of in (max(days), max(days) + timedelta(days=14), sorted(days)[len(days) // 2]):
        write_frame(tmp_path / "out.csv", read_episodes(engine, OPERATOR, as_of=as_of))
        assert _exported(tmp_path / "out.csv") == group.expected(as_of)
    write_frame(tmp_path / "out.csv", read_episodes(engine, OPERATOR))
    assert _exported(tmp_path / "out.csv") == group.expected(date(2026, 1, 1))
    assert refresh_results(engine, OPERATOR) == (PATIENTS, 0)
