"""The tag a line begins with, which says what kind of reason it tells."""

from __future__ import annotations

import streamlit as st

WIDTH = 124  # pixels: the longest fits, and the sentences of several lines begin at one place


def draw_tag(name: str, style: str) -> None:
    st.html(f"<span class='ag-tag {style}'>{name}</span>", width=WIDTH)
