"""Values a form offers that can be emptied again."""

from __future__ import annotations

from typing import Any

import streamlit as st


def offer(key: str, value: Any) -> str:
    """Fill a widget beforehand and return its key; create the widget itself with None.

    A number or time given to Streamlit as the widget's own default comes back when it is emptied:
    a weight that is no longer known could not be taken out.
    """
    if value is not None:
        st.session_state.setdefault(key, value)
    return key
