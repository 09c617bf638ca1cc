"""audit chain: numbered lines that hold the hash of the one before, and refuse to be changed.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

PLAIN_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIRST_HASH = "0" * 64
GROUP_CHAIN = UUID(int=0)
BEFORE = sa.table(
    "audit_lines",
    sa.column("line_id", sa.Uuid()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name) for name in ("person", "role", "operation")),
    sa.column("patient_id", sa.Uuid()),
    sa.column("record_id", sa.Uuid()),
    sa.column("detail", PLAIN_JSON),
)
PATIENTS = sa.table("patients", sa.column("patient_id", sa.Uuid()), sa.column("site_id", sa.Uuid()))


def upgrade() -> None:
    connection = op.get_bind()
    before = _read_before(connection)
    op.drop_index("ix_audit_lines_patient_id_at", table_name="audit_lines")
    op.drop_table("audit_lines")
    lines, heads = _create_tables()
    chained, ends = _chain(before)
    if chained:
        op.bulk_insert(lines, chained)
        op.bulk_insert(heads, ends)
    for statement in _guards(connection.dialect.name):
        op.execute(sa.text(statement))


def _read_before(connection: sa.Connection) -> list[dict[str, Any]]:
    site = PATIENTS.c.site_id
    rows = connection.execute(
        sa.select(BEFORE, site)
        .select_from(BEFORE.outerjoin(PATIENTS, PATIENTS.c.patient_id == BEFORE.c.patient_id))
        .order_by(BEFORE.c.at, BEFORE.c.line_id)
    )
    return [dict(row) for row in rows.mappings()]


def _create_tables() -> tuple[sa.Table, sa.Table]:
    lines = op.create_table(
        "audit_lines",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=80), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("detail", PLAIN_JSON, nullable=False),
        sa.Column("client", sa.String(length=80), nullable=True),
        sa.Column("request", sa.String(length=80), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "number", name=op.f("pk_audit_lines")),
    )
    with op.batch_alter_table("audit_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_lines_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_lines_patient_id_at"), ["patient_id", "at"], unique=False
        )
    heads = op.create_table(
        "audit_heads",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_audit_heads")),
    )
    return lines, heads


def _chain(
    before: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the lines so far, each in the chain of its patient's site, and the chains' ends."""
    chained, ends = [], {}
    hashes, numbers = defaultdict(lambda: FIRST_HASH), defaultdict(int)
    for row in before:
        chain = row.pop("site_id") or GROUP_CHAIN
        row.pop("line_id")
        numbers[chain] += 1
        line = {
            **row,
            "at": row["at"].replace(tzinfo=row["at"].tzinfo or UTC),
            "chain_id": chain,
            "number": numbers[chain],
            "user_id": None,
            "outcome": "done",
            "client": None,
            "request": None,
            "previous_hash": hashes[chain],
        }
        line["line_hash"] = hashes[chain] = _hash(line)
        chained.append(line)
        ends[chain] = {
            "chain_id": chain,
            "lines": line["number"],
            "line_hash": line["line_hash"],
            "at": line["at"],
        }
    return chained, list(ends.values())


def _hash(line: dict[str, Any]) -> str:
    """As data.audit.hash_line was when this was written."""
    said = [_plain(value) for name, value in sorted(line.items()) if name != "line_hash"]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _guards(dialect: str) -> Iterator[str]:
    """Yield what makes the database itself refuse to change a line or to drop a chain's end."""
    if dialect == "sqlite":
        for name, verb, table in (
            ("audit_lines_no_update", "UPDATE", "audit_lines"),
            ("audit_lines_no_delete", "DELETE", "audit_lines"),
            ("audit_heads_no_delete", "DELETE", "audit_heads"),
        ):
            yield (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END"
            )
        return
    yield (
        "CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is never changed'; END $$"
    )
    for name, verbs, table in (
        ("audit_lines_stay", "UPDATE OR DELETE OR TRUNCATE", "audit_lines"),
        ("audit_heads_stay", "DELETE OR TRUNCATE", "audit_heads"),
    ):
        yield (
            f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_audit()"
        )


def downgrade() -> None:
    """Back to unchained lines; who came from where, and what was refused, is lost."""
    connection = op.get_bind()
    kept = ("at", "person", "role", "operation", "patient_id", "record_id", "detail")
    after = sa.table(
        "audit_lines",
        sa.column("chain_id", sa.Uuid()),
        sa.column("number", sa.Integer()),
        *(sa.column(each.name, each.type) for each in BEFORE.c if each.name != "line_id"),
    )
    rows = connection.execute(
        sa.select(after).order_by(after.c.at, after.c.chain_id, after.c.number)
    ).mappings()
    lines = [
        {"line_id": UUID(int=number), **{name: row[name] for name in kept}}
        for number, row in enumerate(rows, 1)
    ]
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_lines_patient_id_at", table_name="audit_lines")
    op.drop_index("ix_audit_lines_at", table_name="audit_lines")
    op.drop_table("audit_lines")
    if connection.dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION keep_audit()"))
    before = op.create_table(
        "audit_lines",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("detail", PLAIN_JSON, nullable=False),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_audit_lines")),
    )
    with op.batch_alter_table("audit_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_lines_patient_id_at"), ["patient_id", "at"], unique=False
        )
    if lines:
        op.bulk_insert(before, lines)
