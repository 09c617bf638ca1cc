"""What happens once, before the first page: refuse unsafe settings, warm up, ready the database."""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from streamlit import config

from dashboard import sitemap
from dashboard.web.sockets import send_at_once
from data import setup
from data.database import configured_engine
from models.errors import Refused

log = logging.getLogger("afterglow")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Without these Streamlit reports to its makers, shows error texts, or lets others drive the pages.
REQUIRED = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
}


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Check the settings, ready the database, and keep warm modules out of the collector."""
    refuse_unsafe_settings()
    setup.ready(configured_engine())
    sitemap.import_views()
    send_at_once()
    gc.collect()
    # Collecting after every script run was most of Streamlit's cost; frozen objects are skipped.
    gc.freeze()
    yield {}


def refuse_unsafe_settings() -> None:
    """Raise Refused if the project's .streamlit/config.toml is not in force."""
    wrong = [name for name, wanted in REQUIRED.items() if config.get_option(name) != wanted]
    if wrong:
        raise Refused(
            f"Refusing to start: {', '.join(wrong)} not as .streamlit/config.toml sets them. "
            f"Start from the folder {Path(__file__).resolve().parents[2]}."
        )
    if config.get_option("server.address") not in LOOPBACK:
        raise Refused(
            "Refusing to start: there is no sign-in yet, so the app serves this computer only. "
            "Set server.address to 127.0.0.1."
        )


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
