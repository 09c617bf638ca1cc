"""A way to one check-in, shown once: a code for the tablet, or a link; each with a square code."""

from __future__ import annotations

from datetime import date
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

import segno
import streamlit as st

from dashboard.attempts import attempt
from dashboard.web.addresses import public_address
from dashboard.wording import checkin_tab as words
from data.actions.checkin_links import make_link
from data.checkins.links import KIOSK, LINK, MadeLink
from data.database import configured_engine
from models.policy import Person

MODES = {KIOSK: words.TABLET, LINK: words.LINK}


def offer(person: Person, patient_id: UUID, due_on: date, zone: str) -> None:
    """Offer both; what was made is drawn in this run only and kept nowhere."""
    wanted = ""
    with st.container(horizontal=True):
        for mode, label in MODES.items():
            if st.button(label, key=f"{mode}-{patient_id}"):
                wanted = mode
    if not wanted:
        return
    is_made, made = attempt(
        lambda: make_link(
            configured_engine(), person, patient_id=patient_id, due_on=due_on, mode=wanted
        ),
        words.NOT_MADE,
    )
    if is_made:
        _draw(made, zone)


def _draw(made: MadeLink, zone: str) -> None:
    address = f"{_own_address()}/c/{made.token}"
    on_tablet = made.short_code is not None
    code = (
        f"<p class='ag-code' aria-label='{words.CODE}'>{words.spaced(made.short_code)}</p>"
        if made.short_code
        else ""
    )
    desk = f"{_own_address()}/c" if on_tablet else None
    said = escape(words.about_link(made.expires_at, zone, tablet_at=desk))
    st.html(f"<div class='ag-strip ag-way'>{square(address)}<div>{code}<p>{said}</p></div></div>")
    if not on_tablet:
        st.code(address, language=None, wrap_lines=True)


def square(address: str) -> str:
    """Return a QR code, drawn here and inside the page: no picture of a link is stored. HTML.

    As an image, because Streamlit lets no other drawing into its HTML.
    """
    drawing = segno.make(address, micro=False, error="m")
    uri = drawing.svg_data_uri(border=3, scale=4, dark="#000", light="#fff")
    return f"<img class='ag-square' alt='{words.QR}' src=\"{escape(uri)}\">"


def _own_address() -> str:
    here = urlsplit(st.context.url or "")
    return public_address() or (f"{here.scheme}://{here.netloc}" if here.netloc else "")
