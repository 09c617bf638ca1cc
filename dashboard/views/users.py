"""Users: who may come in, and what each of them may do."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, user_changes, user_list
from dashboard.person import acting_person
from dashboard.wording import notices
from dashboard.wording import users as words
from data.database import configured_engine
from data.queries.users import list_users


def render() -> None:
    person = acting_person()
    st.title("Users")
    st.text(words.WHAT)
    group = loaders.group(person)
    if not person.is_confirmed:  # said before anybody fills in a form in vain
        st.html(notices.unconfirmed(words.ONLY_LOOKING, "/confirm?next=/users"))

    listed = st.container()  # drawn last: whoever is added or changed below is in it
    if person.is_confirmed:
        user_list.offer_adding(person, group.sites)
        user_changes.offer_changing(person, list_users(configured_engine(), person), group.sites)
    with listed:
        user_list.draw_list(list_users(configured_engine(), person), group.zone)
