"""The parts of the Definitions page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.formats import moment, number, share
from dashboard.tables import table_of
from dashboard.wording import definitions as words
from dashboard.wording.chart import UNREVIEWED
from data.actions.rules import set_rules
from data.database import configured_engine
from data.queries.rules import read_rule_history
from models.errors import AfterglowError
from models.instrument import Instrument
from models.outcomes.rules import SOURCES, Rules
from models.policy import Person


def draw_rules(rules: Rules) -> None:
    values = rules.to_dict()
    rows = "".join(
        f"<tr><td>{escape(words.rule_name(name))}</td><td class='ag-num'>"
        f"{escape(words.rule_value(name, values[name]))}</td><td>{escape(source)}</td></tr>"
        for name, source in SOURCES.items()
    )
    st.html(
        f"<table class='ag-courses'><thead><tr><th>Rule, revision {rules.revision}</th>"
        f"<th>Value</th><th>Where it comes from</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def offer_change(person: Person, rules: Rules) -> None:
    """Offer the thresholds for change; everybody is recomputed under the new revision."""
    with st.expander(words.CHANGE), st.form("rules", border=False):
        st.text(words.WHAT_A_CHANGE_DOES)
        values = {
            name: st.number_input(
                words.rule_name(name), min_value=1, value=value, step=1, key=f"rule-{name}"
            )
            for name, value in rules.to_dict().items()
            if name in SOURCES
        }
        reason = st.text_input(words.WHY, max_chars=400)
        sent = st.form_submit_button("Change the rules")
    if sent:
        _change(person, values, reason)


def draw_rule_history(person: Person) -> None:
    history = read_rule_history(configured_engine(), person)
    with st.expander(words.HISTORY):
        if not history:
            st.text(words.NO_HISTORY)
            return
        zone = loaders.group(person).zone
        st.html(
            table_of(
                words.HISTORY_COLUMNS,
                [
                    (
                        str(it.revision),
                        f"{moment(it.recorded_at, zone)}, {it.recorded_by}",
                        words.differences(it.changed),
                        it.reason,
                    )
                    for it in history
                ],
            )
        )


def _change(person: Person, values: Mapping[str, int], reason: str) -> None:
    try:
        with st.spinner(words.RECOMPUTING):
            rules = set_rules(configured_engine(), person, thresholds=values, reason=reason)
    except AfterglowError as error:
        st.error(f"Not changed: {error}")
        return
    loaders.forget()
    st.toast(words.changed(rules))
    st.rerun()


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
