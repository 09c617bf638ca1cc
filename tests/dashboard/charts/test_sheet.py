"""What is sent unchecked is, to the last value, the figure that plotly has checked."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io
import pytest

from dashboard.charts.sheet import Sheet
from dashboard.charts.timeline import draw_history, draw_timeline, read_history
from tests.dashboard.charts.charts import (
    ENDINGS,
    INDUCTION,
    PAIN,
    PHQ9,
    WHO5,
    chart,
    ending,
    score,
)


def assert_same(rows, instrument, how):
    sent = plotly.io.to_json(Sheet(draw_history(read_history(rows, instrument), **how)))
    assert json.loads(sent) == json.loads(draw_timeline(rows, instrument, **how).to_json())


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("reason", ENDINGS)
def test_a_timeline_passes_plotlys_own_check_unchanged(reason, dark, narrow):
    assert_same(ending(reason), PHQ9, {"dark": dark, "narrow": narrow})


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("instrument", [PHQ9, WHO5, PAIN], ids=lambda it: it.code)
def test_so_do_charts_with_gaps_answers_and_nothing(instrument, narrow):
    how = {"dark": False, "narrow": narrow}
    code = instrument.code
    answered = [
        score(0, 9, code, safety_answer=2, items=[2] * 9),
        score(24, None, code),
        score(31, 4, code),
    ]
    assert_same(chart(INDUCTION, answered, today=90), instrument, how)
    assert_same(chart([0, 3, 700], answered, today=710), instrument, how)
    assert_same(chart([], [], today=0), instrument, how)


def test_a_sheet_is_a_figure_to_streamlit_and_a_wrong_one_is_seen_by_the_check():
    drawn = {"data": [{"type": "scatter", "colour": "red"}], "layout": {}}
    assert isinstance(Sheet(drawn), go.Figure)
    with pytest.raises(ValueError, match="colour"):
        go.Figure(drawn)
