"""forecast fits: what was learnt of how long responses hold, one row an instrument.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

PLAIN_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_fits",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data_hash", sa.String(length=80), nullable=False),
        sa.Column("policy_revision", sa.Integer(), nullable=False),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("body", PLAIN_JSON, nullable=True),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instrument", name=op.f("pk_forecast_fits")),
    )


def downgrade() -> None:
    op.drop_table("forecast_fits")
