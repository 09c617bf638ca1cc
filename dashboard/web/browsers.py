"""The name of a browser, in words its owner would use for it."""

from __future__ import annotations

# The first that is found: browsers also claim to be those further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def name_browser(user_agent: str | None) -> str:
    """Return such as "Firefox on Windows"; empty for what is neither known."""
    said = user_agent or ""
    parts = (
        next((name for mark, name in known if mark in said), None) for known in (BROWSERS, SYSTEMS)
    )
    return " on ".join(part for part in parts if part)
