"""What surrounds every page: who is here, whose data it is, and what happens when it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard import loaders, sitemap
from dashboard.attempts import say_what_was_done
from dashboard.web.addresses import with_next
from dashboard.web.bugs import report_bug
from dashboard.wording import notices
from models.errors import AfterglowError
from models.policy import Person, Unconfirmed


def show(page: Any, person: Person) -> None:
    """Run one page inside the frame. A refusal is a sentence; a bug is a reference number."""
    st.html(_whose(person) + _standing_notices(person))
    body = st.container()
    # Drawn before the page: after st.stop() nothing more can be, and every page has its foot.
    st.html(f"<footer class='ag-foot'>{notices.FOOT}</footer>")
    with body, say_what_failed():
        say_what_was_done()
        page.run()


@contextmanager
def say_what_failed(*, and_stop: bool = False) -> Iterator[None]:
    """Tell the reader what went wrong inside; every fragment needs one, it also runs by itself."""
    try:
        yield
    except Unconfirmed as error:
        # A link of our own, in the same window: the page that asks is no page of Streamlit's.
        st.html(notices.unconfirmed(str(error), with_next("/confirm", _this_page())))
    except AfterglowError as error:
        st.error(str(error))
    except Exception as error:  # the last stop before the reader: log the place, show a number
        st.error(notices.bug(report_bug(error)))
    else:
        return
    if and_stop:
        st.stop()


def _this_page() -> str:
    """Return the address of this page within the site, to come back to."""
    parts = urlsplit(st.context.url or "/")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _whose(person: Person) -> str:
    return notices.signed_in_as(person.name)


def _standing_notices(person: Person) -> str:
    if not sitemap.entries_of(person) or not loaders.group(person).is_pretend:
        return ""
    return f"<div class='ag-strip' role='note'>{notices.PRETEND}</div>"
