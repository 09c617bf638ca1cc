"""The Streamlit script: who is here, and which pages are theirs."""

import streamlit as st

from dashboard import frame, sitemap
from dashboard.person import acting_person
from dashboard.style import LOGO

# The icon is not named here: Streamlit would read its file at every run. /favicon.png is ours.
st.set_page_config(page_title="Afterglow", layout="wide")
st.logo(LOGO, size="medium")

person = acting_person()
page = st.navigation(sitemap.pages_of(person), position="top")
frame.show(page, person)
