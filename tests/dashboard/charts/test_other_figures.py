from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.bands import stretches, ticks
from dashboard.charts.curves import draw_curves, weekly_ticks
from dashboard.charts.domains import draw_domains, read_domains
from dashboard.charts.paper import spread_labels
from dashboard.charts.steps import LABEL, draw_steps
from dashboard.charts.swimmer import MOST_ROWS, draw_swimmer
from data.instruments import catalogue
from models.outcomes.curves import summarise
from tests.dashboard.charts.charts import (
    INDUCTION,
    PAIN,
    PHQ9,
    WHO5,
    chart,
    day,
    ending,
    score,
    traces,
)


def written(figure) -> str:
    return " | ".join(annotation.text for annotation in figure.layout.annotations)


def mood_and_pain():
    scores = [score(0, 18), score(24, 6), score(0, 8, "NRS-11"), score(24, 7, "NRS-11")]
    scores += [score(0, 24, "WHO-5"), score(24, 62, "WHO-5")]
    return chart(INDUCTION, scores, today=30)


def test_domains_are_shares_of_their_own_baseline_whichever_way_they_point():
    figure = draw_domains(mood_and_pain(), catalogue())

    last = {t.name: t.y[-1] for t in figure.data if t.name.endswith("values")}
    assert last == pytest.approx(
        {"PHQ-9 values": 100 / 3, "NRS-11 values": 87.5, "WHO-5 values": 50}
    )
    assert {t.y[0] for t in figure.data} == {100.0}
    assert "PHQ-9 33\u00a0%" in written(figure)


def test_domains_start_at_the_baseline_of_the_latest_induction():
    scores = [score(0, 18), score(24, 8), score(100, 20), score(124, 10)]
    again = [100, 103, 106, 109]
    (domain,) = read_domains(chart([*INDUCTION, *again], scores, today=130), catalogue())

    assert (domain.baseline, domain.days) == (20, (day(100), day(124)))


def test_without_a_baseline_there_is_no_domain_to_draw():
    assert draw_domains(chart([], [score(0, 18)], today=3), catalogue()) is None
    assert draw_domains(chart(INDUCTION, [score(24, 18)], today=30), catalogue()) is None
    assert draw_domains(chart(INDUCTION, [score(0, 18)], today=30), catalogue()) is None


def test_steps_show_the_value_before_each_infusion_and_its_change():
    scores = [score(0, 18), score(3, 14), score(10, 15), score(24, 8)]
    figure = draw_steps(chart(INDUCTION, scores, today=30), PHQ9, 1)

    (values,) = traces(figure, "values")
    assert (list(values.x), list(values.y)) == ([1, 2, 4, 7], [18, 14, 15, 8])
    assert [a.text for a in figure.layout.annotations] == ["\u22124", "+1", "\u22127"]
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "3", "4", "5", "6", "after"]


def test_the_highest_and_the_lowest_number_have_room_to_be_written():
    figure = draw_steps(chart(INDUCTION, [score(0, 27), score(24, 0)], today=30), PHQ9, 1)
    low, high = figure.layout.yaxis.range
    drawn = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    pixels = drawn / (high - low)

    assert (high - 27) * pixels == pytest.approx((0 - low) * pixels) == pytest.approx(LABEL)
    assert (figure.layout.yaxis.tickvals[0], figure.layout.yaxis.tickvals[-1]) == (0, 27)


def test_one_value_makes_no_steps():
    assert draw_steps(chart(INDUCTION, [score(0, 18)], today=30), PHQ9, 1) is None
    assert draw_steps(ending("lost"), PHQ9, 9) is None


@pytest.fixture(scope="module")
def summary():
    lower = [7, 14, 21, 28, 14, 35, 7, 28]
    upper = [14, 21, 28, 35, np.inf, 42, 14, np.inf]
    return summarise(lower, upper, list("aabcdefg"), seed=1, replicates=20)


def test_curves_hold_both_estimates_and_the_limits(summary):
    figure = draw_curves({"PHQ-9": summary})

    (turnbull,) = traces(figure, "PHQ-9")
    days, survival = summary.turnbull.corners()
    assert (list(turnbull.x), list(turnbull.y)) == (days.tolist(), survival.tolist())
    (kaplan_meier,) = traces(figure, "Kaplan-Meier")
    assert list(kaplan_meier.y) == summary.kaplan_meier.survival.tolist()
    assert kaplan_meier.line.shape == "hv"
    assert len(traces(figure, "PHQ-9 limits")) == 1


def test_numbers_at_risk_stand_under_the_axis(summary):
    figure = draw_curves({"PHQ-9": summary})
    under = [a.text for a in figure.layout.annotations if a.xref == "x"]
    days = list(figure.layout.xaxis.tickvals)

    at_risk = summary.kaplan_meier.at_risk_at(days)
    assert under == ["<1" if 0 < n < 0.5 else f"{round(n, 0):.0f}" for n in at_risk]
    assert under[0] == "7"  # seven patients, one of them with two courses of half weight


def test_a_median_is_marked_or_said_not_to_be_reached(summary):
    median = summary.medians[0].median.value
    reached = draw_curves({"PHQ-9": summary})
    kept = summarise([30, 40, 50], [np.inf] * 3, [1, 2, 3], seed=1, replicates=20)
    unreached = draw_curves({"PHQ-9": kept})

    assert list(traces(reached, "PHQ-9 median")[0].x) == [median, median]
    assert not traces(unreached, "PHQ-9 median")
    assert "median not reached" in written(unreached)


def test_several_groups_differ_by_dash_as_well_as_colour(summary):
    figure = draw_curves({"Denver": summary, "Mesa <1>": summary})
    lines = [traces(figure, name)[0].line for name in ("Denver", "Mesa <1>")]

    assert len({line.dash for line in lines}) == len({line.color for line in lines}) == 2
    assert not traces(figure, "Kaplan-Meier")
    assert "Mesa &lt;1&gt;" in written(figure)


def test_a_group_without_courses_is_said_in_words():
    empty = summarise([], [], [], seed=1, replicates=2)

    assert "no course with a response to follow" in written(draw_curves({"PHQ-9": empty}))
    assert "no course with a response to follow" in written(draw_curves({}))


@pytest.mark.parametrize(
    ("last", "ticks_wanted"),
    [(20, [0, 7, 14]), (60, [0, 14, 28, 42, 56]), (190, [0, 28, 56, 84, 112, 140, 168])],
)
def test_ticks_are_whole_weeks(last, ticks_wanted):
    assert weekly_ticks(last) == ticks_wanted


def courses(number: int) -> pd.DataFrame:
    reasons = ["lost", "holding", "next_course", "silent", "left", "gap", "possible_loss"]
    return pd.DataFrame(
        [
            {
                "label": f"P{n:03d}, course 1",
                "course_no": 1,
                "kind": "induction",
                "lower_days": 7 * (number - n),
                "upper_days": 7 * (number - n) + 7 if reasons[n % 7] == "lost" else None,
                "end_reason": reasons[n % 7],
                "start_on": date(2026, 1, 1) + timedelta(days=n),
            }
            for n in range(number)
        ]
    )


def test_the_swimmer_is_sorted_by_duration_in_the_language_of_the_lane():
    figure = draw_swimmer(courses(7))

    lengths = [bar.x[0] for bar in traces(figure, "held")]
    assert lengths == sorted(lengths) == [7, 14, 21, 28, 35, 42, 49]
    (lost,) = traces(figure, "fading")
    assert (lost.base[0], lost.x[0], lost.marker.pattern.shape) == (49, 7, "/")
    assert [t.x[0] for t in traces(figure, "still holding")] == [42]
    assert figure.layout.yaxis.ticktext[0] == "P006, course 1"


def test_a_long_list_is_thinned_evenly():
    figure = draw_swimmer(courses(150))
    lengths = [bar.x[0] for bar in traces(figure, "held")]

    assert len(lengths) == MOST_ROWS
    assert (lengths[0], lengths[-1]) == (7, 1050)
    assert not figure.layout.annotations  # a sentence in a figure is cut where a phone ends


def test_no_course_is_an_empty_figure():
    assert not draw_swimmer(courses(1).iloc[:0]).data


def test_labels_in_a_crowd_are_moved_apart_and_keep_their_order():
    assert spread_labels([50, 10, 90], 5) == [50, 10, 90]
    assert spread_labels([10, 11, 12], 5) == [6, 11, 16]
    assert spread_labels([], 5) == []


def test_bands_meet_half_way_between_whole_numbers():
    edges = [(band.low, band.high) for band in stretches(PHQ9)]

    assert edges == [(0, 4.5), (4.5, 9.5), (9.5, 14.5), (14.5, 19.5), (19.5, 27)]
    assert ticks(PHQ9) == [0, 5, 10, 15, 20, 27]
    assert ticks(WHO5) == [0, 52, 100]
    assert ticks(PAIN) == [0, 1, 4, 7, 10]
