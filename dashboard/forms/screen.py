"""The fields of a urinary or cognition screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard.wording import exposure as words
from models.entries import LONGEST_NOTE
from models.screening import FINDINGS, ScreenEntry, ScreenKind

RESULTS = {False: words.NOTHING_FOUND, True: words.SOMETHING_FOUND}


def ask_kind(key: str) -> ScreenKind:
    """Ask, outside the form, which screen it is: its findings differ."""
    kind = st.segmented_control(
        "Screen",
        list(ScreenKind),
        default=ScreenKind.URINARY,
        required=True,
        format_func=lambda value: words.KINDS[value],
        key=f"{key}_kind",
    )
    return ScreenKind(kind or ScreenKind.URINARY)


def ask_screen(
    kind: ScreenKind, values: Mapping[str, Any], *, day: date, key: str
) -> ScreenEntry | None:
    """Draw the fields inside a form and return what they hold; None while no result is chosen."""
    key = f"{key}_{kind}"
    done_on = st.date_input("Date", day, key=f"{key}_day", format="YYYY-MM-DD", width=220)
    known = list(RESULTS).index(values["is_finding"]) if "is_finding" in values else None
    is_finding = st.radio(
        "Result",
        list(RESULTS),
        known,
        format_func=lambda value: RESULTS[value],
        horizontal=True,
        key=f"{key}_result",
    )
    findings = st.pills(
        "Found",
        FINDINGS[kind],
        selection_mode="multi",
        default=list(values.get("findings") or []),
        format_func=lambda name: words.FINDINGS[name],
        key=f"{key}_findings",
    )
    remark = st.text_area(
        words.REMARK[kind], values.get("remark") or "", key=f"{key}_remark", max_chars=LONGEST_NOTE
    )
    if is_finding is None:
        return None
    return ScreenEntry(kind, done_on, bool(is_finding), tuple(findings), remark.strip() or None)
