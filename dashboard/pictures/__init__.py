"""The logo and the icon."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
LOGO = (HERE / "logo.svg").read_text(encoding="utf-8")
ICON = HERE / "icon.png"
