"""A back-test as plain values and back, so that a page can read it without working it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from models.outcomes.backtest.judging import BackTest, Bin, Method, Windows
from models.outcomes.backtest.prompting import PromptRecord
from models.outcomes.backtest.shares import Estimate, Share


def to_plain(found: BackTest) -> dict[str, Any]:
    """Return what JSON can hold, to the last digit."""
    days = {name: day and day.isoformat() for name, day in _days(found).items()}
    return {**asdict(found), **days}


def from_plain(stored: Mapping[str, Any]) -> BackTest:
    return BackTest(
        **{
            **stored,
            **{name: _day(stored[name]) for name in ("first", "last")},
            "base": _share(stored["base"]),
            **{
                name: _method(stored[name])
                for name in ("outlook", "population", "outlook_own", "last_own")
            },
            **{name: _estimate(stored[name]) for name in ("brier_gain", "auc_gain")},
            "calibration": tuple(
                Bin(one["said"], Share(**one["lost"])) for one in stored["calibration"]
            ),
            "windows": stored["windows"]
            and Windows(**{name: Share(**one) for name, one in stored["windows"].items()}),
            "prompts": tuple(map(_record, stored["prompts"])),
        }
    )


def _days(found: BackTest) -> dict[str, date | None]:
    return {"first": found.first, "last": found.last}


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _share(stored: Mapping[str, Any] | None) -> Share | None:
    return Share(**stored) if stored else None


def _estimate(stored: Mapping[str, Any] | None) -> Estimate | None:
    return Estimate(**stored) if stored else None


def _method(stored: Mapping[str, Any] | None) -> Method | None:
    if not stored:
        return None
    return Method(stored["said"], Estimate(**stored["brier"]), _estimate(stored["auc"]))


def _record(stored: Mapping[str, Any]) -> PromptRecord:
    shares = {name: _share(stored[name]) for name in ("precision", "recall")}
    return PromptRecord(**{**stored, **shares})
