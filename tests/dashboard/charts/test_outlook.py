"""The outlook on the time axis: a band, never a line, and only ahead of what was seen."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import plotly.graph_objects as go
import plotly.io
import pytest

from dashboard.charts.outlook import DARKEST, FARTHEST, FARTHEST_NARROW, read_band
from dashboard.charts.palette import DARK, LIGHT
from dashboard.charts.sheet import Sheet
from dashboard.charts.timeline import draw_history, read_history
from models.outcomes.forecast import Outlook, OutlookStatus, Window
from tests.dashboard.charts.charts import PHQ9, day, ending, traces
from tests.dashboard.charts.colours import contrast, mix, severe_band

TODAY = day(45)
WELL_ON = day(38)


def outlook(curve=((0, 0.1), (10, 0.25), (20, 0.5), (40, 0.9), (60, 1.0)), **known) -> Outlook:
    window = Window((0.0, 10.0, 20.0, 32.5, 40.0), (0.0,) * 16, tuple(curve))
    facts = {"course_end": day(17), "days_since": 28, "well_on": WELL_ON, "window": window}
    return Outlook(OutlookStatus.STATED, TODAY, **(facts | known))


def drawn(shown, *, narrow=False, dark=False):
    history = read_history(ending("holding"), PHQ9, shown, "half between then and then")
    return draw_history(history, dark=dark, narrow=narrow)


def bands(figure, color=LIGHT.fading):
    return [shape for shape in figure["layout"]["shapes"] if shape.get("fillcolor") == color]


def test_the_band_begins_after_the_last_value_seen_responding():
    slices = bands(drawn(outlook()))

    assert datetime.combine(WELL_ON, datetime.min.time()) < slices[0]["x0"]
    assert all(one["x0"] < one["x1"] for one in slices)
    assert all(one["x1"] == other["x0"] for one, other in itertools.pairwise(slices))


def test_it_is_darkest_where_most_are_lost_and_fades_after():
    slices = bands(drawn(outlook()))

    darkness = [one["opacity"] for one in slices]
    steepest = slices[darkness.index(max(darkness))]
    assert max(darkness) == pytest.approx(DARKEST)
    assert TODAY + timedelta(10) <= steepest["x0"].date() < TODAY + timedelta(20)
    assert darkness[-1] < DARKEST / 3


def test_the_bracket_spans_the_days_between_which_half_are_lost():
    figure = go.Figure(drawn(outlook()))

    (half,) = traces(figure, "half")
    assert (half.x[1], half.x[2]) == (
        datetime.combine(TODAY + timedelta(10), datetime.min.time()),
        datetime.combine(TODAY + timedelta(32), datetime.min.time()) + timedelta(hours=12),
    )


@pytest.mark.parametrize("dark", [False, True])
def test_the_words_on_the_band_can_be_read_where_it_is_darkest(dark):
    palette = DARK if dark else LIGHT
    figure = go.Figure(drawn(outlook(), dark=dark))
    band = mix(palette.fading, severe_band(palette), DARKEST)

    words = [note for note in figure.layout.annotations if note.text in ("half in here", "today")]
    (half,) = traces(figure, "half")
    assert len(words) == 2
    for color in (*(note.font.color for note in words), half.line.color):
        assert contrast(color, band) >= 4.5


def test_it_is_hatched_and_says_itself_when_pointed_at():
    (band,) = traces(go.Figure(drawn(outlook(), dark=True)), "outlook")

    assert band.fillpattern.shape == "/"
    assert band.fillpattern.fgcolor == DARK.fading
    assert (band.text, band.hoveron) == ("half between then and then", "fills")


def test_no_line_stands_at_one_day_ahead():
    lines = [shape for shape in drawn(outlook())["layout"]["shapes"] if shape["type"] == "line"]

    days = [shape["x0"] for shape in lines if shape["x0"] == shape["x1"]]
    assert days
    assert all(on <= TODAY for on in days)


@pytest.mark.parametrize(
    "shown",
    [
        None,
        replace(outlook(), status=OutlookStatus.TOO_FEW, window=None),
        Outlook(OutlookStatus.LOST, TODAY),
        outlook([(0, 1.0), (10, 1.0)], well_on=TODAY),
    ],
    ids=["none", "too few", "lost", "over by now"],
)
def test_without_a_window_ahead_there_is_no_band_and_the_axis_ends_as_before(shown):
    figure = drawn(shown)

    assert bands(figure) == []
    assert figure["layout"]["xaxis"] == drawn(None)["layout"]["xaxis"]


@pytest.mark.parametrize(("narrow", "farthest"), [(False, FARTHEST), (True, FARTHEST_NARROW)])
def test_a_late_window_does_not_push_the_past_out_of_view(narrow, farthest):
    slow = outlook([(0, 0.01), (100, 0.1), (420, 0.6)])

    figure = drawn(slow, narrow=narrow)

    assert bands(figure)[-1]["x1"].date() == TODAY + timedelta(farthest)
    first, last = figure["layout"]["xaxis"]["range"]
    assert first == drawn(None, narrow=narrow)["layout"]["xaxis"]["range"][0]
    assert last >= TODAY + timedelta(farthest)


def test_what_was_not_seen_counts_from_the_last_value_on():
    band = read_band(outlook([(0, 0.6), (30, 0.98)]))

    assert band.bracket[0] < 0 < band.bracket[1]
    assert band.at(band.start).date() >= WELL_ON
    assert isinstance(band.zero, date)


@pytest.mark.parametrize("narrow", [False, True])
def test_it_passes_plotlys_own_check_unchanged(narrow):
    figure = drawn(outlook(), narrow=narrow)

    sent = plotly.io.to_json(Sheet(figure))
    assert json.loads(sent) == json.loads(go.Figure(figure).to_json())
