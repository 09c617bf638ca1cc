"""What fresh patients were published as.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("fresh_patients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("was", sa.String(length=80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("fresh_patients", schema=None) as batch_op:
        batch_op.drop_column("was")
