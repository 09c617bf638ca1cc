"""back-tests: how what was said on past days came out, and who works it out now.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

PLAIN_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_back_tests",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("data_hash", sa.String(length=80), nullable=False),
        sa.Column("policy_revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", PLAIN_JSON, nullable=False),
        sa.PrimaryKeyConstraint("instrument", name=op.f("pk_forecast_back_tests")),
    )
    op.create_table(
        "forecast_runs",
        sa.Column("task", sa.String(length=80), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_to", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_forecast_runs")),
    )


def downgrade() -> None:
    op.drop_table("forecast_runs")
    op.drop_table("forecast_back_tests")
