"""The Streamlit script: who is here, and which pages are theirs."""

import streamlit as st

from dashboard import frame, sitemap
from dashboard.person import acting_person

st.set_page_config(page_title="Afterglow", page_icon=":material/light_mode:", layout="wide")

person = acting_person()
page = st.navigation(sitemap.pages_of(person), position="top")
frame.show(page, person)
