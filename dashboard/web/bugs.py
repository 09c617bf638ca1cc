"""A bug is logged by its place, never by what it was about, under a number for the reader."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any
from uuid import uuid4

log = logging.getLogger("afterglow")


def keep_errors_private(error: Any) -> bool:
    """Log a script error without its text; return True: it has been dealt with."""
    report_bug(error if isinstance(error, BaseException) else None)
    return True


def report_bug(error: BaseException | None) -> str:
    """Log where a bug happened, never what it was about, under a reference for the reader."""
    reference = uuid4().hex[:8]
    frames = traceback.extract_tb(error.__traceback__) if error else []
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    log.error("bug %s: %s at %s", reference, type(error).__name__, places or "unknown place")
    return reference
