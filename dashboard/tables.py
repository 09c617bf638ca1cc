"""Tables of text that break where a phone ends; every cell is shown as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; on a phone each row is a block, its cells named by their columns. HTML."""
    head = "".join(f"<th>{escape(label)}</th>" for label in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td data-label='{escape(label)}'>{escape(cell)}</td>"
            for label, cell in zip(columns, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        "<table class='ag-courses ag-stack ag-named'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
