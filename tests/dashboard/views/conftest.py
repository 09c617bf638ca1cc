"""The pages on a database of their own: empty, a small clinic, or the pretend group.

SQLite only: what PostgreSQL does differently lies under data/, and is tested there on both.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine

from data import clock, demo
from data.database import configured_engine, connect
from models.policy import OPERATOR
from tests.clinic import Clinic, found_clinic
from tests.conftest import sqlite_url


@pytest.fixture(autouse=True)
def _no_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each page the search of all installed packages for components; we have none."""
    monkeypatch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def empty(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    yield from _configured(migrated_url, monkeypatch)


@pytest.fixture
def clinic(empty: Engine, two_sites: None, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Denver and Phoenix without patients, on a day that stands still."""
    clinic = found_clinic(empty)
    monkeypatch.setattr(clock, "now", lambda: clinic.now)
    return clinic


@pytest.fixture
def group(
    group_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The pretend group, 120 patients, as of today."""
    copy = shutil.copyfile(group_template, tmp_path / "group.sqlite3")
    yield from _configured(sqlite_url(copy), monkeypatch)


@pytest.fixture(scope="session")
def group_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("group") / "template.sqlite3"
    shutil.copyfile(sqlite_template, template)
    engine = connect(sqlite_url(template))
    demo.create(engine, OPERATOR, seed=7, patients=120)
    engine.dispose()
    return template


def _configured(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("DATABASE_URL", url)
    _forget()
    engine = configured_engine()
    yield engine
    engine.dispose()
    _forget()


def _forget() -> None:
    """Drop what outlives a page: it is shared by all visitors of a process, so by all tests."""
    configured_engine.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
