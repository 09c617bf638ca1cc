"""The Streamlit script: who is here, and which pages are theirs."""

import streamlit as st

from dashboard import frame, sitemap
from dashboard.person import acting_person, keep_state_apart
from dashboard.pictures import LOGO

# The icon is not named here: Streamlit would read its file at every run. /favicon.png is ours.
st.set_page_config(page_title="Afterglow", layout="wide")
st.logo(LOGO, size="medium")

# Nothing is drawn for nobody: what fails in here is said, and the run is over.
with frame.say_what_failed(and_stop=True):
    keep_state_apart()
    person = acting_person()
page = st.navigation(sitemap.pages_of(person), position="top")
frame.show(page, person)
