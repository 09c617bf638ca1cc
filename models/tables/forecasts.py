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


class StoredBackTest(Base):
    """How what was said on past days came out, one row an instrument: the newest.

    Kept when the rules change, and read with the revision it was made under, so that a page can
    say that it is of before. `version` names the model and the way of testing it.
    """

    __tablename__ = "forecast_back_tests"

    instrument: Mapped[short] = mapped_column(primary_key=True)
    version: Mapped[short]
    data_hash: Mapped[short]
    policy_revision: Mapped[int]
    made_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class ForecastRun(Base):
    """Who works out models or back-tests now, and up to when records have been seen.

    `held_until`: somebody is at it, unless they ended without a word before then. `seen_to`: when
    the last one to finish had begun.
    """

    __tablename__ = "forecast_runs"

    task: Mapped[short] = mapped_column(primary_key=True)
    held_until: Mapped[datetime | None]
    seen_to: Mapped[datetime | None]
