"""Figures of sites as published, whose have changed since, and counts of whole quarters.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_reports",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instrument", name=op.f("pk_published_reports")),
    )
    op.create_table(
        "published_cases",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("severity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indication", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("route", sa.String(length=80), nullable=False),
        sa.Column("responded", sa.Boolean(), nullable=False),
        sa.Column("remitted", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(length=80), nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_published_cases_site_id_sites")
        ),
        sa.PrimaryKeyConstraint(
            "site_id",
            "instrument",
            "severity",
            "failures",
            "indication",
            "kind",
            "route",
            "responded",
            "remitted",
            "fate",
            name=op.f("pk_published_cases"),
        ),
    )
    op.create_table(
        "published_marks",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("breakdown", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.String(length=80), nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_published_marks_site_id_sites")
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "instrument", "breakdown", "value", "mark", name=op.f("pk_published_marks")
        ),
    )
    op.create_table(
        "published_sites",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_published_sites_site_id_sites")
        ),
        sa.PrimaryKeyConstraint("site_id", "instrument", name=op.f("pk_published_sites")),
    )
    op.create_table(
        "published_spans",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("lower_days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upper_days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("square", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_published_spans_site_id_sites")
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "instrument", "lower_days", "upper_days", name=op.f("pk_published_spans")
        ),
    )
    op.create_table(
        "quarter_counts",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=80), nullable=False),
        sa.Column("figure", sa.String(length=80), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_quarter_counts_site_id_sites")
        ),
        sa.PrimaryKeyConstraint("site_id", "quarter", "figure", name=op.f("pk_quarter_counts")),
    )
    op.create_table(
        "fresh_patients",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patients.patient_id"],
            name=op.f("fk_fresh_patients_patient_id_patients"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.site_id"], name=op.f("fk_fresh_patients_site_id_sites")
        ),
        sa.PrimaryKeyConstraint(
            "patient_id", "site_id", "instrument", "question", name=op.f("pk_fresh_patients")
        ),
    )
    with op.batch_alter_table("fresh_patients", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fresh_patients_site", ["site_id", "instrument", "question"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("fresh_patients", schema=None) as batch_op:
        batch_op.drop_index("ix_fresh_patients_site")

    op.drop_table("fresh_patients")
    op.drop_table("quarter_counts")
    op.drop_table("published_spans")
    op.drop_table("published_sites")
    op.drop_table("published_marks")
    op.drop_table("published_cases")
    op.drop_table("published_reports")
