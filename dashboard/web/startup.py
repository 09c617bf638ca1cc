"""What happens once, before the first page: refuse unsafe settings, warm up, ready the database."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit import config

from dashboard import sitemap
from dashboard.web.addresses import LOOPBACK, is_https_address, public_address
from dashboard.web.chores import doing_chores
from dashboard.web.learning import learning
from dashboard.web.messaging import sending_messages
from dashboard.web.sockets import send_at_once
from data import setup
from data.database import configured_engine
from models.errors import Refused

# How a script learns who is acting: Streamlit reads these from what the gate sends it.
IDENTITY = {"X-Afterglow-User": "user", "X-Afterglow-Session": "session"}
# Without these Streamlit reports to its makers, shows error texts, or lets others drive the pages.
REQUIRED = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    # A folder named static, or a component, would be served without the script being run.
    "server.enableStaticServing": False,
    "server.enableCORS": True,
    "server.trustedUserHeaders": IDENTITY,
    "global.developmentMode": False,
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
    async with doing_chores(), learning(), sending_messages():
        yield {}


def refuse_unsafe_settings() -> None:
    """Raise Refused if the project's .streamlit/config.toml is not in force."""
    wrong = [name for name, wanted in REQUIRED.items() if config.get_option(name) != wanted]
    if wrong:
        raise Refused(
            f"Refusing to start: {', '.join(wrong)} not as .streamlit/config.toml sets them. "
            f"Start from the folder {Path(__file__).resolve().parents[2]}."
        )
    hosts = config.get_option("server.allowedHosts") or ["*"]
    if any("*" in host for host in hosts):
        raise Refused("Refusing to start: server.allowedHosts must name each host in full.")
    if public_address() or config.get_option("server.address") not in LOOPBACK:
        _require_public_address(hosts)


def _require_public_address(hosts: list[str]) -> None:
    """Others reach this computer: they need TLS, and a name that is ours alone."""
    address = public_address()
    if not is_https_address(address):
        raise Refused(
            "Refusing to start: where others may come in, AFTERGLOW_ADDRESS must be the https "
            "address they use. For this computer only, leave it empty and set server.address to "
            "127.0.0.1."
        )
    host = urlsplit(address).hostname
    if host not in hosts:
        raise Refused(
            f"Refusing to start: server.allowedHosts must name {host}, the host of "
            "AFTERGLOW_ADDRESS."
        )
