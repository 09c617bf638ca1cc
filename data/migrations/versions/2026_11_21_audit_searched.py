"""audit searched: found by person, operation and outcome; no line replaced, no end moved back.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Made without altering the table: SQLite would copy it, and leave its triggers behind.
SEARCHED = ("person", "operation", "outcome")


def upgrade() -> None:
    for column in SEARCHED:
        op.create_index(op.f(f"ix_audit_lines_{column}_at"), "audit_lines", [column, "at"])
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _guards(dialect: str) -> Iterator[str]:
    """Yield triggers: an end only ever moves on by the line just written.

    SQLite's INSERT OR REPLACE deletes the row in its way without asking the triggers on DELETE,
    so there the insert itself has to be refused.
    """
    moved_else = "(NEW.lines <> OLD.lines + 1 OR NEW.chain_id <> OLD.chain_id)"
    if dialect == "postgresql":
        yield (
            "CREATE TRIGGER audit_heads_move_on BEFORE UPDATE ON audit_heads FOR EACH ROW "
            f"WHEN {moved_else} EXECUTE FUNCTION keep_audit()"
        )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END"
    yield (
        "CREATE TRIGGER audit_heads_move_on BEFORE UPDATE ON audit_heads "
        f"WHEN {moved_else} {refuse}"
    )
    for table, same in (
        ("audit_lines", "chain_id = NEW.chain_id AND number = NEW.number"),
        ("audit_heads", "chain_id = NEW.chain_id"),
    ):
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    of_table = " ON audit_heads" if dialect == "postgresql" else ""
    op.execute(sa.text(f"DROP TRIGGER audit_heads_move_on{of_table}"))
    if dialect == "sqlite":
        for table in ("audit_lines", "audit_heads"):
            op.execute(sa.text(f"DROP TRIGGER {table}_no_replace"))
    for column in SEARCHED:
        op.drop_index(op.f(f"ix_audit_lines_{column}_at"), table_name="audit_lines")
