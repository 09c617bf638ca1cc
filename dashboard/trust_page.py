"""The parts of the page on how far to trust the outlook."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import theme
from dashboard.charts.calibration import draw_calibration as calibration_figure
from dashboard.tables import table_of
from dashboard.wording import trust as words
from dashboard.wording import trust_tables as tables
from dashboard.wording.prompt_rules import KINDS
from data.forecasts import forecast_instruments
from data.queries.backtests import Trust

USUAL = "PHQ-9"


def ask_instrument() -> str:
    stated = list(forecast_instruments())
    with st.container(key="filters"):
        column, _ = st.columns([1, 3])
    place = stated.index(USUAL) if USUAL in stated else 0
    return str(column.selectbox("Instrument", stated, place, key="t_instrument"))


def stop_without_answer(trust: Trust) -> None:
    """End the page where there is no answer, and say why."""
    why = words.no_answer(trust)
    if why:
        st.info(why)
        st.stop()


def draw_answer(trust: Trust) -> None:
    """Draw the sentence to repeat, and what else can be said in one."""
    assert trust.kept is not None
    if not trust.kept.is_current:
        st.warning(words.STALE)
    st.subheader(words.headline(trust))
    for sentence in words.explain(trust):
        st.text(sentence)
    about = (words.denominators(trust), words.drawn(trust), words.hidden(trust))
    _note(" ".join(filter(None, about)))


def draw_calibration(trust: Trust) -> None:
    assert trust.kept is not None
    bins = [one for one in trust.kept.result.calibration if tables.is_shown(one.lost, trust)]
    if not bins:
        return
    picture, numbers = st.columns([1.15, 1], gap="large")
    with picture:
        st.subheader(words.CALIBRATION)
        st.plotly_chart(
            calibration_figure(bins, dark=theme.is_dark()),
            config=theme.CHART,
            theme=None,
            key="calibration",
            alt=words.describe_calibration(trust),
        )
    with numbers:
        st.subheader(words.WINDOWS)
        st.html(table_of(tables.WINDOW_COLUMNS, tables.windows(trust)))
        with st.expander(words.CALIBRATION_IN_NUMBERS):
            st.html(table_of(tables.BIN_COLUMNS, tables.bins(trust)))


def draw_methods(trust: Trust) -> None:
    st.subheader(words.METHODS)
    st.html(table_of(tables.METHOD_COLUMNS, tables.methods(trust)))
    _note(words.METHODS_NOTE)


def draw_prompts(trust: Trust) -> None:
    rows = tables.prompts(trust, {kind.value: name for kind, name in KINDS.items()})
    if rows:
        st.subheader(words.PROMPTS)
        st.html(table_of(tables.PROMPT_COLUMNS, rows))
        _note(words.PROMPTS_NOTE)


def draw_method(trust: Trust) -> None:
    with st.expander(words.HOW):
        for sentence in words.method(trust):
            _note(sentence)


def _note(sentence: str) -> None:
    st.html(f"<p class='ag-note'>{escape(sentence)}</p>")
