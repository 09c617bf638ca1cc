"""What figures need to know of the page they stand on."""

from __future__ import annotations

import streamlit as st

# No zoom bar: panning and hovering are enough, and the range buttons are on the figure.
CHART = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


def is_dark() -> bool:
    return st.context.theme.type == "dark"
