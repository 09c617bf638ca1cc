"""Episodes of a million scores beside two pandas group-bys: PYTHONPATH=. python THIS

Both rivals were written for the purpose, with the same definitions: one goes course by course
once pandas has grouped the scores, one is vectorised throughout. All start from values in memory,
theirs from days as plain numbers, and leave out what ours also states (best, remission, times,
several scores a day). A sample is compared course by course before timing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.instruments import catalogue
from models.outcomes.courses import group_courses
from models.outcomes.episodes import Held, build_episodes
from models.outcomes.history import History, Moment, Score
from models.outcomes.rules import Rules

RULES = Rules()
PHQ9 = catalogue()["PHQ-9"]
START = date(2023, 1, 1)
Follow = Callable[[pd.DataFrame], pd.DataFrame]
COLUMNS = ["baseline", "responded", "held", "lower", "upper"]


def invent(patients: int, seed: int = 1) -> tuple[list[History], pd.DataFrame, pd.DataFrame]:
    """Return the same records as histories and as frames: patient, day and, of scores, value."""
    random = np.random.default_rng(seed)
    days = [START + timedelta(days=day) for day in range(1200)]
    histories, given, scored = [], [], []
    for patient in range(patients):
        first = int(random.integers(30, 300))
        boosters = np.cumsum(random.integers(16, 90, int(random.integers(0, 5))))
        infusions = [first + day for day in (0, 3, 7, 10, 14, 17)]
        infusions += [int(first + 17 + day) for day in boosters]
        weeks = np.arange(first - 7, first + 225, 7) + random.integers(-2, 3, 34)
        asked = np.unique(weeks[random.random(34) > 0.25])
        since = asked - np.array(
            [max((d for d in infusions if d <= on), default=on) for on in asked]
        )
        level = np.where(asked <= first, 18, 5 + np.minimum(since, 60) / 5)
        values = np.clip(np.round(level + random.normal(0, 3, len(asked))), 0, 27)
        histories.append(
            History(
                tuple(Moment(days[day]) for day in infusions),
                {
                    "PHQ-9": tuple(
                        Score(Moment(days[d]), v)
                        for d, v in zip(asked.tolist(), values.tolist(), strict=True)
                    )
                },
            )
        )
        given += [(patient, day) for day in infusions]
        scored += [
            (patient, day, value)
            for day, value in zip(asked.tolist(), values.tolist(), strict=True)
        ]
    return (
        histories,
        pd.DataFrame(given, columns=["patient", "day"]),
        pd.DataFrame(scored, columns=["patient", "day", "value"]),
    )


def with_models(histories: list[History]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for patient, history in enumerate(histories):
        courses = group_courses(history.infusions, RULES)
        for episode in build_episodes(courses, history.scores["PHQ-9"], PHQ9, RULES):
            held = episode.held and episode.held.value
            rows.append(
                (
                    patient,
                    episode.course.number,
                    episode.baseline,
                    episode.responded,
                    held,
                    episode.lower_days,
                    episode.upper_days,
                )
            )
    return rows


def with_pandas(infusions: pd.DataFrame, scores: pd.DataFrame, follow: Follow) -> pd.DataFrame:
    """Return patient, course and COLUMNS; `follow` is one of the two ways to follow responses."""
    courses = _courses(infusions)
    scores = scores.sort_values(["patient", "day"], kind="stable")
    courses["baseline"] = _baselines(courses, scores)
    # A score on the first day of a course was taken before its infusion: it belongs to the last.
    owned = pd.merge_asof(
        scores.sort_values("day"),
        courses[["patient", "course", "first", "last", "baseline", "has_next"]].sort_values(
            "first"
        ),
        left_on="day",
        right_on="first",
        by="patient",
        allow_exact_matches=False,
    ).dropna(subset=["course"])
    owned["has_next"] = owned["has_next"].astype(bool)
    owned["age"] = owned["day"] - owned["last"]
    owned = owned[owned["age"] > 0].sort_values(["patient", "course", "day"])
    stated = owned[owned["baseline"] >= PHQ9.minimum_baseline].reset_index(drop=True)
    return courses.merge(follow(stated), on=["patient", "course"], how="left")


def _courses(infusions: pd.DataFrame) -> pd.DataFrame:
    given = infusions.sort_values(["patient", "day"])
    gap = given.groupby("patient")["day"].diff()
    given["course"] = (gap.isna() | (gap > RULES.course_gap)).groupby(given["patient"]).cumsum()
    courses = given.groupby(["patient", "course"])["day"].agg(["min", "max", "size"]).reset_index()
    courses = courses.rename(columns={"min": "first", "max": "last"})
    courses["induction"] = (courses["course"] == 1) | (courses["size"] >= 4)
    courses["has_next"] = courses["patient"].eq(courses["patient"].shift(-1))
    return courses


def _baselines(courses: pd.DataFrame, scores: pd.DataFrame) -> pd.Series:
    before = pd.merge_asof(
        courses.sort_values("first"),
        scores.sort_values("day").rename(columns={"day": "scored"}),
        left_on="first",
        right_on="scored",
        by="patient",
        tolerance=RULES.baseline_window,
    ).sort_values(["patient", "course"])
    own = before["value"].where(before["induction"])
    again = (before["course"] > 1) & ~(own >= PHQ9.minimum_baseline)
    return own.mask(again).groupby(before["patient"]).ffill().to_numpy()


def course_by_course(rows: pd.DataFrame) -> pd.DataFrame:
    rows["responds"] = (rows["baseline"] - rows["value"]) / rows["baseline"] >= 0.5 - 1e-9
    found = [
        (*key, *_spell(course["age"].to_numpy(), course["responds"].to_numpy(), *next_given))
        for key, course in rows.groupby(["patient", "course"], sort=False)
        for next_given in [course["has_next"].to_numpy()[:1]]
    ]
    return pd.DataFrame(found, columns=["patient", "course", *COLUMNS[1:]])


def _spell(ages: np.ndarray, responds: np.ndarray, has_next: bool) -> tuple[object, ...]:
    """Follow one response; the same rules as models.outcomes.episodes, on arrays."""
    deciding = int((ages <= RULES.response_window).sum())
    deciding = deciding or int(ages[0] <= RULES.late_response_window)
    if deciding == 0:
        return None, None, None, None
    if not responds[:deciding].any():
        return False, None, None, None
    first = int(responds.argmax())
    confirmed = ~responds[first:-1] & ~responds[first + 1 :]
    if not confirmed.any() and responds[-1]:
        return True, (Held.NEXT_COURSE if has_next else Held.OPEN).value, ages[-1], None
    if not confirmed.any() and not has_next:
        return True, Held.POSSIBLE_LOSS.value, ages[-2], None
    turned = first + int(confirmed.argmax()) if confirmed.any() else len(ages) - 1
    if ages[turned] - ages[turned - 1] > RULES.widest_gap:
        return True, Held.GAP.value, ages[turned - 1], None
    return True, Held.LOST.value, ages[turned - 1], ages[turned]


def vectorised(rows: pd.DataFrame) -> pd.DataFrame:
    """Follow every response; the same rules as models.outcomes.episodes, on whole columns."""
    rows["key"] = rows.groupby(["patient", "course"], sort=False).ngroup()
    responds = (rows["baseline"] - rows["value"]) / rows["baseline"] >= 0.5 - 1e-9
    is_first = rows["key"].ne(rows["key"].shift())
    is_last = rows["key"].ne(rows["key"].shift(-1))
    in_window = rows["age"] <= RULES.response_window
    has_window = in_window.groupby(rows["key"]).transform("any")
    decides = in_window | (is_first & ~has_window & (rows["age"] <= RULES.late_response_window))
    rows["answered"] = (responds & decides).groupby(rows["key"]).transform("any")
    bad = responds.groupby(rows["key"]).cummax() & ~responds
    confirmed = bad & (~is_last & bad.shift(-1, fill_value=False) | is_last & rows["has_next"])
    rows["before"], rows["bad"], rows["decides"] = rows["age"].shift(), bad, decides
    turned = rows[confirmed].drop_duplicates("key").set_index("key")
    spells = rows[is_last].set_index("key").join(turned[["age", "before"]].add_suffix("_turned"))
    spells["decides"] = rows.groupby("key")["decides"].any()
    return _named(spells)


def _named(spells: pd.DataFrame) -> pd.DataFrame:
    """Turn the last row of each course, and where it turned, into the columns compared."""
    lost = spells["age_turned"].notna()
    gap = lost & (spells["age_turned"] - spells["before_turned"] > RULES.widest_gap)
    conditions = [gap, lost, spells["bad"], spells["has_next"]]
    reasons = [Held.GAP, Held.LOST, Held.POSSIBLE_LOSS, Held.NEXT_COURSE]
    held = np.select(conditions, [reason.value for reason in reasons], Held.OPEN.value)
    lower = np.where(
        lost, spells["before_turned"], np.where(spells["bad"], spells["before"], spells["age"])
    )
    answered = spells["answered"]
    return pd.DataFrame(
        {
            "patient": spells["patient"],
            "course": spells["course"],
            "responded": answered.astype(object).where(spells["decides"], None),
            "held": pd.Series(held, spells.index).where(answered, None),
            "lower": pd.Series(lower, spells.index).where(answered),
            "upper": spells["age_turned"].where(answered & lost & ~gap),
        }
    )


def check_agreement(patients: int) -> int:
    """Raise if a rival differs in any course of a sample; return how many courses it had."""
    histories, infusions, scores = invent(patients, seed=2)
    ours = pd.DataFrame(with_models(histories), columns=["patient", "course", *COLUMNS])
    for follow in RIVALS:
        theirs = with_pandas(infusions, scores, follow)
        for column in COLUMNS:
            pairs = zip(_plain(ours[column]), _plain(theirs[column]), strict=True)
            different = [(our, their) for our, their in pairs if our != their]
            if different:
                raise AssertionError(f"{follow.__name__}, {column}: {different[:3]}")
    return len(ours)


def _plain(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), None)


RIVALS = (course_by_course, vectorised)


def clock(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"{check_agreement(2000)} courses of a sample agree")
    histories, infusions, scores = invent(asked.patients)
    print(f"{len(scores):,} scores, {len(infusions):,} infusions, {asked.patients:,} patients")
    for follow in RIVALS:
        pairs = [
            (
                clock(lambda: with_models(histories)),
                clock(lambda follow=follow: with_pandas(infusions, scores, follow)),
            )
            for _ in range(asked.rounds)
        ]
        ratios = [rival / ours for ours, rival in pairs]
        ours, rival = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(
            f"pandas {follow.__name__} / ours: {min(ratios):.2f} / {statistics.median(ratios):.2f} "
            f"/ {max(ratios):.2f} ({rival:.1f} and {ours:.1f} processor seconds)",
            flush=True,
        )


if __name__ == "__main__":
    main()
