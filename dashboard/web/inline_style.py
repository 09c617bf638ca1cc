"""The check-in's style sheets inside its pages, and the policy that lets in these and no others.

On a slow line every further request costs half a second before anything is painted. The page says
by a hash which style it means, so nothing else may style it: no attribute, no injected element.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

ASSETS = Path(__file__).parent / "assets"
SHEETS = ("doors.css", "checkin.css")
COMMENT, BLANKS = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")


@cache
def style() -> Markup:
    """Return both sheets in one, without comments and line breaks."""
    text = "".join((ASSETS / name).read_text("utf-8") for name in SHEETS)
    return Markup(BLANKS.sub(" ", COMMENT.sub("", text)).strip())


@cache
def policy() -> str:
    """Return what a page of the check-in may load: its own style, and the script that watches."""
    digest = b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
            "script-src 'self'",
            "connect-src 'self'",
            "img-src data:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def restrict(response: Response) -> Response:
    """Add the policy to that of the whole application: a browser keeps to both."""
    response.headers["content-security-policy"] = policy()
    return response
