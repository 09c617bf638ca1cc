"""The ends of the audit's chains, noted in a file where whoever edits the database may not reach.

A line a chain: when, which chain, how many lines, the hash of the last. Copy the file off this
computer, or let AFTERGLOW_AUDIT_HEADS name one that is only appended to from here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from data import clock
from data.audit_check import NotedHead
from data.database import ROOT, reading
from models.tables import AuditHead

PARTS = 4
HASH_DIGITS = 64


def heads_path(engine: Engine) -> Path:
    """Return where ends are noted: the file that is set, else one beside the database.

    Its name holds the database's: two beside each other must not share a file.
    """
    given = os.environ.get("AFTERGLOW_AUDIT_HEADS", "")
    if given:
        return ROOT / given
    database = Path(engine.url.database or "memory")
    if engine.dialect.name == "sqlite" and database.is_absolute():
        return database.with_name(f"{database.stem}-audit-heads.log")
    return ROOT / "var" / f"{database.stem}-audit-heads.log"


def keep_heads(engine: Engine) -> bool:
    """Note the ends of all chains unless today's were; return whether anything was noted."""
    path = heads_path(engine)
    today = clock.today().isoformat()
    if any(line.startswith(today) for line in read_lines(path)[-1:]):
        return False
    return note_heads(engine, path) > 0


def note_heads(engine: Engine, path: Path) -> int:
    """Append the end of every chain to a file only its owner may read; return how many."""
    now = clock.now()
    with reading(engine) as connection:
        heads = connection.execute(select(AuditHead).order_by(AuditHead.chain_id)).all()
    lines = [f"{now.isoformat()} {head.chain_id} {head.lines} {head.line_hash}" for head in heads]
    _append(path, lines)
    return len(lines)


def _append(path: Path, lines: list[str]) -> None:
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(file).st_size
        # After a power cut the last line may lack its end; the next one begins on its own.
        is_cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        os.write(file, (("\n" if is_cut else "") + "\n".join(lines) + "\n").encode())
        os.fsync(file)
    finally:
        os.close(file)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of ends; none where there is no file yet."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def read_heads(lines: Iterable[str]) -> tuple[list[NotedHead], list[int]]:
    """Return the ends that lines tell, and the numbers of the lines that tell none."""
    heads, unreadable = [], []
    for number, line in enumerate(lines, 1):
        head = _read_head(line)
        if head is not None:
            heads.append(head)
        elif line.strip():
            unreadable.append(number)
    return heads, unreadable


def _read_head(line: str) -> NotedHead | None:
    parts = line.split()
    if len(parts) != PARTS or len(parts[3]) != HASH_DIGITS:
        return None
    at, chain, lines, line_hash = parts
    try:
        noted_at = datetime.fromisoformat(at).astimezone(UTC)
        return NotedHead(f"{noted_at:%Y-%m-%d %H:%M} UTC", chain, int(lines), line_hash)
    except ValueError:
        return None
