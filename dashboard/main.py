"""The Streamlit script: who is here, and which pages are theirs."""

from pathlib import Path

import streamlit as st

from dashboard import frame, sitemap
from dashboard.person import acting_person

PICTURES = Path(__file__).parent / "pictures"

st.set_page_config(page_title="Afterglow", page_icon=str(PICTURES / "icon.png"), layout="wide")
st.logo(str(PICTURES / "logo.svg"), size="medium")

person = acting_person()
page = st.navigation(sitemap.pages_of(person), position="top")
frame.show(page, person)
