"""Whether the audit still says what was written: each chain read in order, beside its noted ends.

Whoever owns the database can write a chain anew from some line on, its end included. Only ends
noted where they could not reach (`data/audit_heads.py`) tell; for what is newer than the last of
those notes nothing can vouch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from data.audit import FIRST_HASH, SAID, hash_said
from data.audit_stored import stored_heads, stored_lines
from models.tables import Site
from models.tables.audit import GROUP_CHAIN

Tell = Callable[[int, int], None]
TOLD_EVERY = 10_000
MOST_A_CHAIN = 20
CHAIN, NUMBER, PREVIOUS = (SAID.index(name) for name in ("chain_id", "number", "previous_hash"))


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, as a sentence. `number` is of the line, None for a whole chain."""

    site: str
    number: int | None
    problem: str

    def __str__(self) -> str:
        if self.number is None:
            return f"{self.site}: {self.problem}"
        return f"{self.site}, line {self.number:,} {self.problem}"


@dataclass(frozen=True)
class NotedHead:
    """The end of a chain as it was noted on `at`: how many lines, and the hash of the last."""

    at: str
    chain: str
    lines: int
    line_hash: str


def find_tampering(
    connection: Connection, noted: Iterable[NotedHead] = (), tell: Tell | None = None
) -> list[Finding]:
    """Return what is wrong with the chains, site by site; nothing where all is as written."""
    _hold_still(connection)
    chains = _chains_of(connection, noted)
    try:
        _follow(connection, chains, tell or _say_nothing)
    except DBAPIError:  # text that is none, or a damaged file
        stopped = [
            Finding("The audit", None, "cannot be read to its end; something in it is broken.")
        ]
    else:
        stopped = []
        for chain in chains.values():
            chain.end()
    in_order = sorted(chains.values(), key=lambda chain: chain.name)
    return stopped + [finding for chain in in_order for finding in chain.told()]


def _follow(connection: Connection, chains: dict[str, _Chain], tell: Tell) -> None:
    """Let every line go by, in order."""
    total, done = sum(chain.ends_at() for chain in chains.values()), 0
    for chain_id, lines in groupby(stored_lines(connection), key=itemgetter(CHAIN)):
        chain = chains.setdefault(chain_id, _Chain(f"Chain {chain_id} of no known site"))
        for *said, line_hash in lines:
            chain.take(said, line_hash)
            done += 1
            if done % TOLD_EVERY == 0:
                tell(done, max(total, done))


def _say_nothing(_done: int, _total: int) -> None:
    pass


def _hold_still(connection: Connection) -> None:
    """See ends and lines as of one moment while others write; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")


class _Chain:
    """What is known of one chain while its lines go by."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.head: tuple[Any, Any] | None = None
        self.noted: dict[int, list[NotedHead]] = {}
        self.next, self.previous = 1, FIRST_HASH
        self.findings: list[Finding] = []
        self.more = 0

    def find(self, number: int | None, problem: str) -> None:
        if len(self.findings) < MOST_A_CHAIN:
            self.findings.append(Finding(self.name, number, problem))
        else:
            self.more += 1

    def take(self, said: list[Any], line_hash: Any) -> None:
        number = said[NUMBER]
        if not isinstance(number, int) or number < self.next:
            self.find(None, f"an inserted line bears the number {number!r}.")
            return
        if number > self.next:
            self._miss(number - 1, "")
        elif said[PREVIOUS] != self.previous:
            self.find(number, "does not follow the line before it; one of them was replaced.")
        if line_hash != _hash(said):
            self.find(number, "was changed after it was written.")
        for note in self.noted.pop(number, ()):
            if line_hash != note.line_hash:
                self.find(number, f"is not the line that was noted on {note.at}.")
        self.next, self.previous = number + 1, line_hash

    def ends_at(self) -> int:
        """Return how many lines the chain's end says there are."""
        return self.head[0] if self.head and isinstance(self.head[0], int) else 0

    def end(self) -> None:
        """Compare the last line with the chain's end, and with what was noted of it."""
        last = self.next - 1
        if self.head is None:
            if last:
                self.find(None, f"the end of this chain is gone; the last line there is: {last:,}.")
        elif self.head[0] == 0:
            self.find(None, "the end of this chain says that it has no lines.")
        elif self.ends_at() > last:
            self._miss(self.ends_at(), ", the last there were")
        elif self.ends_at() < last:
            self.find(last, f"stands after the end of this chain, which is line {self.head[0]}.")
        elif self.head[1] != self.previous:
            self.find(last, "is not the line that the end of this chain names.")
        shorter = [note for lines, notes in self.noted.items() if lines > last for note in notes]
        if shorter:
            most = max(shorter, key=lambda note: note.lines)
            self.find(None, f"{most.lines:,} lines were noted on {most.at}, now it has {last:,}.")

    def _miss(self, until: int, which: str) -> None:
        if until == self.next:
            self.find(self.next, f"is missing{which}.")
        else:
            self.find(self.next, f"and all lines up to {until:,} are missing{which}.")

    def told(self) -> list[Finding]:
        """Return the findings; of very many, how many more there are."""
        if not self.more:
            return self.findings
        return [*self.findings, Finding(self.name, None, f"{self.more:,} more such findings.")]


def _chains_of(connection: Connection, noted: Iterable[NotedHead]) -> dict[str, _Chain]:
    """Return the chains that have an end in the database or in the notes, by id."""
    sites = connection.execute(select(Site.site_id, Site.name))
    names = {str(site_id): name for site_id, name in sites} | {str(GROUP_CHAIN): "The group"}
    chains: dict[str, _Chain] = {}

    def chain_of(chain_id: str) -> _Chain:
        name = names.get(chain_id, f"Chain {chain_id} of no known site")
        return chains.setdefault(chain_id, _Chain(name))

    for chain_id in names:
        chain_of(chain_id)
    for chain_id, lines, line_hash in stored_heads(connection):
        chain_of(chain_id).head = (lines, line_hash)
    for note in noted:
        chain_of(note.chain).noted.setdefault(note.lines, []).append(note)
    return chains


def _hash(said: list[Any]) -> str | None:
    """Return the hash of what a line says; None for what no line could ever say."""
    try:
        return hash_said(said)
    except TypeError:
        return None
