"""The parts of the Import page. The same code as `python -m data import` does the work."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from html import escape

import streamlit as st

from dashboard import loaders
from dashboard.formats import moment, plain
from dashboard.tables import table_of
from dashboard.wording import doors
from dashboard.wording import imports as words
from data.database import configured_engine
from data.importers import import_files
from data.importers.report import Remark, Report
from data.queries.imports import read_imports
from models.policy import Person

Files = list[tuple[str, bytes]]
MOST_SHOWN = 500
LOOK_EVERY = 0.1  # seconds between two looks at the progress


def ask_files() -> tuple[Files, str]:
    """Ask for files; a kept import shows its result until other files are chosen."""
    left, right = st.columns([3, 1.2])
    uploaded = left.file_uploader(
        words.FILES, accept_multiple_files=True, type=["csv", "tsv", "txt", "json", "ndjson"]
    )
    order = right.selectbox(
        words.DATES, list(words.DATE_ORDERS), format_func=words.DATE_ORDERS.__getitem__
    )
    return [(file.name, file.getvalue()) for file in uploaded or []], order


def rehearse(person: Person, files: Files, order: str) -> Report:
    """Try the files without keeping anything; the same files are tried once."""
    key = (_fingerprint(files), order)
    tried = st.session_state.get("import_rehearsed")
    if tried is None or tried[0] != key:
        tried = (key, _run(person, files, order, dry_run=True, label=words.TRYING))
        st.session_state["import_rehearsed"] = tried
    report: Report = tried[1]
    return report


def keep(person: Person, files: Files, order: str) -> None:
    """Keep the files and draw the page anew: what they would do has been done."""
    report = _run(person, files, order, dry_run=False, label=words.KEEPING)
    st.session_state.pop("import_rehearsed", None)
    st.session_state["import_kept"] = (_fingerprint(files), order), report
    loaders.forget()
    st.rerun()


def kept_before(files: Files, order: str) -> Report | None:
    """Return what keeping these very files did, while they are still chosen."""
    key, report = st.session_state.get("import_kept", (None, None))
    return report if key == (_fingerprint(files), order) else None


def warn_of_new_sites(report: Report) -> None:
    """Say which sites the files would open: a slip in a name must not found a clinic."""
    if report.opened:
        st.warning(plain(words.new_sites(report.opened)))


def _run(person: Person, files: Files, order: str, *, dry_run: bool, label: str) -> Report:
    """Work in a thread of its own, so that a click elsewhere cannot stop it half-way."""
    progress = [0.0]

    def tell(done: int, total: int) -> None:
        progress[0] = min(done / max(total, 1), 1.0)

    bar = st.progress(0.0, label)
    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(
            import_files,
            configured_engine(),
            person,
            files,
            dry_run=dry_run,
            date_order=order,
            tell=tell,
        )
        while not work.done():
            bar.progress(progress[0], label)
            time.sleep(LOOK_EVERY)
    bar.empty()
    return work.result()


def _fingerprint(files: Files) -> str:
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(name.encode() + b"\x00" + content)
    return digest.hexdigest()


def draw_report(report: Report, *, kept: bool) -> None:
    """Draw the counts and every sentence of a report."""
    lines = "  \n".join(report.summary())
    (st.success if kept else st.info)(f"{words.KEPT if kept else words.TRIED}  \n{lines}")
    for title, remarks in ((words.REFUSED, report.refusals), (words.REMARKED, report.remarks)):
        if remarks:
            with st.expander(f"{title} ({len(remarks):,})", expanded=title == words.REFUSED):
                st.html(_listed(remarks[:MOST_SHOWN]))
                if len(remarks) > MOST_SHOWN:
                    st.text(words.cut(MOST_SHOWN, len(remarks)))


def _listed(remarks: list[Remark]) -> str:
    """Return a table whose sentences break where the window ends; HTML."""
    rows = "".join(
        f"<tr><td>{escape(words.place(remark))}</td><td>{escape(words.say(remark))}</td></tr>"
        for remark in remarks
    )
    head = "".join(f"<th>{label}</th>" for label in words.COLUMNS)
    return (
        f"<table class='ag-courses ag-stack'><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def draw_past_imports(person: Person) -> None:
    past = read_imports(configured_engine(), person)
    if past.empty:
        st.info(words.NONE_YET)
        return
    st.subheader(words.PAST)
    zone = loaders.group(person).zone
    past["when"] = [moment(when, zone) for when in past["when"]]
    st.dataframe(past.rename(columns=words.PAST_COLUMNS), hide_index=True, alt=words.PAST)


def explain_files() -> None:
    """Say which columns each file needs and which it may have."""
    with st.expander(words.WHAT_FILES):
        st.html(table_of(words.FILE_COLUMNS, words.FILE_ROWS))
        st.text(words.FILE_NOTES)


def draw_exports() -> None:
    """Draw a link to each export: dashboard/web/downloads.py asks again who it is and answers."""
    st.subheader(doors.EXPORT)
    st.text(doors.EXPORT_WHY)
    links = " ".join(
        f"<a href='/export/{name}.csv'>{label} (CSV)</a>" for name, label in doors.EXPORTS.items()
    )
    st.html(f"<p class='ag-links'>{links}</p>")
