"""The check of the audit: whatever somebody with the whole database in hand does to it is found.

The triggers that refuse every change are taken away first: they stop a mistake, not an owner.
"""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update
from uuid_utils.compat import uuid7

from data.audit import hash_line, write_line
from data.audit_check import MOST_A_CHAIN, find_tampering
from data.audit_heads import note_heads, read_heads, read_lines
from data.database import connect, reading, writing
from data.queries.audit import verify
from models.policy import OPERATOR, Operation
from models.tables import AuditHead, AuditLine
from models.tables.audit import GROUP_CHAIN
from tests.clinic import LOST, rows_of

LINES, HEADS = AuditLine.__table__, AuditHead.__table__
TAMPERINGS = 100
only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def drop_guards(engine):
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            for table in ("audit_lines", "audit_heads"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.scalars(text(triggers)).all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def check(engine, noted=()):
    with reading(engine) as connection:
        return find_tampering(connection, noted)


@pytest.fixture
def busy(clinic, tmp_path):
    """A clinic with three chains of some length, without its guards; and the ends as noted."""
    clinic.register("P-1", records=LOST)
    clinic.register("P-2", site=clinic.phoenix, records=LOST)
    for number in range(12):
        with writing(clinic.engine) as connection:
            write_line(connection, OPERATOR, Operation.IMPORT, rows=number, files=["a", "b"])
    note_heads(clinic.engine, tmp_path / "noted.log")
    clinic.noted, unreadable = read_heads(read_lines(tmp_path / "noted.log"))
    assert len(clinic.noted) == 3
    assert unreadable == []
    drop_guards(clinic.engine)
    return clinic


class Tamperer:
    """Does one thing to one chain; each way returns whether only the noted ends can tell."""

    def __init__(self, connection, draw, chain):
        self.connection, self.draw, self.chain = connection, draw, chain
        here = select(LINES).where(LINES.c.chain_id == chain).order_by(LINES.c.number)
        self.lines = [dict(row) for row in connection.execute(here).mappings()]

    def edit(self):
        self.change(self.any_line(), **self.another_value())
        return False

    def edit_and_hash(self):
        line = self.any_line()
        after = {**line, **self.another_value()}
        self.change(line, **{**after, "line_hash": hash_line(after)})
        return False

    def change_a_hash(self):
        name = self.draw.choice(["line_hash", "previous_hash"])
        self.change(self.any_line(), **{name: f"{self.draw.getrandbits(256):064x}"})
        return False

    def drop_one(self):
        self.remove([self.draw.choice(self.lines[:-1])])
        return False

    def drop_the_first(self):
        self.remove(self.lines[: self.draw.randint(1, 3)])
        return False

    def drop_several(self):
        begin = self.draw.randint(0, len(self.lines) - 3)
        self.remove(self.lines[begin : begin + 2])
        return False

    def drop_and_close_the_gap(self):
        gone = self.draw.randrange(len(self.lines) - 1)
        self.remove([self.lines[gone]])
        for line in self.lines[gone + 1 :]:
            self.change(line, number=line["number"] - 1)
        self.move_head(len(self.lines) - 1, self.lines[-1]["line_hash"])
        return False

    def truncate(self):
        self.remove(self.lines[-self.draw.randint(1, len(self.lines)) :])
        return False

    def truncate_with_the_head(self):
        left = self.lines[: -self.draw.randint(1, len(self.lines) - 1)]
        self.remove(self.lines[len(left) :])
        self.move_head(len(left), left[-1]["line_hash"])
        return True

    def swap_places(self):
        one, other = self.draw.sample(self.lines, 2)
        self.change(one, number=-1)
        self.change(other, number=one["number"])
        self.change({**one, "number": -1}, number=other["number"])
        return False

    def swap_what_they_say(self):
        one, other = self.draw.sample(self.lines, 2)
        if one["detail"] == other["detail"] and one["at"] == other["at"]:
            one, other = self.lines[0], {**self.lines[-1], "person": "Mallory"}
        said = ("at", "person", "operation", "detail", "record_id")
        self.change(one, **{name: other[name] for name in said})
        self.change(other, **{name: one[name] for name in said})
        return False

    def insert_in_between(self):
        place = self.draw.randrange(1, len(self.lines))
        for line in reversed(self.lines[place:]):
            self.change(line, number=line["number"] + 1)
        before = self.lines[place - 1]
        self.add({**before, "number": place + 1, "previous_hash": before["line_hash"]})
        self.move_head(len(self.lines) + 1, self.lines[-1]["line_hash"])
        return False

    def insert_after_the_end(self):
        last = self.lines[-1]
        self.add({**last, "number": last["number"] + 1, "previous_hash": last["line_hash"]})
        return False

    def insert_before_the_first(self):
        self.add({**self.lines[0], "number": self.draw.choice([0, -7])})
        return False

    def move_a_line_to_another_site(self):
        line = self.any_line()
        self.change(line, chain_id=uuid7())
        return False

    def rename_the_site(self):
        """Every line, as it is, in the name of a site that has none yet."""
        new = uuid7()
        for table in (LINES, HEADS):
            self.connection.execute(
                update(table).where(table.c.chain_id == self.chain).values(chain_id=new)
            )
        return False

    def rename_the_site_and_hash_anew(self):
        new = uuid7()
        self.rewrite([{**line, "chain_id": new} for line in self.lines], new)
        return True

    def lose_the_head(self):
        self.connection.execute(delete(HEADS).where(HEADS.c.chain_id == self.chain))
        return False

    def lose_the_chain(self):
        self.remove(self.lines)
        self.lose_the_head()
        return True

    def empty_the_chain(self):
        self.remove(self.lines)
        self.move_head(0, "0" * 64)
        return False

    def rewrite_the_tail(self):
        lines = [dict(line) for line in self.lines]
        lines[self.draw.randrange(len(lines))].update(self.another_value())
        self.rewrite(lines, self.chain)
        return True

    def drop_and_rewrite_the_tail(self):
        lines = [dict(line) for line in self.lines]
        del lines[self.draw.randrange(len(lines))]
        self.rewrite(lines, self.chain)
        return True

    def any_line(self):
        return self.draw.choice(self.lines)

    def another_value(self):
        word = f"{self.draw.getrandbits(32):x}"
        return self.draw.choice(
            [
                {"person": word},
                {"role": word},
                {"operation": word},
                {"outcome": word},
                {"client": word},
                {"request": word},
                {"detail": {"rows": self.draw.getrandbits(31)}},
                {"user_id": uuid7()},
                {"patient_id": uuid7()},
                {"record_id": uuid7()},
                {"at": self.lines[0]["at"] + timedelta(microseconds=self.draw.randint(1, 999))},
            ]
        )

    def at(self, line):
        return (LINES.c.chain_id == line["chain_id"]) & (LINES.c.number == line["number"])

    def change(self, line, **values):
        changed = self.connection.execute(update(LINES).where(self.at(line)).values(**values))
        assert changed.rowcount == 1

    def remove(self, lines):
        for line in lines:
            assert self.connection.execute(delete(LINES).where(self.at(line))).rowcount == 1

    def add(self, line):
        self.connection.execute(insert(LINES), {**line, "line_hash": hash_line(line)})

    def move_head(self, lines, line_hash):
        head = update(HEADS).where(HEADS.c.chain_id == self.chain)
        self.connection.execute(head.values(lines=lines, line_hash=line_hash))

    def rewrite(self, lines, chain):
        """Write a whole chain anew, so that every hash fits."""
        self.remove(self.lines)
        previous = "0" * 64
        for number, line in enumerate(lines, 1):
            line |= {"number": number, "previous_hash": previous}
            self.add(line)
            previous = hash_line(line)
        self.move_head(len(lines), previous)
        head = update(HEADS).where(HEADS.c.chain_id == self.chain)
        self.connection.execute(head.values(chain_id=chain))


WAYS = [
    name for name, way in vars(Tamperer).items() if callable(way) and way.__code__.co_argcount == 1
]
WAYS = [name for name in WAYS if name not in ("any_line", "another_value")]


def snapshot(engine):
    return {
        table: [row._asdict() for row in rows_of_table(engine, table)] for table in (LINES, HEADS)
    }


def rows_of_table(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(*table.primary_key)).all()


def put_back(engine, before):
    with writing(engine) as connection:
        for table, rows in before.items():
            connection.execute(delete(table))
            connection.execute(insert(table), rows)


def test_a_hundred_tamperings_are_found_a_hundred_times(busy):
    before = snapshot(busy.engine)
    chains = {busy.denver: "Denver", busy.phoenix: "Phoenix", GROUP_CHAIN: "The group"}
    found, only_by_notes, ways = 0, 0, Counter()
    for number in range(TAMPERINGS):
        draw = random.Random(number)
        chain, way = draw.choice(list(chains)), WAYS[number % len(WAYS)]
        with writing(busy.engine) as connection:
            tamperer = Tamperer(connection, draw, chain)
            needs_notes = getattr(tamperer, way)()
        alone, beside_notes = check(busy.engine), check(busy.engine, busy.noted)
        assert beside_notes, (number, way)
        assert bool(alone) is not needs_notes, (number, way, [str(each) for each in alone])
        if way != "move_a_line_to_another_site":
            assert any(chains[chain] == f.site for f in beside_notes), (number, way)
        found, only_by_notes = found + 1, only_by_notes + needs_notes
        ways[way] += 1
        put_back(busy.engine, before)
        assert check(busy.engine, busy.noted) == [], (number, way)

    assert found == TAMPERINGS
    assert only_by_notes >= 15
    assert len(ways) == len(WAYS) >= 20


def said(busy, noted=()):
    return [str(finding) for finding in check(busy.engine, noted)]


def tamper(busy, way, chain=None, seed=1):
    with writing(busy.engine) as connection:
        tamperer = Tamperer(connection, random.Random(seed), chain or busy.denver)
        return way(tamperer)


def test_each_finding_says_where_and_what(busy):
    before = snapshot(busy.engine)
    lines = len([row for row in before[LINES] if row["chain_id"] == busy.denver])
    told = {}
    for name, way in {
        "edited": lambda t: t.change(t.lines[2], person="Mallory"),
        "dropped": lambda t: t.remove(t.lines[1:2]),
        "dropped two": lambda t: t.remove(t.lines[1:3]),
        "cut": lambda t: t.remove(t.lines[-2:]),
        "added": lambda t: t.insert_after_the_end(),
        "headless": lambda t: t.lose_the_head(),
        "emptied": lambda t: t.empty_the_chain(),
        "inserted": lambda t: t.add({**t.lines[0], "number": 0}),
    }.items():
        tamper(busy, way)
        told[name] = said(busy)
        put_back(busy.engine, before)

    assert told == {
        "edited": ["Denver, line 3 was changed after it was written."],
        "dropped": ["Denver, line 2 is missing."],
        "dropped two": ["Denver, line 2 and all lines up to 3 are missing."],
        "cut": [
            f"Denver, line {lines - 1} and all lines up to {lines} are missing, the last there "
            "were."
        ],
        "added": [
            f"Denver, line {lines + 1} stands after the end of this chain, which is line {lines}."
        ],
        "headless": [f"Denver: the end of this chain is gone; the last line there is: {lines}."],
        "emptied": ["Denver: the end of this chain says that it has no lines."],
        "inserted": ["Denver: an inserted line bears the number 0."],
    }


def test_a_chain_written_anew_is_told_by_the_noted_ends_alone(busy):
    tamper(busy, Tamperer.rewrite_the_tail)
    [head] = [note for note in busy.noted if note.chain == str(busy.denver)]

    assert said(busy) == []
    assert said(busy, busy.noted) == [
        f"Denver, line {head.lines} is not the line that was noted on {head.at}."
    ]


def test_a_chain_cut_short_and_one_that_is_gone_are_told_by_the_noted_ends(busy):
    tamper(busy, Tamperer.truncate_with_the_head)
    tamper(busy, Tamperer.lose_the_chain, busy.phoenix)
    lines = {str(head.chain_id): head.lines for head in rows_of(busy.engine, AuditHead)}
    noted = {note.chain: note for note in busy.noted}
    denver, phoenix = noted[str(busy.denver)], noted[str(busy.phoenix)]

    assert said(busy) == []
    assert said(busy, busy.noted) == [
        f"Denver: {denver.lines} lines were noted on {denver.at}, now it has "
        f"{lines[str(busy.denver)]}.",
        f"Phoenix: {phoenix.lines} lines were noted on {phoenix.at}, now it has 0.",
    ]


def test_very_many_findings_are_counted_not_listed(busy):
    with writing(busy.engine) as connection:
        for number in range(2 * MOST_A_CHAIN):
            write_line(connection, OPERATOR, Operation.REFRESH, site_id=busy.denver, rows=number)
        connection.execute(update(LINES).where(LINES.c.chain_id == busy.denver).values(role="x"))
        count = len(connection.execute(select(LINES).where(LINES.c.chain_id == busy.denver)).all())

    findings = said(busy)

    assert len(findings) == MOST_A_CHAIN + 1
    assert findings[-1] == f"Denver: {count - MOST_A_CHAIN} more such findings."


@only_sqlite
@pytest.mark.parametrize(
    "value",
    [
        "detail = 'not json'",
        "detail = x'ff'",
        "at = 'yesterday'",
        "at = 7",
        "number = 'many'",
        "number = 2.5",
        "chain_id = 'zzz'",
        "chain_id = 7",
        "patient_id = 'nobody'",
        "patient_id = 7",
        "line_hash = ''",
        "person = x'00ff'",
        "person = CAST(x'ff' AS TEXT)",
    ],
)
def test_what_no_column_should_hold_is_found_instead_of_stopping_the_check(busy, value):
    with writing(busy.engine) as connection:
        connection.execute(
            text(f"UPDATE audit_lines SET {value} WHERE number = 3 AND chain_id = :chain"),
            {"chain": busy.denver.hex},
        )

    assert said(busy) != []


@only_sqlite
def test_an_end_that_is_no_number_is_found(busy):
    with writing(busy.engine) as connection:
        connection.execute(text("UPDATE audit_heads SET lines = 'many'"))

    assert len(said(busy)) == 3


def test_an_untouched_audit_is_clean_before_and_after_a_check(clinic, tmp_path):
    clinic.register("P-1", records=LOST)
    note_heads(clinic.engine, tmp_path / "noted.log")
    lines = read_lines(tmp_path / "noted.log")

    assert verify(clinic.engine, OPERATOR, heads=lines) == []
    assert verify(clinic.engine, OPERATOR, heads=lines) == []
    last = rows_of(clinic.engine, AuditLine, chain_id=GROUP_CHAIN)[-1]
    assert (last.operation, last.detail) == ("read_audit", {"page": "check", "findings": 0})


def test_lines_of_a_file_that_tell_nothing_are_found_too(clinic):
    clinic.register("P-1")
    noted = ["", "2026-01-01T00:00:00+00:00 x 3 short", f"never a b {'0' * 64}"]

    findings = verify(clinic.engine, OPERATOR, heads=noted)

    assert [str(each) for each in findings] == [
        "The file of ends, line 2 tells no end of a chain.",
        "The file of ends, line 3 tells no end of a chain.",
    ]


def test_where_the_audit_takes_no_line_the_check_still_tells_what_it_found(busy):
    tamper(busy, Tamperer.lose_the_head, GROUP_CHAIN)

    findings = [str(each) for each in verify(busy.engine, OPERATOR)]

    assert len(findings) == 2
    assert findings[0].startswith("The group: the end of this chain is gone")
    assert findings[1] == "The group: this check could not be written into the audit."


def test_the_check_tells_how_far_it_is(clinic, monkeypatch):
    clinic.register("P-1", records=LOST)
    monkeypatch.setattr("data.audit_check.TOLD_EVERY", 2)
    heard = []

    verify(clinic.engine, OPERATOR, tell=lambda done, total: heard.append((done, total)))

    lines = len(rows_of(clinic.engine, AuditLine)) - 1
    assert heard == [(done, lines) for done in range(2, lines + 1, 2)]


@pytest.mark.parametrize("sites", [1, 4], ids=["one site", "four sites"])
def test_four_writers_at_once_break_no_link_and_no_check_that_runs_meanwhile(engine, sites):
    chains = [UUID(int=number + 1) for number in range(sites)]

    def write(writer):
        mine = connect(engine.url)
        for _ in range(100):
            with writing(mine) as connection:
                site_id = chains[writer % sites]
                write_line(connection, OPERATOR, Operation.READ_CHART, site_id=site_id)
        mine.dispose()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        meanwhile = [check(engine)]
        while not all(writer.done() for writer in writers):
            meanwhile.append(check(engine))
        for writer in writers:
            writer.result()

    assert [head.lines for head in rows_of(engine, AuditHead)] == [400 // sites] * sites
    assert len(rows_of(engine, AuditLine)) == 400
    assert check(engine) == []
    assert meanwhile == [[]] * len(meanwhile)
    assert len(meanwhile) > 3
