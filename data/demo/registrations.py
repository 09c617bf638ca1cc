"""Pretend patients of one site, from registration to their last record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zlib import crc32

import numpy as np
from numpy.random import Generator

from data.demo.course_of_illness import draw_traits
from data.demo.forms import Desk, choose_forms, fill_forms, main_instrument
from data.demo.group import PretendSite, clinicians_of
from data.demo.journey import Journey, draw_habits
from data.demo.people import PretendPerson, invent_person
from data.demo.treatment import describe_infusion, draw_treatment, infusion_time
from data.importers.rows import InfusionRow, Origin, PatientRow, ScoreRow

TWO_YEARS = 728
LOW_BASELINE_SHARE = 0.05
ORIGIN = Origin("pretend group", None)


@dataclass
class Registration:
    """One pretend patient's rows, as an import would have read them."""

    patient: PatientRow
    infusions: list[InfusionRow] = field(default_factory=list)
    scores: list[ScoreRow] = field(default_factory=list)


def register_patients(
    site: PretendSite, number: int, patients: int, seed: int, today: date
) -> list[Registration]:
    """Return a site's patients in order of registration, numbered as a clinic would.

    Each patient has a stream of chance of their own, so that one more draw for one of them
    changes nobody else.
    """
    site_chance = np.random.default_rng([seed, number])
    days_ago = np.sort(1 + (TWO_YEARS * site_chance.random(patients) ** 1.1).astype(int))[::-1]
    return [
        register_patient(
            np.random.default_rng([seed, number, index]),
            site,
            f"{site.prefix}-{index:04d}",
            today - timedelta(days=int(ago)),
            horizon=int(ago) - 1,  # the last records are yesterday's, whatever hour it is now
        )
        for index, ago in enumerate(days_ago, start=1)
    ]


def register_patient(
    rng: Generator, site: PretendSite, code: str, registered_on: date, *, horizon: int
) -> Registration:
    person = invent_person(rng, registered_on)
    main = main_instrument(rng, person.indication)
    traits = draw_traits(
        rng,
        person.indication,
        main,
        low=bool(rng.random() < LOW_BASELINE_SHARE),
        response=site.response,
        holds=site.holds,
    )
    habits = draw_habits(rng, person.indication, traits.responder, site.missed)
    journey = Journey(rng, traits, habits, registered_on, horizon).run()
    patient = _patient_row(rng, site, code, person, journey)
    forms = choose_forms(rng, person.indication, main, traits)
    infusions, desk = _give_infusions(rng, site, code, person, journey)
    scores = list(fill_forms(rng, desk, forms, journey.check_ins))
    return Registration(patient, infusions, scores)


def _patient_row(
    rng: Generator, site: PretendSite, code: str, person: PretendPerson, journey: Journey
) -> PatientRow:
    left = journey.stop + int(rng.integers(3, 25))
    has_left = journey.habits.says_so and left <= journey.horizon + 1
    return PatientRow(
        ORIGIN,
        code,
        site.name,
        fields={
            "name": person.name,
            "sex": person.sex,
            "birth_year": person.birth_year,
            "indication": person.indication,
            "left_on": journey.registered_on + timedelta(days=left) if has_left else None,
        },
        covariates=person.covariates,
        time_zone=site.time_zone,
    )


def _say_who_gave(rows: list[InfusionRow], site: PretendSite, code: str) -> list[InfusionRow]:
    """Most of a patient's infusions are given by one clinician; of a few nobody said by whom."""
    rng = np.random.default_rng(crc32(code.encode()))
    staff = clinicians_of(site.name)
    usual = staff[int(rng.integers(len(staff)))]
    chosen = [usual if rng.random() < 0.8 else str(rng.choice(staff)) for _ in rows]
    return [
        replace(row, given_by=None if rng.random() < 0.04 else who)
        for row, who in zip(rows, chosen, strict=True)
    ]


def _give_infusions(
    rng: Generator, site: PretendSite, code: str, person: PretendPerson, journey: Journey
) -> tuple[list[InfusionRow], Desk]:
    uses_other = site.other_route is not None and rng.random() < site.other_share
    treatment = draw_treatment(
        rng, site.other_route if site.other_route and uses_other else "IV", person.weight_kg
    )
    times = {day: infusion_time(rng, treatment) for day in journey.infusions}
    rows = [
        describe_infusion(
            rng, treatment, code, ORIGIN, journey.registered_on + timedelta(days=day), at
        )
        for day, at in times.items()
    ]
    rows = _say_who_gave(rows, site, code)
    return rows, Desk(code, ORIGIN, journey.registered_on, site.modes, times)
