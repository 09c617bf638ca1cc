"""Audit: who read or changed what, in words; filters; whether the chains are as written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from dashboard.wording import audit as words
from data.audit_heads import keep_heads
from data.database import writing
from data.doors.events import Event, write_guess
from data.doors.links import look_at, make_token
from data.doors.refusals import DeadLink
from data.queries.audit import PAGE
from data.queries.chart import read_chart
from models.access import Purpose
from models.policy import Denied, Operation, Role
from tests.dashboard.views.people import ADA, clinician_at
from tests.dashboard.views.screens import open_screen


@pytest.fixture
def looked_at(clinic):
    """Anna has opened a chart of Denver, and tried one of Phoenix."""
    mine = clinic.register("DEN-1", name="Mara Kent")
    other = clinic.register("PHX-1", site=clinic.phoenix)
    anna = clinician_at(clinic.denver)
    read_chart(clinic.engine, anna, mine)
    with pytest.raises(Denied):
        read_chart(clinic.engine, anna, other)
    return clinic


def audit_screen():
    return open_screen("audit", person=ADA)


def test_each_line_says_who_what_and_about_whom_in_words(looked_at):
    table = audit_screen().table
    opened = table[table["What"] == "opened a chart"]
    assert sorted(opened["Outcome"]) == ["denied", "done"]
    row = opened[opened["Outcome"] == "done"].iloc[0]
    assert (row["Who"], row["Patient"], row["Site"]) == ("Anna Kent (clinician)", "DEN-1", "Denver")
    assert row["When"] == "6 Mar 2026, 11:00 MST"
    assert "Mara" not in table.to_csv()


@pytest.mark.parametrize(
    ("kind", "label", "value", "lines"),
    [
        ("text_input", words.PERSON, "Anna Kent", 2),
        ("text_input", words.PERSON, "Nobody at all", 0),
        ("text_input", words.PATIENT, "DEN-1", 2),
        ("selectbox", words.OUTCOME, "denied", 1),
        ("selectbox", words.OPERATION, Operation.READ_CHART, 2),
        ("selectbox", words.OPERATION, Event.SIGN_IN, 0),
    ],
)
def test_a_filter_narrows_the_lines(looked_at, kind, label, value, lines):
    screen = audit_screen()
    screen.field(kind, label).set_value(value)
    screen.run()
    if lines:
        assert len(screen.table) == lines
    else:
        assert [it.value for it in screen.at.info] == [words.NOTHING]


def test_a_long_audit_is_read_a_page_at_a_time(clinic):
    for number in range(PAGE + 5):
        clinic.register(f"DEN-{number}")
    screen = audit_screen()
    assert len(screen.table) == PAGE
    screen.press("Older")
    assert len(screen.table) < PAGE
    assert "Newer" in [it.label for it in screen.at.button]
    assert words.place(PAGE + 1, len(screen.table)) in screen.said
    assert words.place(1, PAGE) in screen.press("Newer").said


def test_a_sound_audit_is_called_so_with_its_size(looked_at):
    said = audit_screen().press(words.CHECK).said
    assert "lines in 3 chains, none edited, dropped or moved." in said
    assert words.kept(0, None) in said


def test_kept_heads_are_compared_with(looked_at, monkeypatch, tmp_path):
    monkeypatch.setenv("AFTERGLOW_AUDIT_HEADS", str(tmp_path / "heads.log"))
    assert keep_heads(looked_at.engine)
    assert "Compared with 3 kept heads, the newest noted on 6 Mar 2026." in (
        audit_screen().press(words.CHECK).said
    )


def test_an_edited_line_is_named(looked_at):
    tamper(looked_at.engine)
    screen = audit_screen().press(words.CHECK)
    assert screen.at.error[0].value.startswith("1 thing found")
    assert "Denver, line 2 was changed after it was written." in screen.said
    assert not screen.at.success


def test_a_line_at_midnight_stands_on_its_day(looked_at):
    screen = audit_screen()
    day = (looked_at.now - timedelta(days=1)).date()
    screen.field("date_input", words.DAYS).set_value((day, day))
    screen.run()
    assert [it.value for it in screen.at.info] == [words.NOTHING]


@pytest.mark.parametrize("code", [*Operation, *Event])
def test_every_event_has_words_of_its_own(code):
    assert code in words.EVENTS


def tamper(engine: Engine) -> None:
    """Edit a line as somebody with the database file would, past the triggers."""
    with engine.connect() as connection:
        triggers = (
            connection.execute(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                    "AND tbl_name = 'audit_lines'"
                )
            )
            .scalars()
            .all()
        )
        for name in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql(
            "UPDATE audit_lines SET person = 'Somebody else' WHERE number = 2 AND chain_id = "
            "(SELECT lower(replace(site_id, '-', '')) FROM sites WHERE name = 'Denver')"
        )
        connection.commit()


def test_a_lockout_and_a_dead_link_say_whom_they_concern(clinic):
    newt = clinic.user("newt", Role.CLINICIAN)
    with writing(clinic.engine) as connection:
        link = make_token(connection, Purpose.WELCOME, newt, made_by="test")
        make_token(connection, Purpose.WELCOME, newt, made_by="test")
    with pytest.raises(DeadLink):
        look_at(clinic.engine, link, Purpose.WELCOME, "192.0.2.9")
    with writing(clinic.engine) as connection:
        nobody = {"user": None, "client": "192.0.2.9"}
        write_guess(connection, Event.SIGN_IN, **nobody, failures=5, guessed="password")
    table = audit_screen().table.set_index("What")

    dead = table.loc["chose a password"]
    assert (dead["Who"], dead["Outcome"], dead["Address"]) == (
        "unknown",
        "did not work",
        "192.0.2.9",
    )
    assert dead["Details"] == "link used or replaced; user Newt"
    waits = table.loc["has to wait after too many tries"]
    assert (waits["Outcome"], waits["Details"]) == ("denied", "failures 5; guessed password")
