"""What follows a check-in: the support card where there is reason to, and the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.addresses import is_encrypted
from dashboard.web.checkin_drawing import draw_nothing, draw_page, framed
from dashboard.web.checkin_visits import CODE, Visit, root_of, visit_of, words_of
from dashboard.web.pages import go
from dashboard.web.small_picture import draw_points
from dashboard.wording.checkin import EN, Words, name_instrument, say_day, say_time
from data.checkins.forms import LinkOver
from data.instruments import catalogue
from models.checkins.crisis_lines import read_line
from models.checkins.forms import Receipt

KIOSK = "kiosk"
LEFT = "afterglow_left"
AN_HOUR = 3600  # longer than anything stands on a link's receipt


@framed
async def done_page(request: Request) -> Response:
    """Show the support card where there is reason to, and then the receipt."""
    visit = visit_of(request)
    try:
        receipt = await visit.receipt()
    except LinkOver:
        return draw_nothing(request, visit)
    if receipt is None:
        return go(visit.form_at(visit.key or ""))
    if receipt.mode == KIOSK and LEFT in request.cookies:
        receipt = replace(receipt, is_bare=True, points={}, needs_support=False)
    words = words_of(request, receipt.language)
    if receipt.needs_support and "seen" not in request.query_params:
        return _draw_support(request, visit, receipt, words)
    return _draw_receipt(request, visit, receipt, words)


async def leave_page(request: Request) -> Response:
    """Lead the tablet on to the next person, for whom "back" shows nothing of this one."""
    response = go(CODE)
    response.set_cookie(
        LEFT,
        "1",
        max_age=AN_HOUR,
        path=quote(root_of(request)),
        secure=is_encrypted(request.scope),
        httponly=True,
        samesite="lax",
    )
    return response


def _draw_support(request: Request, visit: Visit, receipt: Receipt, words: Words) -> Response:
    support = receipt.support
    return draw_page(
        request,
        "checkin_support",
        words,
        words.support_title,
        watch=visit.watch,
        body=support.body if support.is_own else words.crisis,
        # A site writes its text in one language; nobody should have to read that one now.
        also=words.crisis if support.is_own and words is not EN else "",
        phone=support.phone,
        line=read_line(support.phone),
        onward=f"{visit.done(receipt.key)}?seen=1",
    )


def _draw_receipt(request: Request, visit: Visit, receipt: Receipt, words: Words) -> Response:
    saved = words.saved_at.format(time=say_time(receipt.saved_at))
    return draw_page(
        request,
        "checkin_receipt",
        words,
        words.done_bare if receipt.is_bare else saved,
        watch=visit.watch,
        counted="" if receipt.is_bare else _count(receipt, words),
        pictures=[_picture(code, points, words) for code, points in receipt.points.items()],
        next_due=words.next_due.format(day=say_day(words, receipt.next_due_on))
        if receipt.next_due_on
        else words.next_unknown,
        phone=receipt.support.phone,
        line=read_line(receipt.support.phone if receipt.needs_support else None),
        leave=f"{visit.root}/over" if receipt.mode == KIOSK else "",
        home="" if isinstance(visit.who, str) else "/",
    )


def _count(receipt: Receipt, words: Words) -> str:
    return words.answered.format(
        answered=receipt.answered, asked=receipt.asked, day=say_day(words, receipt.saved_at)
    )


def _picture(code: str, points: Sequence[tuple[date, float]], words: Words) -> dict[str, object]:
    instrument = catalogue()[code]
    title = name_instrument(words, instrument)
    value = points[-1][1]
    said = ", ".join(f"{total:g} ({say_day(words, day)})" for day, total in points)
    is_lower_better = instrument.direction == "lower_is_better"
    adds_up = words.one_answer if instrument.items_count == 1 else words.adds_up
    return {
        "title": title,
        "svg": draw_points(
            points,
            lowest=instrument.lowest,
            highest=instrument.highest,
            label=words.picture.format(title=title, points=said),
        ),
        "sentence": adds_up.format(value=f"{value:g}", highest=f"{instrument.highest:g}"),
        "direction": words.lower_is_better if is_lower_better else words.higher_is_better,
    }
