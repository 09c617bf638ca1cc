"""The instruments on the Definitions page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd
import streamlit as st

from dashboard.formats import number, share
from dashboard.wording import definitions as words
from dashboard.wording.chart import UNREVIEWED
from models.instrument import Instrument


def draw_overview(instruments: Mapping[str, Instrument]) -> None:
    frame = pd.DataFrame(
        [
            {
                "Instrument": code,
                "Measures": it.measures,
                "Range": f"{number(it.lowest)} to {number(it.highest)}",
                "Better is": "lower" if it.best == it.lowest else "higher",
                "Response": share(it.response_drop) if it.response_drop else "no rule",
                "Minimum baseline": number(it.minimum_baseline),
                "Remission": number(it.remission),
                "Questions shown": "yes" if it.has_text else "total only",
                "Revision": it.revision,
                "Review": it.checked_by or UNREVIEWED,
            }
            for code, it in instruments.items()
        ]
    )
    st.dataframe(frame, hide_index=True, height="content")


def draw_instrument(instrument: Instrument) -> None:
    if not instrument.checked_by:
        st.warning(words.unreviewed(instrument))
    facts = words.facts(instrument)
    rows = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in facts)
    st.html(f"<table class='ag-courses'>{rows}</table>")
    if instrument.has_text:
        questions = "".join(f"<li>{escape(item.text or '')}</li>" for item in instrument.items)
        st.html(f"<p>{escape(instrument.instruction)}</p><ol>{questions}</ol>")
