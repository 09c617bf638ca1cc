"""A browser in words, from what it says of itself; for people to recognise it, not to trust it."""

from __future__ import annotations

# In this order: each of the later ones calls itself by an earlier one's name as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser(said: str | None) -> str:
    """Return "Firefox on Windows", or that it is not known."""
    name = next((name for mark, name in _BROWSERS if mark in (said or "")), None)
    system = next((name for mark, name in _SYSTEMS if mark in (said or "")), None)
    if name is None and system is None:
        return "An unknown browser"
    return f"{name or 'A browser'} on {system}" if system else str(name)
