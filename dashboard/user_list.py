"""The list of the Users page, and the form that adds one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

import streamlit as st

from dashboard.attempts import attempt
from dashboard.formats import plain
from dashboard.tables import table_of
from dashboard.web.addresses import public_address
from dashboard.wording import users as words
from dashboard.wording.doors import ROLES
from data.actions.user_entries import UserEntry
from data.actions.users import add_user
from data.database import configured_engine
from data.queries.users import UserRow
from models.policy import Person, Role

STAFF_ROLES = [role for role in ROLES if role is not Role.PATIENT]


def draw_list(rows: Sequence[UserRow], zone: str) -> None:
    st.text(words.how_many(rows))
    st.html(table_of(words.COLUMNS, (_line(row, zone) for row in rows)))


def _line(row: UserRow, zone: str) -> tuple[str, ...]:
    return (
        row.name,
        row.sign_in_name,
        words.roles(row.roles),
        words.sites(row),
        "yes" if row.has_second_factor else "no",
        words.last_seen(row.last_seen_at, zone),
        words.state(row, zone),
    )


def offer_adding(person: Person, sites: Mapping[str, UUID]) -> None:
    with st.expander(words.ADD, key="add-user"):
        kind = st.segmented_control(
            words.KIND, [words.STAFF, words.A_PATIENT], default=words.STAFF, required=True
        )
        entry = _ask_patient() if kind == words.A_PATIENT else _ask_staff(sites)
        if entry is None:
            return
        is_added, added = attempt(
            lambda: add_user(configured_engine(), person, entry=entry), words.NOT_ADDED
        )
        if is_added:
            st.success(plain(words.added(entry.name)))
            draw_link(entry.name, added[1])


def _ask_staff(sites: Mapping[str, UUID]) -> UserEntry | None:
    with st.form("add_staff", border=False):
        name, sign_in_name = _ask_names()
        held = ask_roles(())
        chosen, sees_all = ask_sites(sites, (), sees_all=False)
        if not st.form_submit_button(words.ADD, type="primary"):
            return None
    return UserEntry(sign_in_name, name, held, chosen, sees_all)


def _ask_patient() -> UserEntry | None:
    with st.form("add_patient", border=False):
        st.text(words.SEE_OWN)
        name, sign_in_name = _ask_names()
        number = st.text_input(words.PATIENT_NUMBER)
        if not st.form_submit_button(words.ADD, type="primary"):
            return None
    return UserEntry(sign_in_name, name, frozenset({Role.PATIENT}), patient_number=number)


def _ask_names() -> tuple[str, str]:
    left, right = st.columns(2)
    return left.text_input(words.NAME), right.text_input(words.SIGN_IN_NAME)


def ask_roles(held: Sequence[Role]) -> frozenset[Role]:
    chosen = st.multiselect(
        words.ROLE_LABEL, STAFF_ROLES, held, format_func=lambda role: ROLES[role].capitalize()
    )
    return frozenset(chosen)


def ask_sites(
    sites: Mapping[str, UUID], held: Sequence[str], *, sees_all: bool
) -> tuple[frozenset[UUID], bool]:
    """Ask for sites; those of somebody who sees all are not listed one by one."""
    chosen = st.multiselect(words.SITES_LABEL, list(sites), held)
    everywhere = st.checkbox(words.ALL_SITES, sees_all)
    return frozenset() if everywhere else frozenset(sites[name] for name in chosen), everywhere


def draw_link(name: str, token: str) -> None:
    """Show a welcome link; it is kept nowhere, and the next click takes it off the page."""
    st.html(f"<p class='ag-strip'>{escape(words.hand_over(name))}</p>")
    st.code(f"{_own_address()}/welcome/{token}", language=None, wrap_lines=True)


def _own_address() -> str:
    here = urlsplit(st.context.url or "")
    return public_address() or (f"{here.scheme}://{here.netloc}" if here.netloc else "")
