"""Finds a Chromium for the browser tests, or installs one. `make test` runs this before pytest.

Debian's own where it is or can be had (it brings its libraries), else the one Playwright publishes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DEBIAN_CHROMIUM = Path("/usr/bin/chromium")
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install")
SORRY = (
    "The browser tests need Chromium, and it could not be installed. On Debian please run\n"
    "    sudo apt install chromium\n"
    "and elsewhere\n"
    "    .venv/bin/python -m playwright install chromium\n"
    "then run make test again."
)


def find_chromium() -> Path | None:
    """Return the browser to drive, or None where there is none yet."""
    if DEBIAN_CHROMIUM.exists():
        return DEBIAN_CHROMIUM
    with sync_playwright() as playwright:
        published = Path(playwright.chromium.executable_path)
    return published if published.exists() else None


def installers() -> list[list[str]]:
    """Return the commands that may bring a browser to this machine, in the order to try them."""
    can_install_packages = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if not can_install_packages:
        return [[*PLAYWRIGHT, "chromium"]]
    with_libraries = [*PLAYWRIGHT, "--with-deps", "chromium"]
    # Ubuntu's package of that name only points to a snap, which does not run in a container.
    if "ID=debian" not in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        return [with_libraries]
    debian = "apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium"
    return [["sh", "-c", debian], with_libraries]


def install_chromium() -> Path | None:
    """Try each installer until there is a browser; what one prints is shown only if all fail."""
    said = []
    for command in installers():
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        said.append(done.stdout + done.stderr)
        if done.returncode == 0 and (found := find_chromium()):
            return found
    sys.stderr.write("\n".join(said))
    return None


def main() -> int:
    if find_chromium():
        return 0
    print("Installing Chromium for the browser tests", flush=True)
    if install_chromium():
        return 0
    print(SORRY, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
