"""The shares of maintenance infusions in words: denominators and intervals always beside them."""

from __future__ import annotations

from dashboard.wording import timing_shares as words
from data.queries.timings import GivenTimings, SiteTimings
from models.outcomes.timing import Timing


def counts(early, on_time, late, unknown):
    return dict(zip(Timing, (early, on_time, late, unknown), strict=True))


def plain(rows):
    return [tuple(cell.replace("\u00a0", " ") for cell in row) for row in rows]


FOUND = [
    GivenTimings("Denver", "Anna", 9, counts(2, 5, 3, 1)),
    GivenTimings("Denver", None, 1, counts(0, 0, 0, 2)),
]


def test_a_site_stands_over_those_who_gave_infusions_there():
    # Wilson 1927 at 95 %: 2 of 10 is 5.7 to 51.0 %, 5 of 10 23.7 to 76.3 %, 3 of 10 10.8 to
    # 60.3 %, 3 of 13 8.2 to 50.3 %, 1 of 11 1.6 to 37.7 % (R: prop.test, correct = FALSE).
    early, on_time, late = (
        "2 of 10, 20 % (6–51 %)",
        "5 of 10, 50 % (24–76 %)",
        "3 of 10, 30 % (11–60 %)",
    )
    assert plain(words.rows(FOUND)) == [
        ("Denver, everyone", "13", early, on_time, late, "3 of 13, 23 % (8–50 %)"),
        ("Anna, Denver", "11 of 9 patients", early, on_time, late, "1 of 11, 9 % (2–38 %)"),
        ("not recorded, Denver", "2 of 1 patient", "–", "–", "–", "2 of 2, 100 % (34–100 %)"),
    ]


def test_all_of_it_in_one_sentence():
    assert words.summary(FOUND, "PHQ-9") == (
        "Of 13 maintenance courses that followed a response on PHQ-9, 10 can be timed: 2 early, "
        "5 on time, 3 late. Of 3 it is unknown."
    )


def test_what_a_site_may_not_show_says_so_cell_by_cell():
    found = [
        SiteTimings("Reno"),
        SiteTimings("Chicago", in_time=15, late=25),
        SiteTimings("Denver", 20, 20, 40, 60, 25),
    ]

    assert plain(words.site_rows(found)) == [
        ("Chicago", "hidden", "hidden", "15 of 40, 38 % (24–53 %)", "25 of 40, 62 % (47–76 %)",
         "hidden"),
        ("Denver", "20 of 100, 20 % (13–29 %)", "20 of 100, 20 % (13–29 %)",
         "40 of 100, 40 % (31–50 %)", "60 of 100, 60 % (50–69 %)", "25 of 125, 20 % (14–28 %)"),
    ]  # fmt: skip
    assert {len(row) for row in words.site_rows(found)} == {len(words.SITE_COLUMNS)}
    assert words.hidden_sites(found).endswith("stand behind it: Reno.")
    assert words.hidden_sites(found[1:]) == ""
