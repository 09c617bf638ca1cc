"""Import: try files first, see what each row would do, then keep them."""

from __future__ import annotations

import streamlit as st

from dashboard import import_page
from dashboard.person import acting_person
from dashboard.wording import imports as words


def render() -> None:
    person = acting_person()
    st.title("Import")
    st.text(words.WHAT)
    files, order = import_page.ask_files()

    if not files:
        import_page.explain_files()
        import_page.draw_past_imports(person)
        import_page.draw_exports()
        st.stop()

    kept = import_page.kept_before(files, order)
    if kept is not None:
        import_page.draw_report(kept, kept=True)
        st.stop()

    rehearsed = import_page.rehearse(person, files, order)
    import_page.draw_report(rehearsed, kept=False)
    import_page.warn_of_new_sites(rehearsed)
    if st.button(
        words.KEEP,
        type="primary",
        disabled=not rehearsed.total("added") and not rehearsed.total("updated"),
    ):
        import_page.keep(person, files, order)
