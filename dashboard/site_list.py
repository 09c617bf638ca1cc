"""Opening and renaming sites, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt_and_reload
from dashboard.tables import table_of
from dashboard.wording import sites as words
from data import clock
from data.actions.sites import open_site, rename_site
from data.database import configured_engine
from data.queries.site_list import SiteRow
from models.policy import Person


def draw_list(rows: Sequence[SiteRow]) -> None:
    if not rows:
        st.info(words.NONE_YET)
        return
    cells = [(row.name, row.time_zone, f"{row.patients:,}") for row in rows]
    st.html(table_of(words.COLUMNS, cells, is_narrow=True))


def offer_opening(person: Person, rows: Sequence[SiteRow]) -> None:
    """Offer a form, an empty one after each site. What cannot be changed later is not guessed."""
    zones = sorted(clock.zones())
    expander = st.expander(words.OPEN, expanded=not rows)
    with expander, st.form(f"open_site-{len(rows)}", border=False):
        st.text(words.ZONE_DECIDES)
        left, right = st.columns(2)
        name = left.text_input(words.NAME)
        zone = right.selectbox(words.TIME_ZONE, zones, None, placeholder=words.CHOOSE_ZONE)
        sent = st.form_submit_button(words.OPEN, type="primary")
        if sent and zone is None:
            st.error(f"{words.NOT_OPENED}: {words.NO_ZONE}")
        elif sent:
            _do(
                lambda: open_site(configured_engine(), person, name=name, time_zone=zone),
                words.NOT_OPENED,
                words.opened(name),
            )


def offer_renaming(person: Person, rows: Sequence[SiteRow]) -> None:
    names = {row.site_id: row.name for row in rows}
    with st.expander(words.RENAME), st.form("rename_site", border=False):
        left, right = st.columns(2)
        site_id = left.selectbox(words.SITE, list(names), format_func=names.__getitem__)
        name = right.text_input(words.NEW_NAME)
        if st.form_submit_button(words.RENAME):
            _do(
                lambda: rename_site(configured_engine(), person, site_id=site_id, name=name),
                words.NOT_RENAMED,
                words.renamed(name),
            )


def _do(act: Callable[[], object], trouble: str, done: str) -> None:
    def act_and_forget() -> None:
        act()
        loaders.forget()  # the names of sites stand in every filter

    attempt_and_reload(act_and_forget, trouble, done)
