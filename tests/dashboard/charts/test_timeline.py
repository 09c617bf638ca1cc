from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from math import nan

import pytest

from dashboard.charts.palette import DARK, LIGHT
from dashboard.charts.safety_strip import ALONE, BELOW, LOWER, MARK, UPPER, arrange
from dashboard.charts.timeline import draw_timeline
from tests.dashboard.charts.charts import (
    DAY_ZERO,
    ENDINGS,
    INDUCTION,
    PAIN,
    PHQ9,
    WHO5,
    chart,
    day,
    ending,
    infusion,
    score,
    stretch,
    traces,
)

HELD_TO = DAY_ZERO + timedelta(days=21)


def drawn(reason, **how):
    return draw_timeline(ending(reason), PHQ9, **how)


@pytest.mark.parametrize("reason", ENDINGS)
def test_each_ending_is_what_the_history_says(reason):
    assert ending(reason).episodes["end_reason"].iloc[0] == reason


@pytest.mark.parametrize("reason", ENDINGS)
def test_the_solid_bar_runs_from_day_0_to_the_last_day_seen_responding(reason):
    assert stretch(traces(drawn(reason), "held")[0]) == (DAY_ZERO, HELD_TO)


def test_the_hatched_part_spans_the_days_in_which_the_response_was_lost():
    (fading,) = traces(drawn("lost"), "fading")

    assert stretch(fading) == (HELD_TO, day(45))
    assert fading.marker.pattern.shape == "/"
    assert fading.marker.line.color == LIGHT.fading


def test_a_loss_seen_once_is_outlined_with_a_question_mark():
    figure = drawn("possible_loss")

    assert stretch(traces(figure, "possible loss")[0]) == (HELD_TO, day(45))
    assert traces(figure, "not confirmed")[0].text == ("<b>?</b>",)
    assert not traces(figure, "fading")


@pytest.mark.parametrize("reason", ENDINGS)
def test_only_a_course_that_still_holds_has_an_arrow_head(reason):
    arrows = traces(drawn(reason), "still holding")

    assert bool(arrows) is (reason == "holding")
    assert all(arrow.x == (HELD_TO,) for arrow in arrows)


@pytest.mark.parametrize("reason", ENDINGS)
def test_only_silence_is_drawn_as_a_dashed_line_from_the_last_value(reason):
    lines = traces(drawn(reason), "silence")

    spans = [(line.x, line.line.dash, line.line.color) for line in lines]
    silent = [((day(38), day(60)), "dash", LIGHT.unknown)]
    assert spans == (silent if reason == "silent" else [])


def test_a_fortnight_without_a_check_in_is_silence_and_a_day_less_is_not():
    scores = [score(0, 18), score(24, 8)]

    assert traces(draw_timeline(chart(INDUCTION, scores, today=38), PHQ9), "silence")
    assert not traces(draw_timeline(chart(INDUCTION, scores, today=37), PHQ9), "silence")


def test_what_was_not_seen_is_dotted_or_hatched_grey():
    (silent,) = traces(drawn("silent"), "silent")
    (unseen,) = traces(drawn("gap"), "unseen")

    assert silent.x == (HELD_TO, day(60))
    assert (silent.line.dash, silent.line.color) == ("dot", LIGHT.unknown)
    assert stretch(unseen) == (HELD_TO, day(130))
    assert (unseen.marker.pattern.shape, unseen.marker.pattern.fgcolor) == ("x", LIGHT.unknown)


def test_the_next_course_ends_a_bar_in_blue_at_its_start():
    figure = drawn("next_course")
    (cap,) = traces(figure, "next course")
    (bridged,) = traces(figure, "until the next course")

    assert cap.x == (day(41),)
    assert cap.marker.line.color == LIGHT.next_course
    assert stretch(bridged) == (HELD_TO, day(41))


def test_a_patient_who_left_has_a_stop_mark_on_that_day():
    assert traces(drawn("left"), "left")[0].x == (day(50),)


def test_no_response_is_an_open_outline_and_not_stated_a_dotted_line():
    none = draw_timeline(chart(INDUCTION, [score(0, 18), score(24, 16)], today=30), PHQ9)
    unknown = draw_timeline(chart(INDUCTION, [score(24, 8), score(31, 7)], today=90), PHQ9)

    (open_bar,) = traces(none, "no response")
    assert stretch(open_bar) == (DAY_ZERO, day(24))
    assert open_bar.marker.color == "rgba(0,0,0,0)"
    (dotted,) = traces(unknown, "not stated")
    assert dotted.x == (DAY_ZERO, day(48))  # 31 days: later than that, nothing could be stated
    assert "no baseline within 30 days" in dotted.hovertext


def test_the_course_itself_is_a_thin_band_over_its_infusions():
    (course,) = traces(drawn("lost"), "course")

    assert stretch(course) == (day(0), DAY_ZERO)
    assert course.width[0] < traces(drawn("lost"), "held")[0].width[0]


def test_values_are_filled_where_the_rule_is_met_and_open_where_not():
    figure = drawn("lost")
    (filled,), (opened,) = traces(figure, "responding"), traces(figure, "not responding")

    assert list(filled.x) == [day(24), day(31), day(38)]
    assert list(opened.x) == [day(45), day(52)]
    assert list(traces(figure, "score")[0].x) == [day(0)]


def test_half_of_the_baseline_exactly_is_filled():
    figure = draw_timeline(chart(INDUCTION, [score(0, 18), score(24, 9)], today=30), PHQ9)

    assert list(traces(figure, "responding")[0].y) == [9]


def test_of_two_values_a_day_the_last_decides_and_both_are_drawn():
    scores = [score(0, 18), score(24, 16), score(24, 8)]
    figure = draw_timeline(chart(INDUCTION, scores, today=30), PHQ9)

    assert list(traces(figure, "responding")[0].y) == [8]
    assert list(traces(figure, "score")[0].y) == [18, 16]
    assert "a later value stands for this day" in traces(figure, "score")[0].hovertext[1]


def test_a_value_of_the_next_courses_first_day_still_belongs_to_the_course_before():
    figure = draw_timeline(chart([*INDUCTION, 41], [score(0, 18), score(41, 15)], today=45), PHQ9)

    assert "day 24 after course 1" in traces(figure, "not responding")[0].hovertext[0]


def test_the_response_rule_runs_from_day_0_to_the_next_course_and_is_named():
    figure = drawn("next_course")
    first, second = traces(figure, "response rule")

    assert (list(first.x), list(first.y)) == ([DAY_ZERO, day(41)], [9, 9])
    assert list(second.x) == [day(41), day(45)]
    assert "50\u00a0% of baseline 18" in written(figure)


def test_an_instrument_where_more_is_better_keeps_its_axis_and_says_so():
    scores = [score(0, 24, "WHO-5"), score(24, 64, "WHO-5"), score(31, 60, "WHO-5")]
    figure = draw_timeline(chart(INDUCTION, scores, today=40), WHO5)

    low, high = figure.layout.yaxis.range
    assert low < 0 < 100 < high
    assert "higher is better" in written(figure)
    assert "50\u00a0% of the way<br>from 24 to 100" in written(figure)
    assert list(traces(figure, "responding")[0].y) == [64]  # half-way from 24 to 100 is 62


def test_a_pain_rating_is_measured_by_its_own_rule():
    scores = [score(0, 8, "NRS-11"), score(24, 5, "NRS-11")]
    figure = draw_timeline(chart(INDUCTION, scores, today=30), PAIN)

    assert "70\u00a0% of baseline 8" in written(figure)
    assert "safety 0" not in {trace.name for trace in figure.data}
    assert "item 9" not in written(figure)


def test_points_are_joined_while_followed_and_only_hinted_at_where_not():
    figure = draw_timeline(
        chart(INDUCTION, [score(0, 18), score(14, 9), score(29, 8), score(130, 8)], today=131), PHQ9
    )

    assert list(traces(figure, "followed")[0].x) == [day(0), day(14), None]
    assert list(traces(figure, "apart")[0].x) == [day(14), day(29), None]


def test_the_days_a_value_asks_about_end_at_its_point_and_a_mixed_one_says_so():
    figure = drawn("lost")
    (bars,) = traces(figure, "look-back")

    assert list(bars.x[3:6]) == [day(10), day(24), None]
    texts = traces(figure, "responding")[0].hovertext
    assert "mixed, 2 infusions within" in texts[0]  # days 14 and 17, the last two weeks of day 24
    assert "mixed" not in texts[1]


def test_an_incomplete_form_is_a_hollow_grey_mark_on_the_axis():
    figure = draw_timeline(chart(INDUCTION, [score(0, 18), score(24, None)], today=30), PHQ9)
    (mark,) = traces(figure, "incomplete")

    assert mark.x == (day(24),)
    assert (mark.marker.symbol, mark.marker.color) == ("square-open", LIGHT.unknown)
    assert "no total" in mark.hovertext[0]


@pytest.mark.parametrize("dark", [False, True])
def test_red_is_on_the_safety_strip_and_nowhere_else(dark):
    palette = DARK if dark else LIGHT
    scores = [
        score(0, 18, safety_answer=2),
        score(24, 8, safety_answer=0),
        score(31, 7, items=[1] * 8 + [None]),
        score(38, 14),
    ]
    figure = draw_timeline(chart(INDUCTION, scores, today=60), PHQ9, dark=dark)
    red = [trace.name for trace in figure.data if palette.safety in trace.to_json()]

    assert red == ["safety above 0"]
    assert palette.safety not in json.dumps(figure.layout.to_plotly_json(), default=str)
    (above,) = traces(figure, "safety above 0")
    assert (list(above.x), above.text) == ([day(0)], ("2",))
    (zero,) = traces(figure, "safety 0")
    assert (zero.text, zero.marker.color) == (("0",), palette.unknown_faint)
    (blank,) = traces(figure, "safety –")
    assert (list(blank.x), blank.text) == ([day(31)], ("–",))


APART = 6.0
CROWDS = {
    "far apart": ([0, 7, 14], [0, 2, nan], [ALONE, ALONE, ALONE]),
    "zeros close together": ([0, 3, 6, 9], [0, 0, 0, 0], [BELOW, ALONE, BELOW, ALONE]),
    "a zero beside one above it": ([0, 3, 5], [0, 1, 0], [BELOW, ALONE, BELOW]),
    "a blank goes before a zero": ([0, 3], [nan, 0], [ALONE, BELOW]),
    "two above zero": ([0, 3], [1, 2], [LOWER, UPPER]),
    "two of one day": ([4, 4], [1, 1], [UPPER, LOWER]),
    "the least of three has no room": ([0, 2, 4], [3, 1, 2], [UPPER, BELOW, LOWER]),
    "a run above zero": ([0, 5, 10, 15], [1, 1, 1, 1], [LOWER, UPPER, LOWER, UPPER]),
}


@pytest.mark.parametrize(("days", "answers", "heights"), CROWDS.values(), ids=CROWDS)
def test_answers_close_together_do_not_cover_each_other(days, answers, heights):
    assert arrange([day(number) for number in days], answers, APART) == heights


@pytest.mark.parametrize("narrow", [False, True])
def test_every_answer_above_zero_is_on_the_picture_however_many_there_are(narrow):
    scores = [score(0, 18)]
    scores += [score(20 + n // 2, 8, safety_answer=(0, 0, 1, 0, 2)[n % 5]) for n in range(100)]
    figure = draw_timeline(chart(INDUCTION, scores, today=75), PHQ9, narrow=narrow)
    (above,) = traces(figure, "safety above 0")

    assert len(above.x) == len(above.hovertext) == 40
    unwritten = [size for size, text in zip(above.marker.size, above.text, strict=True) if not text]
    assert set(unwritten) == ({MARK} if narrow else set())
    (zero,) = traces(figure, "safety 0")
    assert len(zero.x) == 60


def test_hover_shows_what_is_known_of_an_infusion_and_escapes_it():
    payload = '<img src=x onerror="alert(1)"> & <a href="javascript:x">read</a>'
    row = infusion(0, note=payload, adverse_events=["<b>nausea</b>"], mg_kg=0.5, minutes=40)
    row |= {"systolic_peak": 148.0, "diastolic_peak": 92.0, "dissociation": 6.0}
    figure = draw_timeline(chart([row], [score(0, 18, note=payload)], today=30), PHQ9)
    text = traces(figure, "infusions")[0].hovertext[0]

    assert "40 mg (0.5 mg/kg), over 40 min" in text
    assert "peak 148/92" in text
    assert "dissociation 6 of 10" in text
    assert "&lt;b&gt;nausea&lt;/b&gt;" in text
    whole = figure.to_json()
    assert "<img" not in whole
    assert "<a " not in whole
    assert "\\u003cimg" not in whole


def test_unknown_numbers_of_an_infusion_are_left_out():
    figure = draw_timeline(chart([infusion(0, dose_mg=None)], [], today=30), PHQ9)
    text = traces(figure, "infusions")[0].hovertext[0]

    assert text == "<b>Mon 5 Jan 2026</b><br>ketamine IV"


def test_doses_are_written_once_a_course():
    rows = [infusion(0, dose_mg=35.0), infusion(3, dose_mg=40.0), infusion(60, dose_mg=45.0)]
    figure = draw_timeline(chart(rows, [], today=90), PHQ9)

    assert "2 × 35–40 mg" in written(figure)
    assert "45 mg" in written(figure)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_patient_without_any_record_gets_a_figure_that_says_so(narrow):
    figure = draw_timeline(chart([], [], today=0), PHQ9, narrow=narrow)

    assert "no PHQ-9 recorded" in written(figure)
    assert "no infusion recorded" in written(figure)


def test_scores_without_infusions_and_infusions_without_scores_are_drawn():
    only_scores = draw_timeline(chart([], [score(0, 18)], today=3), PHQ9)
    only_infusions = draw_timeline(chart(INDUCTION, [], today=20), PHQ9)

    assert list(traces(only_scores, "score")[0].y) == [18]
    assert len(traces(only_infusions, "infusions")[0].x) == len(INDUCTION)
    assert "no PHQ-9 recorded" in written(only_infusions)


def test_the_last_year_is_in_view_and_all_of_a_longer_history_within_reach():
    figure = draw_timeline(chart([0, 3, 700], [score(0, 18), score(707, 8)], today=710), PHQ9)
    begin, end = figure.layout.xaxis.range

    assert day(710) - timedelta(days=366) == begin
    assert end > day(710)
    buttons = figure.layout.xaxis.rangeselector.buttons
    assert [button.label for button in buttons] == ["3 months", "6 months", "1 year", "all"]
    assert [button.step for button in buttons] == ["month", "month", "month", "all"]


def test_a_phone_sees_half_a_year_in_the_same_panels():
    rows = chart([0, 3, 700], [score(0, 18), score(707, 8)], today=710)
    wide, narrow = draw_timeline(rows, PHQ9), draw_timeline(rows, PHQ9, narrow=True)

    assert narrow.layout.height > wide.layout.height
    assert narrow.layout.xaxis.range[0] == day(710) - timedelta(days=184)
    assert narrow.layout.margin.r < wide.layout.margin.r
    assert narrow.layout.dragmode is False


@pytest.mark.parametrize("narrow", [False, True])
def test_panels_stand_under_each_other_on_one_time_axis(narrow):
    figure = draw_timeline(ending("lost"), PHQ9, narrow=narrow)
    axes = [figure.layout[name] for name in ("yaxis", "yaxis2", "yaxis3", "yaxis4")]

    assert {trace.xaxis for trace in figure.data} <= {None, "x"}
    bottoms = [axis.domain[0] for axis in axes]
    assert bottoms == sorted(bottoms, reverse=True)
    assert all(above.domain[0] >= below.domain[1] for above, below in pairwise(axes))


def written(figure) -> str:
    return " | ".join(annotation.text for annotation in figure.layout.annotations)
