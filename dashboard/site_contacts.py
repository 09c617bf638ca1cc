"""Where a site's flags and its daily digest are mailed to, and its own rules for raising flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from dashboard.attempts import attempt, attempt_and_reload, offer_anew
from dashboard.tables import table_of
from dashboard.wording import site_contacts as words
from data.actions.site_contacts import set_digest, set_site_contact
from data.database import configured_engine
from data.instruments import catalogue
from data.messages.settings import sends_mail
from data.queries.crisis_texts import SiteCrisisText
from data.queries.site_contacts import SiteContacts, read_site_contact
from models.errors import Conflict
from models.flags import LONGEST_NAME, FlagRule
from models.policy import Person

SEEN = "site_contact_being_changed"
TOTAL_HIGH, TOTAL_LOW, ITEM = words.LINES


@dataclass(frozen=True)
class _Open:
    """What a form changes: the site, and its contact as this form first showed it."""

    person: Person
    site_id: UUID
    seen: SiteContacts


def offer_contacts(person: Person, texts: Sequence[SiteCrisisText]) -> None:
    """Let a site be chosen, and its mail and rules be changed."""
    st.subheader(words.TITLE)
    st.text(words.WHAT)
    if not sends_mail():
        st.info(words.NO_MAIL_SERVER)
    names = {text.site_id: text.site for text in texts}
    chosen = st.selectbox(
        words.SITE, list(names), format_func=names.__getitem__, key="contact_site", width=420
    )
    is_read, now = attempt(
        lambda: read_site_contact(configured_engine(), person, chosen), words.NOT_READ
    )
    if is_read:
        here = _Open(person, chosen, _as_first_seen(chosen, now))
        _draw_mail(here)
        _draw_digest(here)
        _draw_rules(here)


def _as_first_seen(site_id: UUID, now: SiteContacts) -> SiteContacts:
    held = st.session_state.get(SEEN)
    if held is None or held[0] != site_id:
        held = (site_id, now)
        st.session_state[SEEN] = held
    return held[1]


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _draw_mail(here: _Open) -> None:
    with st.form(f"mail-{here.site_id}-{here.seen.revision}", border=False):
        mail = st.text_input(words.MAIL, here.seen.flag_mail or "", width=420)
        sent = st.form_submit_button(words.SAVE_MAIL, type="primary")
    if sent:
        _save(here, mail.strip() or None, here.seen.rules)


def _draw_digest(here: _Open) -> None:
    if not here.seen.flag_mail:
        return
    st.text(words.DIGEST_WHAT)
    with st.form(f"digest-{here.site_id}-{here.seen.revision}", border=False):
        now = words.NO_DIGEST if here.seen.digest_hour is None else here.seen.digest_hour
        hours = sorted({words.NO_DIGEST, *words.DIGEST_HOURS, now})
        hour = st.selectbox(
            words.DIGEST,
            hours,
            hours.index(now),
            format_func=words.digest_hour,
            width=420,
        )
        sent = st.form_submit_button(words.SAVE_DIGEST)
    if sent:
        _act(
            here,
            lambda: set_digest(
                configured_engine(),
                here.person,
                site_id=here.site_id,
                seen_revision=here.seen.revision,
                hour=None if hour == words.NO_DIGEST else hour,
            ),
        )


def _draw_rules(here: _Open) -> None:
    rules = here.seen.rules
    st.text(words.ALWAYS)
    if rules:
        rows = [words.rule(it) for it in rules]
        st.html(table_of(words.RULE_COLUMNS, rows, is_narrow=True))
    with st.expander(words.ADD):
        _offer_adding(here)
    if rules:
        with st.expander(words.TAKE_OUT):
            _offer_taking_out(here)


def _offer_adding(here: _Open) -> None:
    with st.form(f"add-rule-{here.site_id}-{here.seen.revision}", border=False):
        name = st.text_input(words.NAME, max_chars=LONGEST_NAME)
        first, second, third, fourth = st.columns(4)
        instrument = first.selectbox(words.INSTRUMENT, list(catalogue()))
        line = second.selectbox(words.LINE, words.LINES)
        value = third.number_input(words.VALUE, value=0.0, step=1.0, format="%g")
        item = fourth.number_input(words.ITEM, min_value=1, value=1, step=1)
        sent = st.form_submit_button(words.ADD_IT)
    if not sent:
        return
    asked = {"total_at_least": value} if line == TOTAL_HIGH else {"total_at_most": value}
    if line == ITEM:
        asked = {"item": int(item), "answer_at_least": value}
    is_rule, rule = attempt(
        lambda: FlagRule(name=name.strip(), instrument=instrument, **asked), words.NOT_SAVED
    )
    if is_rule:
        _save(here, here.seen.flag_mail, (*here.seen.rules, rule))


def _offer_taking_out(here: _Open) -> None:
    with st.form(f"drop-rule-{here.site_id}-{here.seen.revision}", border=False):
        names = [rule.name for rule in here.seen.rules]
        dropped = st.selectbox(words.NAME, names, width=420)
        sent = st.form_submit_button(words.TAKE_OUT)
    if sent:
        kept = [rule for rule in here.seen.rules if rule.name != dropped]
        _save(here, here.seen.flag_mail, kept)


def _save(here: _Open, mail: str | None, rules: Sequence[FlagRule]) -> None:
    _act(
        here,
        lambda: set_site_contact(
            configured_engine(),
            here.person,
            site_id=here.site_id,
            seen_revision=here.seen.revision,
            flag_mail=mail,
            rules=rules,
        ),
    )


def _act(here: _Open, write: Callable[[], int]) -> None:
    def act() -> None:
        write()
        _forget()

    try:
        attempt_and_reload(act, words.NOT_SAVED, words.saved(here.seen.revision + 1))
    except Conflict as conflict:
        offer_anew(conflict, words.NOT_SAVED, words.AS_IT_IS_NOW, _forget)
