"""Who fills in a check-in and where: with a link, with the tablet's code, or signed in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from dashboard.web.gate import presence_of
from dashboard.web.pages import client_of
from dashboard.web.watch import script_tag
from dashboard.wording.checkin import LANGUAGES, Words
from data.checkins import forms
from data.database import configured_engine
from models.checkins.forms import OpenForm, Receipt
from models.policy import Person

LANGUAGE_COOKIE = "afterglow_language"
CODE, OWN = "/c", "/check-in"


@dataclass(frozen=True)
class Visit:
    """One form being filled in. `root` is its address, `key` its name for whoever is signed in."""

    who: str | Person
    root: str
    client: str | None
    key: str | None = None
    wants_extra: bool = False
    watch: str = ""

    async def open(self) -> OpenForm | Receipt | None:
        if isinstance(self.who, str):
            return await run_in_threadpool(
                forms.open_link, configured_engine(), self.who, client=self.client
            )
        return await run_in_threadpool(
            forms.open_own,
            configured_engine(),
            self.who,
            key=self.key,
            extra=self.wants_extra,
        )

    async def save(self, question: str, value: int | None) -> None:
        await run_in_threadpool(
            forms.save_answer,
            configured_engine(),
            self.who,
            question=question,
            value=value,
            key=self.key,
            client=self.client,
        )

    async def keep(self, chips: list[str], note: str) -> None:
        await run_in_threadpool(
            forms.save_extras,
            configured_engine(),
            self.who,
            chips=chips,
            note=note,
            key=self.key,
            client=self.client,
        )

    async def send(self) -> Receipt:
        return await run_in_threadpool(
            forms.submit, configured_engine(), self.who, key=self.key, client=self.client
        )

    async def receipt(self) -> Receipt | None:
        return await run_in_threadpool(
            forms.read_receipt,
            configured_engine(),
            self.who,
            key=self.key,
            client=self.client,
        )

    def at(self, key: str, position: int) -> str:
        """Return the address of one question, or of what comes after the last."""
        return f"{self.form_at(key)}?q={position}"

    def form_at(self, key: str) -> str:
        """Return the address of one form, wherever midnight has passed since it was opened."""
        return self.root if isinstance(self.who, str) else f"{self.root}/{key}"

    def done(self, key: str) -> str:
        return f"{self.form_at(key)}/done"


def visit_of(request: Request) -> Visit:
    """Return the visit an address stands for. Signed in, `key` is in the address."""
    client = client_of(request)
    token = request.path_params.get("token")
    if token is not None:
        return Visit(token, root_of(request), client)
    presence = presence_of(request)
    return Visit(
        presence.person,
        root_of(request),
        client,
        request.path_params.get("key"),
        wants_extra=request.query_params.get("extra") == "1",
        watch=script_tag(presence),
    )


def root_of(request: Request) -> str:
    """Return the address a form begins at; on the page that asks for a code, that page's."""
    token = request.path_params.get("token")
    if token is not None:
        return f"{CODE}/{token}"
    return OWN if request.url.path.startswith(OWN) else CODE


def words_of(request: Request, language: str | None = None) -> Words:
    """Return the language somebody chose here, else the one of their form, else the browser's."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    browsers = request.headers.get("accept-language", "")[:2].lower()
    wanted = [LANGUAGES[name] for name in (chosen, language, browsers) if name in LANGUAGES]
    return wanted[0] if wanted else LANGUAGES["en"]
