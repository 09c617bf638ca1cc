"""What each site tells somebody in danger: the warning where it says nothing, and the form."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from dashboard.attempts import attempt_and_reload, offer_anew
from dashboard.formats import moment, plain
from dashboard.tables import table_of
from dashboard.wording import sites as words
from data.actions.crisis_texts import LONGEST_BODY, LONGEST_PHONE, set_crisis_text
from data.database import configured_engine
from data.queries.crisis_history import read_crisis_history
from data.queries.crisis_texts import SiteCrisisText
from models.errors import Conflict
from models.policy import Person

SEEN = "crisis_text_being_changed"
LAST = "crisis_text_written_last"


def warn_of_blanks(texts: list[SiteCrisisText]) -> None:
    if any(text.is_blank for text in texts):
        st.warning(plain(words.blank(texts)))


def offer_writing(person: Person, texts: list[SiteCrisisText], zone: str) -> None:
    """Let a site be chosen, one without a text first, and its text be written."""
    st.subheader(words.CRISIS)
    st.text(words.CRISIS_WHAT)
    by_id = {text.site_id: text for text in texts}
    ids, last = list(by_id), st.session_state.get(LAST)
    chosen = st.selectbox(
        words.SITE,
        ids,
        # What a site is called here changes with its text, and Streamlit then begins at the first.
        ids.index(last) if last in by_id else 0,
        format_func=lambda site_id: words.choice(by_id[site_id]),
        key="crisis_site",
        width=420,
    )
    _draw_form(person, _as_first_seen(by_id[chosen]), zone)
    _draw_history(person, chosen, zone)


def _as_first_seen(now: SiteCrisisText) -> SiteCrisisText:
    """Return the text as this form first showed it, so that a change by others is noticed."""
    seen: SiteCrisisText | None = st.session_state.get(SEEN)
    if seen is None or seen.site_id != now.site_id:
        seen = now
        st.session_state[SEEN] = now
    return seen


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _draw_form(person: Person, seen: SiteCrisisText, zone: str) -> None:
    if seen.is_blank:
        st.text(words.INSTEAD)
    else:
        st.text(words.revision(seen, moment(seen.recorded_at, zone)))
    with st.form(f"crisis-{seen.site_id}-{seen.revision}", border=False):
        body = st.text_area(words.BODY, seen.body, max_chars=LONGEST_BODY, height=140)
        phone = st.text_input(words.PHONE, seen.phone or "", max_chars=LONGEST_PHONE, width=320)
        sent = st.form_submit_button(words.SAVE, type="primary")
    if sent:
        _save(person, seen, body, phone)


def _save(person: Person, seen: SiteCrisisText, body: str, phone: str) -> None:
    def act() -> None:
        set_crisis_text(
            configured_engine(),
            person,
            site_id=seen.site_id,
            seen_revision=seen.revision,
            body=body,
            phone=phone,
        )
        st.session_state[LAST] = seen.site_id
        _forget()

    try:
        attempt_and_reload(act, words.NOT_SAVED, words.saved(seen.site, seen.revision + 1))
    except Conflict as conflict:
        offer_anew(conflict, words.NOT_SAVED, words.AS_IT_IS_NOW, _forget)


def _draw_history(person: Person, site_id: UUID, zone: str) -> None:
    earlier = read_crisis_history(configured_engine(), person, site_id=site_id)[1:]
    if not earlier:
        return
    with st.expander(words.HISTORY):
        times = [moment(it.recorded_at, zone) for it in earlier]
        st.html(table_of(words.HISTORY_COLUMNS, words.history(earlier, times)))
