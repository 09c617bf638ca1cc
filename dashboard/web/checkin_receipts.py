"""What follows a check-in: the support card where there is reason to, and the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from dashboard.web.checkin_drawing import draw_nothing, draw_page
from dashboard.web.checkin_visits import Visit, visit_of, words_of
from dashboard.web.pages import go, guarded
from dashboard.web.small_picture import draw_points
from dashboard.wording.checkin import Words, say_day, say_time
from data.checkins.forms import LinkOver
from data.instruments import catalogue
from models.checkins.forms import Receipt

KIOSK = "kiosk"


@guarded
async def done_page(request: Request) -> Response:
    """Show the support card where there is reason to, and then the receipt."""
    visit = visit_of(request)
    try:
        receipt = await visit.receipt()
    except LinkOver:
        return draw_nothing(request, visit)
    if receipt is None:
        return go(visit.root)
    words = words_of(request, receipt.language)
    if receipt.needs_support and "seen" not in request.query_params:
        return draw_page(
            "checkin_support",
            words,
            words.support_title,
            watch=visit.watch,
            support=receipt.support,
            onward=f"{visit.done(receipt.key)}?seen=1",
        )
    return _draw_receipt(visit, receipt, words)


def _draw_receipt(visit: Visit, receipt: Receipt, words: Words) -> Response:
    mode_is_kiosk = receipt.mode == KIOSK
    return draw_page(
        "checkin_receipt",
        words,
        words.done_bare
        if receipt.is_bare
        else words.saved_at.format(time=say_time(receipt.saved_at)),
        watch=visit.watch,
        counted=""
        if receipt.is_bare
        else words.answered.format(
            answered=receipt.answered, asked=receipt.asked, day=say_day(words, receipt.saved_at)
        ),
        pictures=[_picture(code, points, words) for code, points in receipt.points.items()],
        next_due=words.next_due.format(day=say_day(words, receipt.next_due_on))
        if receipt.next_due_on
        else words.next_unknown,
        support=receipt.support,
        is_kiosk=mode_is_kiosk,
        home="" if isinstance(visit.who, str) else "/",
    )


def _picture(code: str, points: Sequence[tuple[date, float]], words: Words) -> dict[str, object]:
    instrument = catalogue()[code]
    value = points[-1][1]
    said = ", ".join(f"{total:g} ({say_day(words, day)})" for day, total in points)
    is_lower_better = instrument.direction == "lower_is_better"
    return {
        "title": instrument.title,
        "svg": draw_points(
            points,
            lowest=instrument.lowest,
            highest=instrument.highest,
            label=words.picture.format(title=instrument.title, points=said),
        ),
        "sentence": words.adds_up.format(value=f"{value:g}", highest=f"{instrument.highest:g}"),
        "direction": words.lower_is_better if is_lower_better else words.higher_is_better,
    }
