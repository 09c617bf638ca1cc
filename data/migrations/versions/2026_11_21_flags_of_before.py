"""flags of before: what Today listed as open becomes a flag, so that nothing open is lost.

Raised for the last answer above zero on each instrument, however old, of patients who have not
left: that is whom Today has listed until now, and whom only a named person takes off it.
"""

from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANSWERS = sa.text(
    "SELECT a.patient_id, a.assessment_id, a.instrument, a.taken_on, a.safety_answer"
    " FROM assessments a JOIN patients p ON p.patient_id = a.patient_id"
    " WHERE a.safety_answer IS NOT NULL AND a.withdrawn_at IS NULL"
    " AND (p.left_on IS NULL OR p.left_on > :today)"
    " AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.patient_id = a.patient_id)"
    " ORDER BY a.patient_id, a.instrument, a.taken_on,"
    " CASE WHEN a.taken_at IS NULL THEN 0 ELSE 1 END, a.taken_at, a.assessment_id"
).columns(
    patient_id=sa.Uuid(),
    assessment_id=sa.Uuid(),
    instrument=sa.String(),
    taken_on=sa.Date(),
    safety_answer=sa.Integer(),
)
FLAGS = sa.table(
    "flags",
    sa.column("patient_id", sa.Uuid()),
    sa.column("flag_id", sa.Uuid()),
    sa.column("assessment_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("instrument", sa.String()),
    sa.column("answered_on", sa.Date()),
    sa.column("answer", sa.Double()),
    sa.column("before", sa.Double()),
    sa.column("change", sa.String()),
    sa.column("raised_at", sa.DateTime(timezone=True)),
    sa.column("version", sa.Integer()),
)


def upgrade() -> None:
    now = datetime.now(UTC)
    connection = op.get_bind()
    answers = connection.execute(ANSWERS, {"today": now.date()})
    rows = []
    for _, group in groupby(answers, key=attrgetter("patient_id", "instrument")):
        *earlier, last = group
        if last.safety_answer >= 1:
            rows.append(_flag(last, earlier[-1].safety_answer if earlier else None, now))
    if rows:
        connection.execute(sa.insert(FLAGS), rows)


def _flag(row: sa.Row, before: int | None, now: datetime) -> dict[str, object]:
    change = "worse" if before and row.safety_answer > before else "lower"
    if not before:
        change = "new"
    elif row.safety_answer == before:
        change = "unchanged"
    return {
        "patient_id": row.patient_id,
        "flag_id": uuid4(),
        "assessment_id": row.assessment_id,
        "kind": "safety_item",
        "instrument": row.instrument,
        "answered_on": row.taken_on,
        "answer": float(row.safety_answer),
        "before": None if before is None else float(before),
        "change": change,
        "raised_at": now,
        "version": 1,
    }


def downgrade() -> None:
    """Leave the flags: the tables before this one hold them as well."""
