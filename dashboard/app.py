"""The application: `streamlit run dashboard/app.py`."""

import sys
from pathlib import Path

# `streamlit run` puts this folder on sys.path, not the root where `models` and `data` live.
# This is the only place in the project that touches sys.path.
ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import streamlit as st

from dashboard.web import (
    account_pages,
    checkin_pages,
    dead_ends,
    downloads,
    front,
    health,
    incoming_texts,
    link_pages,
    sign_in_pages,
    site_report,
    unsubscribe_pages,
    watch,
)
from dashboard.web.bugs import keep_errors_private
from dashboard.web.middleware import MIDDLEWARE
from dashboard.web.startup import lifespan

app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=lifespan,
    routes=[
        *health.ROUTES,
        *front.ROUTES,
        *watch.ROUTES,
        *sign_in_pages.ROUTES,
        *link_pages.ROUTES,
        *account_pages.ROUTES,
        *downloads.ROUTES,
        *site_report.ROUTES,
        *checkin_pages.ROUTES,
        *unsubscribe_pages.ROUTES,
        *incoming_texts.ROUTES,
        *dead_ends.ROUTES,
    ],
    middleware=MIDDLEWARE,
    on_script_error=keep_errors_private,
)
