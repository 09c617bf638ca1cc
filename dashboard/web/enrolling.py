"""The pages that set up an authenticator: the square code, and the recovery codes shown once."""

from __future__ import annotations

import io
from collections.abc import Mapping

import segno
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.arriving import leave_before
from dashboard.web.cookies import set_cookie
from dashboard.web.gate import presence_of
from dashboard.web.pages import draw
from dashboard.web.watch import script_tag
from dashboard.wording import doors as words
from data.database import configured_engine
from data.doors.openings import SignedIn
from data.doors.refusals import TryLater, WrongCode
from data.doors.second_factor import begin_enrolment, finish_enrolment, resume_enrolment
from data.doors.sessions import Presence
from models.access import Stage
from models.errors import AfterglowError, Unavailable

GROUP = 4  # letters of the key between two spaces


async def draw_enrolment(
    presence: Presence,
    action: str,
    sealed: str | None = None,
    error: AfterglowError | str | None = None,
    leave: str | None = None,
) -> Response:
    """Draw the square code; after a wrong code the same one, which has been scanned already."""
    try:
        enrolment = resume_enrolment(presence, sealed) if sealed else None
    except Unavailable:
        enrolment, error = None, words.CANNOT_REOPEN
    if enrolment is None:
        enrolment = await run_in_threadpool(begin_enrolment, configured_engine(), presence)
    key = enrolment.secret
    return draw(
        "enrol",
        title=words.ENROL_TITLE,
        error=error,
        action=action,
        qr=draw_square(enrolment.uri),
        key=" ".join(key[at : at + GROUP] for at in range(0, len(key), GROUP)),
        sealed=enrolment.sealed,
        leave=leave,
        # Half signed in there is nothing to watch: nothing is open yet, and it ends by itself.
        watch=script_tag(presence) if presence.stage is Stage.OPEN else "",
    )


async def take_up(
    presence: Presence, form: Mapping[str, str]
) -> tuple[SignedIn, list[str]] | AfterglowError:
    """Return the session anew with its recovery codes, or why the code was not taken."""
    sealed, code = form.get("sealed", ""), form.get("code", "")
    try:
        resume_enrolment(presence, sealed)
    except Unavailable:
        return AfterglowError(words.CANNOT_REOPEN)
    try:
        return await run_in_threadpool(
            finish_enrolment, configured_engine(), presence, sealed, code
        )
    except (WrongCode, TryLater) as error:
        return error


async def draw_codes(
    request: Request, signed_in: SignedIn | None, codes: list[str], *, onward: str
) -> Response:
    watch = script_tag(presence_of(request))
    response = draw("codes", title=words.CODES_TITLE, codes=codes, onward=onward, watch=watch)
    if signed_in is not None:
        await leave_before(request, signed_in)
        set_cookie(response, request.scope, signed_in.token)
    return response


def draw_square(uri: str) -> Markup:
    """Return a QR code as SVG, drawn here: no picture of a secret is ever stored or fetched."""
    drawing = io.BytesIO()
    segno.make(uri, micro=False).save(
        drawing,
        kind="svg",
        xmldecl=False,
        svgns=False,
        border=2,
        omitsize=True,
        title=words.QR,
        dark="#000",
        light="#fff",
    )
    # What goes in is our own address of the secret; segno writes paths, and the title escaped.
    text = drawing.getvalue().decode()
    return Markup(text.replace("<svg", '<svg role="img"', 1))
