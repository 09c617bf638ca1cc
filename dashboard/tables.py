"""Tables of text that break where a phone ends; every cell is shown as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# A number with its unit stays on one line; what is longer may break.
ON_ONE_LINE = 12


def table_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, is_narrow: bool = False
) -> str:
    """Return a table; on a phone each row is a block, its first cell the heading. HTML."""
    head = "".join(f"<th scope='col'>{escape(label)}</th>" for label in columns)
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
        f"<td{_keep_together(cell)} data-label='{escape(label)}'>{escape(cell)}</td>"
        for label, cell in named
    )


def _keep_together(cell: str) -> str:
    return " class='ag-num'" if len(cell) <= ON_ONE_LINE else ""
