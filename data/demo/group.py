"""The pretend group: twelve invented clinics, each in the real time zone of its city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PretendSite:
    """A clinic and its ways. `response` shifts the log-odds of responding, `holds` multiplies
    the days a response holds; both are small, so that most sites cannot be told apart.
    """

    name: str
    prefix: str
    time_zone: str
    size: int  # patients, of 1,500 in all
    response: float = 0.0
    holds: float = 1.0
    missed: float = 0.0  # added to each patient's share of missed weeks
    fills_in: float = 0.8  # of the forms on the plan's own days that the journey has not answered
    modes: tuple[float, float, float] = (0.7, 0.2, 0.1)  # link, kiosk, staff
    other_route: str | None = None  # given to some patients instead of IV
    other_share: float = 0.0


SITES = (
    PretendSite("Chicago", "CHI", "America/Chicago", 260, response=0.1),
    PretendSite("Dallas", "DAL", "America/Chicago", 190, holds=0.95, modes=(0.5, 0.35, 0.15)),
    PretendSite(
        "Denver", "DEN", "America/Denver", 205, response=0.15, holds=1.1, missed=-0.05, fills_in=0.9
    ),
    PretendSite("Houston", "HOU", "America/Chicago", 150, response=-0.2, missed=0.08, fills_in=0.7),
    PretendSite("Jacksonville", "JAX", "America/New_York", 75, other_route="SL", other_share=0.35),
    PretendSite(
        "Las Vegas",
        "LAS",
        "America/Los_Angeles",
        90,
        response=-0.35,
        holds=0.85,
        missed=0.12,
        fills_in=0.1,
        other_route="IM",
        other_share=0.6,
    ),
    PretendSite("Minneapolis", "MSP", "America/Chicago", 130, response=0.2, modes=(0.8, 0.1, 0.1)),
    PretendSite("Phoenix", "PHX", "America/Phoenix", 170, holds=1.05, modes=(0.45, 0.45, 0.1)),
    PretendSite(
        "Reno",
        "RNO",
        "America/Los_Angeles",
        25,
        missed=0.05,
        modes=(0.3, 0.1, 0.6),
        other_route="SC",
        other_share=0.5,
    ),
    PretendSite("Salt Lake City", "SLC", "America/Denver", 60, holds=1.1),
    PretendSite(
        "Seattle",
        "SEA",
        "America/Los_Angeles",
        105,
        response=0.05,
        modes=(0.85, 0.05, 0.1),
        other_route="IN",
        other_share=0.2,
    ),
    PretendSite(
        "Tucson", "TUS", "America/Phoenix", 40, response=-0.1, other_route="IN", other_share=0.4
    ),
)


# Who gives the infusions; the first two of Denver are also pretend users.
CLINICIANS = (
    "Noor Idowu", "Marta Lindqvist", "Sam Okafor", "June Park", "Teo Vargas", "Ines Calder",
    "Hal Whitcomb", "Rosa Menke", "Priya Sandoval", "Owen Tarrant", "Lea Brandt", "Miles Achebe",
)  # fmt: skip
USERS_AT = {"Denver": ("Robin Ellery", "Sasha Quill"), "Phoenix": ("Sasha Quill",)}


def clinicians_of(site: str) -> tuple[str, ...]:
    """Return the three clinicians of a pretend clinic, by its name."""
    first = [one.name for one in SITES].index(site)
    others = [CLINICIANS[(first + number * 5) % len(CLINICIANS)] for number in range(3)]
    return (*USERS_AT.get(site, ()), *others)[:3]


def share_out(patients: int, sites: Sequence[PretendSite] = SITES) -> list[int]:
    """Return how many of the patients each site has: by size, at least one, the sum exact."""
    if patients < len(sites):
        raise ValueError(f"{patients} patients cannot fill {len(sites)} sites")
    spare = patients - len(sites)
    weight = sum(site.size - 1 for site in sites)
    exact = [spare * (site.size - 1) / weight for site in sites]
    counts = [1 + int(share) for share in exact]
    by_remainder = sorted(range(len(sites)), key=lambda i: int(exact[i]) - exact[i])
    for index in by_remainder[: patients - sum(counts)]:
        counts[index] += 1
    return counts
