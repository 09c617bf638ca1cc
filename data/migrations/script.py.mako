"""${message}.

Removing or renaming a column takes two releases: first stop using it, then drop it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

PLAIN_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
