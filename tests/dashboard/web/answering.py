"""Fills in check-ins as a browser does: looks at a page and presses what stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from uuid import UUID

from httpx2 import Response
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import checkin_pages
from dashboard.web.middleware import MIDDLEWARE
from data.database import writing
from models.policy import Role
from models.tables import Assessment, CheckIn, User
from tests.checkins import Asked
from tests.clinic import only_row, rows_of

HERE = "http://127.0.0.1:8501"
APP = Starlette(routes=checkin_pages.ROUTES, middleware=list(MIDDLEWARE))
QUESTIONS = 10
AT_ONCE = 20
QUIET = (0, 1, 1, 0, 1, 1, 0, 1, 0, 4)
WORRYING = (*QUIET[:8], 2, 4)


def new_phone(session: str | None = None, app: Starlette = APP, here: str = HERE) -> TestClient:
    """Return a browser that has never been here, or somebody's who is signed in."""
    phone = TestClient(app, base_url=here, client=("127.0.0.1", 40000), follow_redirects=False)
    phone.headers.update({"accept": "text/html,*/*", "origin": here})
    if session is not None:
        phone.cookies.set("afterglow", session, domain="127.0.0.1", path="/")
    return phone


def sign_in(asked: Asked, patient_id: UUID | None = None) -> TestClient:
    user = asked.clinic.user("pat", Role.PATIENT)
    with writing(asked.engine) as connection:
        mine = update(User).where(User.user_id == user)
        connection.execute(mine.values(patient_id=patient_id or asked.patient_id))
    return new_phone(asked.clinic.session_of(user))


def look(phone: TestClient, address: str, status: int = 200) -> Response:
    """Open a page as a browser does, and see that nothing keeps a copy of it."""
    page = phone.get(address, follow_redirects=True)
    assert page.status_code == status, page.text
    assert page.headers["cache-control"] == "no-store"
    return page


def heading(page: Response) -> str:
    return text_of(re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.S).group(1))


def text_of(html: str) -> str:
    """Return what somebody reads, without the picture."""
    html = re.sub(r"<head>.*?</head>|<svg.*?</svg>", "", html, flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def place(page: Response) -> str:
    return re.search(r'class="place">([^<]+)', page.text).group(1)


def press(phone: TestClient, page: Response, answer: int | str, **changed: str) -> Response:
    """Press the button of an answer, as the form in the page sends it; return where it leads."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert f'name="value" value="{answer}"' in page.text
    return phone.post(unescape(action), data=hidden | {"value": str(answer)} | changed)


def answer(phone: TestClient, address: str, values: Iterable[int | str]) -> Response:
    """Answer one question after the other from the page a link opens; return the last page."""
    page = look(phone, address)
    for value in values:
        page = look(phone, press(phone, page, value).headers["location"])
    return page


def send(phone: TestClient, page: Response, **fields: str) -> Response:
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    return phone.post(unescape(action), data={"send": "1", **fields})


def complete(
    phone: TestClient, address: str, values: Iterable[int | str] = QUIET, **fields: str
) -> Response:
    """Fill in a whole form and return the page it ends on."""
    done = send(phone, answer(phone, address, values), **fields)
    assert done.status_code == 303, done.text
    return look(phone, done.headers["location"])


def recorded(asked: Asked) -> dict[str, list[int | None]]:
    rows = rows_of(asked.engine, Assessment, recorded_by="check-in")
    return {row.instrument: row.items for row in rows}


def address_of(asked: Asked, mode: str = "link") -> str:
    return f"/c/{asked.link(mode=mode).token}"


def only_key(asked: Asked) -> UUID:
    asked.form(asked.link().token)
    return only_row(asked.engine, CheckIn).checkin_id
