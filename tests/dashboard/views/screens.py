"""Opens a page of the dashboard as a visitor would, without a browser, and reads what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import sitemap
from dashboard.web import presences
from data.doors.sessions import Presence
from models.access import Stage
from models.policy import Person, Role

MAIN = Path(__file__).resolve().parents[3] / "dashboard" / "main.py"
PLAIN = ("title", "subheader", "text", "info", "warning", "error", "success", "markdown")
TAG = re.compile(r"<[^>]+>")
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
# Whoever opens a screen unless a test says who: may see and do all that staff may anywhere.
EVERYONE = Person(
    "Robin Local",
    frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}),
    sites=None,
    user_id=UUID(int=1),
    is_confirmed=True,
)


@dataclass
class Screen:
    """One visitor's window: `at` is Streamlit's own test driver, for pressing and filling in."""

    at: AppTest

    @property
    def said(self) -> str:
        """Everything a person can read on the page, tables included, without its markup."""
        plain = [str(it.value) for kind in PLAIN for it in getattr(self.at, kind)]
        drawn = [unescape(TAG.sub(" ", STYLE.sub("", body))) for body in self.html]
        tables = [table.value.to_csv(index=False) for table in self.at.dataframe]
        return "\n".join([*plain, *drawn, *tables, *(link.label for link in self.links)])

    @property
    def html(self) -> list[str]:
        return [block.proto.body for block in self.at.get("html")]

    @property
    def links(self) -> list[Any]:
        return [link.proto for link in self.at.get("page_link")]

    @property
    def table(self) -> pd.DataFrame:
        """The one table of the page: Streamlit's, or else one of text."""
        tables = [table.value for table in self.at.dataframe]
        [table] = tables or [read_table(it) for it in self.html if it.startswith("<table")]
        return table

    @property
    def place(self) -> str:
        """Which page the visitor has ended on."""
        here = self.at._finished_page_script_hash
        [name] = [it.name for it in sitemap.ENTRIES if calc_hash(it.name) == here]
        return name

    def address(self, name: str) -> str | None:
        value = self.at.query_params.get(name)
        return value[0] if isinstance(value, list) else value

    def choose_row(self, key: str, row: int) -> Screen:
        self.at.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
        return self.run()

    def open_tab(self, key: str, label: str) -> Screen:
        self.at.session_state[key] = label
        return self.run()

    def press(self, label: str) -> Screen:
        [button] = [it for it in self.at.button if seen_of(it.label) == label]
        button.click()
        return self.run()

    @property
    def buttons(self) -> list[str]:
        """What is seen of each button's label."""
        return [seen_of(button.label) for button in self.at.button]

    def field(self, kind: str, label: str) -> Any:
        """Return the one widget of this kind whose label begins so."""
        [found] = [it for it in getattr(self.at, kind) if it.label.startswith(label)]
        return found

    def run(self) -> Screen:
        self.at.run()
        assert not self.at.exception, [it.message for it in self.at.exception]
        return self


def read_table(body: str) -> pd.DataFrame:
    """Return a table of text as a frame of what its cells say."""
    head, *rows = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("<tr>")[1:])
    cells = [[unescape(cell) for cell in row] for row in rows]
    return pd.DataFrame(cells, columns=[unescape(label) for label in head])


def seen_of(label: str) -> str:
    """Return a label without what is only heard of it."""
    return label.split(" :small[")[0]


def open_screen(name: str, *, person: Person = EVERYONE, **query: Any) -> Screen:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at._page_hash = calc_hash(name)  # AppTest.switch_page knows only pages that are files
    at.query_params.update({key: str(value) for key, value in query.items()})
    at.user = enter(person)
    return Screen(at).run()


SESSION = UUID(int=2)


def enter(person: Person, session_id: UUID = SESSION) -> dict[str, str]:
    """Let somebody in as the gate would; return what it tells the script."""
    user_id = person.user_id or UUID(int=3)
    for_ever = datetime.max.replace(tzinfo=UTC)
    presences.keep(
        Presence(
            session_id,
            user_id,
            Stage.OPEN,
            person,
            person.name,
            for_ever,
            for_ever,
            has_password=True,
            has_second_factor=True,
        )
    )
    return {"user": str(user_id), "session": str(session_id)}
