"""How long earlier responses of patients held."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from models.outcomes.episodes import Held
from models.tables import StoredEpisode


def held_before(
    connection: Connection, patient_ids: Sequence[UUID]
) -> dict[tuple[UUID, str], list[tuple[int, int, int | None]]]:
    """Return, per patient and instrument, (course number, lower, upper) of stated responses."""
    held: dict[tuple[UUID, str], list[tuple[int, int, int | None]]] = {}
    query = (
        select(
            StoredEpisode.patient_id,
            StoredEpisode.instrument,
            StoredEpisode.course_no,
            StoredEpisode.lower_days,
            StoredEpisode.upper_days,
        )
        .where(StoredEpisode.patient_id.in_(patient_ids), StoredEpisode.held.is_not(None))
        .where(StoredEpisode.held != Held.OPEN.value)
        .order_by(StoredEpisode.course_no)
    )
    for patient_id, instrument, *spell in connection.execute(query):
        held.setdefault((patient_id, instrument), []).append(tuple(spell))
    return held
