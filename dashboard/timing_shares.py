"""When maintenance infusions came: by who gave them for clinicians, site by site for managers."""

from __future__ import annotations

import streamlit as st

from dashboard.compare_parts import draw_note, draw_table
from dashboard.tables import table_of
from dashboard.wording import timing_shares as words
from data.database import configured_engine
from data.queries.durations import DurationFilter
from data.queries.timings import read_site_timings, read_timings
from models.policy import Person


def draw_by_giver(person: Person, wanted: DurationFilter) -> None:
    """Draw the fold, for whoever may list the patients it is about."""
    fold = st.expander(words.TITLE, key="timing", on_change="rerun")
    if not fold.open:
        return
    engine = configured_engine()
    with fold:
        found = read_timings(engine, person, wanted.instrument, site_id=wanted.site_id)
        if not found:
            st.info(words.nothing(wanted.instrument))
            return
        st.text(words.summary(found, wanted.instrument))
        st.html(table_of(words.COLUMNS, words.rows(found)))
        draw_note(words.method())


def draw_by_site(person: Person, instrument: str) -> None:
    """Draw the counts of each site as far as they may be shown."""
    found = read_site_timings(configured_engine(), person, instrument)
    st.subheader(words.TITLE)
    rows = words.site_rows(found)
    if rows:
        draw_table(words.SITE_COLUMNS, rows)
    draw_note(f"{words.hidden_sites(found)} {words.site_method()}".strip())
