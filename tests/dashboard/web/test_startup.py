"""The app refuses to start on settings that leak; an error is logged by place, never by content."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest
from streamlit import config

from dashboard.web import bugs, startup
from models.errors import Refused
from tests.browser.serving import ROOT, environment_for

CANARY = "Jane Doe, PHQ-9 item 9 = 3"
SAFE = {
    **startup.REQUIRED,
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["localhost", "127.0.0.1"],
}


@pytest.fixture
def settings(monkeypatch):
    values = dict(SAFE)
    monkeypatch.setattr(config, "get_option", values.__getitem__)
    return values


def test_the_projects_own_settings_are_in_force_here():
    startup.refuse_unsafe_settings()


@pytest.mark.parametrize("name", sorted(startup.REQUIRED))
@pytest.mark.parametrize("value", [None, "full"])
def test_each_required_setting_is_required(settings, name, value):
    settings[name] = value if value is None else not settings[name]
    with pytest.raises(Refused, match=f"Refusing to start: {re.escape(name)} not as"):
        startup.refuse_unsafe_settings()


def test_every_wrong_setting_is_named_at_once(settings):
    for name in startup.REQUIRED:
        settings[name] = "wrong"
    with pytest.raises(Refused) as refusal:
        startup.refuse_unsafe_settings()
    assert all(name in str(refusal.value) for name in startup.REQUIRED)


OPEN_TO_OTHERS = ["0.0.0.0", "::", "192.168.1.5", "clinic.example", "", None]


@pytest.mark.parametrize("address", OPEN_TO_OTHERS)
@pytest.mark.parametrize(
    "public",
    [
        "",
        "http://clinic.example",
        "clinic.example",
        "https://",
        "https://clinic.example/afterglow",
        "https://evil.example@clinic.example/x",
    ],
)
def test_others_come_in_over_an_https_address_or_not_at_all(settings, monkeypatch, address, public):
    settings["server.address"] = address
    monkeypatch.setenv("AFTERGLOW_ADDRESS", public)
    with pytest.raises(Refused, match="AFTERGLOW_ADDRESS must be the https address"):
        startup.refuse_unsafe_settings()


@pytest.mark.parametrize("address", [*OPEN_TO_OTHERS, "127.0.0.1"])
def test_the_host_of_that_address_must_be_one_that_is_answered(settings, monkeypatch, address):
    settings["server.address"] = address
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://clinic.example")
    with pytest.raises(Refused, match=r"server\.allowedHosts must name clinic\.example"):
        startup.refuse_unsafe_settings()
    settings["server.allowedHosts"] = ["clinic.example"]
    startup.refuse_unsafe_settings()


@pytest.mark.parametrize("hosts", [[], None, ["*"], ["*.example", "localhost"]])
def test_hosts_are_named_in_full(settings, hosts):
    settings["server.allowedHosts"] = hosts
    with pytest.raises(Refused, match="must name each host in full"):
        startup.refuse_unsafe_settings()


def test_another_mapping_of_identities_is_refused(settings):
    settings["server.trustedUserHeaders"] = startup.IDENTITY | {"X-User": "user"}
    with pytest.raises(Refused, match=r"server\.trustedUserHeaders not as"):
        startup.refuse_unsafe_settings()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_an_address_of_this_computer_is_accepted(settings, address):
    settings["server.address"] = address
    startup.refuse_unsafe_settings()


def test_started_from_elsewhere_it_stops_and_says_from_where(tmp_path):
    command = (sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"))
    options = ("--server.headless", "true", "--server.port", "0", "--server.address", "127.0.0.1")
    done = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=environment_for(tmp_path / "never.sqlite") | {"HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Refusing to start: browser.gatherUsageStats" in said
    assert f"Start from the folder {ROOT}" in said
    assert not (tmp_path / "never.sqlite").exists()


def fail_with(text):
    raise ValueError(text)


def caught(text):
    try:
        fail_with(text)
    except ValueError as error:
        return error


def test_a_bug_is_logged_by_its_place_and_reference_never_by_its_words(caplog):
    with caplog.at_level(logging.DEBUG):
        reference = bugs.report_bug(caught(CANARY))
    [record] = caplog.records
    assert re.fullmatch(r"[0-9a-f]{8}", reference)
    said = record.getMessage()
    assert said.startswith(f"bug {reference}: ValueError at test_startup.py:")
    assert " fail_with < test_startup.py:" in said
    assert record.exc_info is None
    assert CANARY not in caplog.text


def test_two_bugs_have_two_references():
    assert bugs.report_bug(caught("a")) != bugs.report_bug(caught("a"))


def test_streamlit_is_told_that_an_error_is_dealt_with(caplog):
    assert bugs.keep_errors_private(caught(CANARY)) is True
    assert bugs.keep_errors_private("not an exception") is True
    assert CANARY not in caplog.text
    assert "unknown place" in caplog.text
