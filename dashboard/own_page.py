"""The parts of a patient's own page: no charting library, so that it opens fast on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from dashboard.formats import day, number
from dashboard.wording import mine as words
from data.instruments import catalogue
from data.queries.own import Own
from models.checkins.crisis_lines import read_line
from models.instrument import Instrument

SHOWN_AT_FIRST = 8


def draw_crisis(own: Own) -> None:
    """Draw first what somebody in danger needs: the site's own words, or ours until it has some."""
    body, phone = own.crisis or (words.BUILT_IN, words.BUILT_IN_PHONE)
    call = _call(phone or "")
    st.html(
        f"<section class='ag-strip ag-crisis'><b>{words.IN_DANGER}</b>"
        f"<p class='ag-typed'>{escape(body)}</p>{call}"
        f"<p><b>{words.NOBODY_WATCHES}</b> {words.NOT_A_MESSAGE}</p></section>"
    )


def _call(phone: str) -> str:
    """Return links to what a telephone can ring up or write to; HTML."""
    line = read_line(phone)
    ways = [("tel", f"Call {phone}")] if line.takes_calls else []
    ways += [("sms", f"Text {phone}" if ways else phone)] if line.takes_texts else []
    links = [f"<a href='{way}:{line.number}'>{escape(said)}</a>" for way, said in ways]
    return f"<p>{' · '.join(links)}</p>" if links else ""


def draw_scores(own: Own) -> None:
    if not own.scores:
        st.info(words.NO_ANSWERS)
    most_answered_first = sorted(own.scores.items(), key=lambda item: -len(item[1]))
    for code, scores in most_answered_first:
        instrument = catalogue().get(code)
        st.subheader(words.heading(instrument, code))
        st.text(words.latest(scores, instrument))
        newest = scores[::-1]
        st.html(_listed(newest[:SHOWN_AT_FIRST], instrument))
        if len(newest) > SHOWN_AT_FIRST:
            with st.expander(words.earlier(len(newest) - SHOWN_AT_FIRST)):
                st.html(_listed(newest[SHOWN_AT_FIRST:], instrument))


def draw_infusions(own: Own) -> None:
    st.subheader(words.INFUSIONS)
    st.text(words.infusions(own.infusions))


def _listed(scores: Sequence[tuple[date, float]], instrument: Instrument | None) -> str:
    """Return a table with a bar as long as the score is high on its scale; HTML."""
    head = "".join(f"<th>{label}</th>" for label in words.COLUMNS)
    rows = "".join(
        f"<tr><td class='ag-num'>{day(on)}</td><td class='ag-num'>{number(value)}</td>"
        f"<td class='ag-bar'>{_bar(value, instrument)}</td></tr>"
        for on, value in scores
    )
    return f"<table class='ag-courses ag-own'><tr>{head}</tr>{rows}</table>"


def _bar(value: float, instrument: Instrument | None) -> str:
    if instrument is None:
        return ""
    share = (value - instrument.lowest) / (instrument.highest - instrument.lowest)
    return f"<i style='width:{min(max(share, 0.0), 1.0) * 100:.0f}%'></i>"
