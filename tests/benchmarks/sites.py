"""How often sites that do not differ are said to, and sites that do are found: simulated groups.

`PYTHONPATH=. python tests/benchmarks/sites.py [--groups 1000] [--only NAME]`
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from models.outcomes.sites.compare import compare_sites
from models.outcomes.sites.verdicts import Comparison, Measure, Verdict
from tests.simulated_sites import SIZES, Truth, simulate

ONE_WORSE = (0.0,) * 3 + (-1.2,) + (0.0,) * 8
ONE_SHORTER = (0.0,) * 3 + (-0.7,) + (0.0,) * 8
SCENARIOS = {
    "alike": Truth(),
    "alike, mix fakes a difference": Truth(mixed=0.7),
    "alike, small sites": Truth(sizes=(30,) * 12, courses=2.0),
    "alike, many courses a patient": Truth(courses=6.0, alike=1.5),
    "alike, mix and many courses": Truth(courses=6.0, alike=1.5, mixed=0.7),
    "one of 12 worse (-1.2)": Truth(shift=ONE_WORSE, holds=ONE_SHORTER),
    "one worse, mix hides it": Truth(shift=ONE_WORSE, holds=ONE_SHORTER, mixed=-0.7),
    "all scatter (sd 0.5)": Truth(),
}
ODD = 3


def _group(name: str, truth: Truth, rng: np.random.Generator) -> list[Comparison]:
    if name.startswith("all scatter"):
        truth = Truth(shift=tuple(rng.normal(0, 0.5, len(SIZES))))
    tally, names = simulate(truth, rng)
    tables = tally.tables("PHQ-9", names)
    return [compare_sites(tables, measure) for measure in Measure]


def measure(name: str, truth: Truth, groups: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    alarms, found, wrong = Counter(), Counter(), Counter()
    crude, adjusted, shrunken, truths, covered = [], [], [], [], []
    any_alarm = watched = 0
    for _ in range(groups):
        compared = _group(name, truth, rng)
        differing = {}
        for result in compared:
            odd = set(result.named(Verdict.ABOVE, Verdict.BELOW))
            differing[result.measure] = odd
            alarms[result.measure] += bool(odd)
            found[result.measure] += f"Site {ODD:02}" in odd
            wrong[result.measure] += bool(odd - {f"Site {ODD:02}"})
            watched += len(result.named(Verdict.WATCH))
        any_alarm += any(differing.values())
        for row in compared[0].results:
            if row.crude and row.adjusted and row.shrunken and compared[0].target:
                crude.append(row.crude.value - compared[0].target)
                adjusted.append(row.adjusted.value - compared[0].target)
                shrunken.append(row.shrunken.value - compared[0].target)
                target = compared[0].target
                covered.append(row.adjusted.lower <= target <= row.adjusted.upper)
                truths.append(row.shrunken.lower <= target <= row.shrunken.upper)
    rms = [float(np.sqrt(np.mean(np.square(x)))) for x in (crude, adjusted, shrunken)]
    told = ", ".join(
        f"{m}: any {alarms[m] / groups:.2%} odd one {found[m] / groups:.1%} "
        f"another {wrong[m] / groups:.2%}"
        for m in Measure
    )
    print(
        f"{name}: {groups} groups; any measure {any_alarm / groups:.2%}; {told}; "
        f"watched of 36 {watched / groups:.2f}; response off target crude/adjusted/shrunken "
        f"{rms[0]:.3f}/{rms[1]:.3f}/{rms[2]:.3f}; target within adjusted limits "
        f"{np.mean(covered):.1%}, shrunken {np.mean(truths):.1%}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=20261121)
    asked = parser.parse_args()
    for name, truth in SCENARIOS.items():
        if asked.only in ("", name):
            measure(name, truth, asked.groups, asked.seed)


if __name__ == "__main__":
    main()
