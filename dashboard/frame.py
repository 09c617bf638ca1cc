"""What surrounds every page: whose data it is, who watches, and what happens when it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from dashboard import loaders
from dashboard.person import LOCAL_CLINICIAN
from dashboard.style import STYLE
from dashboard.web.startup import report_bug
from dashboard.wording import notices
from models.errors import AfterglowError
from models.policy import Person


def show(page: Any, person: Person) -> None:
    """Run one page inside the frame. A refusal is a sentence; a bug is a reference number."""
    st.html(STYLE + _standing_notices(person))
    body = st.container()
    # Drawn before the page: after st.stop() nothing more can be, and every page has its foot.
    st.html(f"<footer class='ag-foot'>{notices.FOOT}</footer>")
    with body, say_what_failed():
        page.run()


@contextmanager
def say_what_failed() -> Iterator[None]:
    """Tell the reader what went wrong inside; every fragment needs one, it also runs by itself."""
    try:
        yield
    except AfterglowError as error:
        st.error(str(error))
    except Exception as error:  # the last stop before the reader: log the place, show a number
        st.error(notices.bug(report_bug(error)))


def _standing_notices(person: Person) -> str:
    lines = []
    if loaders.group(person).is_pretend:
        lines.append(notices.PRETEND)
    if person == LOCAL_CLINICIAN:
        lines.append(notices.LOCAL)
    return f"<div class='ag-strip' role='note'>{' '.join(lines)}</div>" if lines else ""
