"""Whether a page shuts anyone out: what axe finds of WCAG 2.1 A and AA."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Nothing is excluded: neither a rule nor a part of a page. The dark scheme has other colours, and
# is the same page in all else.
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
RULES = {"light": WCAG, "dark": COLOURS}


def violations(page: Page, scheme: str = "light") -> list[str]:
    found = Axe().run(page, options=RULES[scheme]).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in found
        for node in rule["nodes"]
    ]
