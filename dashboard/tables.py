"""Tables of text that break where a phone ends; every cell is shown as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, is_narrow: bool = False
) -> str:
    """Return a table; on a phone each row is a block, its first cell the heading. HTML."""
    head = "".join(f"<th>{escape(label)}</th>" for label in columns)
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    width = " ag-narrow" if is_narrow else ""
    return (
        f"<table class='ag-courses ag-stack{width}'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(columns: Sequence[str], row: Sequence[str]) -> str:
    first, *others = row
    named = zip(columns[1:], others, strict=True)
    return f"<td>{escape(first)}</td>" + "".join(
        f"<td data-label='{escape(label)}'>{escape(cell)}</td>" for label, cell in named
    )
