"""What was learnt of how long responses hold, kept for the pages that read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, short


class StoredFit(Base):
    """The model fitted for one instrument; no `body` where there were too few losses to fit one.

    `data_hash` is of the responses it was fitted to, `policy_revision` of the rules that made them
    responses. A model of another version, or of other rules, is not read.
    """

    __tablename__ = "forecast_fits"

    instrument: Mapped[short] = mapped_column(primary_key=True)
    version: Mapped[int]
    data_hash: Mapped[short]
    policy_revision: Mapped[int]
    patients: Mapped[int]
    responses: Mapped[int]
    losses: Mapped[int]
    body: Mapped[dict[str, Any] | None]
    fitted_at: Mapped[datetime]
