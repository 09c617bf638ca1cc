"""The daily digest: counts by tag on weekdays at the clinic's hour, once, naming nobody."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from data.actions.prompt_reviews import mark_seen
from data.actions.site_contacts import set_digest, set_site_contact
from data.commands.remind import remind as remind_command
from data.messages.digests import plan_digests, reader_of
from data.messages.mail import MailSender
from data.messages.outbox import MAIL
from data.messages.rounds import do_round
from data.messages.settings import MailSettings
from data.messages.templates import TAGS, Digest, say_digest
from data.messages.worker import NOT_NEEDED, send_due
from data.queries.morning import read_morning
from data.queries.site_contacts import read_site_contact
from models.errors import Conflict, Refused
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt
from models.policy import OPERATOR, Denied, Operation, Person, Relation, Role, require
from models.tables import OutgoingMessage
from tests.clinic import LOST, audit_of, only_row, rows_of
from tests.data.messages.conftest import at
from tests.histories import on
from tests.sinks import mail_sink

# Day 30 of the records is Wednesday 4 February.
MORNING = "2026-02-04 07:00"


def contact(clinic, hour=7, *, mail="desk@example.org", site=None, seen=0):
    site_id = site or clinic.denver
    written = set_site_contact(
        clinic.engine, OPERATOR, site_id=site_id, seen_revision=seen, flag_mail=mail, rules=()
    )
    return set_digest(clinic.engine, OPERATOR, site_id=site_id, seen_revision=written, hour=hour)


@pytest.fixture
def listed(clinic):
    """One lost, one lost and put aside, one with a flag, and one of another site."""
    clinic.set_day(30)
    clinic.register("DEN-1", name="Mara Kent", records=LOST)
    clinic.register("DEN-2", name="Otto Lind", records=LOST)
    flagged = clinic.register("DEN-3", name="Zed Yonder")
    clinic.score(flagged, Moment(on(29)), 12, safety_answer=2)
    clinic.register("PHX-1", name="Pia Nou", site=clinic.phoenix, records=LOST)
    [row] = [it for it in look(clinic).rows if it.code == "DEN-2"]
    mark_seen(
        clinic.engine,
        clinic.anna,
        patient_id=row.patient_id,
        seen_review=None,
        prompts=row.reasons,
        evidence=row.evidence,
        reason="Booked",
    )
    return clinic


def look(clinic):
    return read_morning(clinic.engine, OPERATOR, today=on(30))


def digests(clinic):
    return [row for row in rows_of(clinic.engine, OutgoingMessage) if row.kind == "digest"]


def test_the_mail_says_the_site_the_counts_and_a_link_and_names_nobody(listed):
    contact(listed)
    listed.now = at(MORNING)
    with mail_sink() as sink:
        sender = MailSender(MailSettings("127.0.0.1", sink.port, "afterglow@example.org"))
        for _ in range(3):
            do_round(listed.engine, {MAIL: sender})

    [mail] = sink.mails
    assert sink.recipients == ["desk@example.org"]
    assert mail["Subject"] == "Today at Denver"
    assert mail.get_content().replace("\r", "") == (
        "Today's list of Denver has 2 people.\n\nSafety: 1\nLost: 1\nPut aside: 1\n\n"
        "http://127.0.0.1:8501/today\n\n"
        "The link opens after signing in. This mail names nobody and was sent by itself; Sites "
        "says who gets it and when.\n"
    )
    whole = mail.as_string() + repr(tuple(only_row(listed.engine, OutgoingMessage, kind="digest")))
    for said in ("Mara", "Kent", "M.K.", "Otto", "Zed", "DEN-", "PHX", "PHQ", "ketamine", "Pia"):
        assert said not in whole


@pytest.mark.parametrize(
    ("when", "is_due"),
    [
        ("2026-02-04 06:59", False),
        ("2026-02-04 07:00", True),
        ("2026-02-04 23:59", True),
        ("2026-02-06 07:00", True),
        ("2026-02-07 07:00", False),
        ("2026-02-08 12:00", False),
        ("2026-02-09 07:00", True),
    ],
)
def test_it_is_due_on_weekdays_from_the_hour_by_the_sites_own_clock(clinic, when, is_due):
    contact(clinic)

    assert plan_digests(clinic.engine, now=at(when)) == is_due
    assert plan_digests(clinic.engine, now=at(when)) == 0


def test_each_site_has_its_own_hour_and_clock(clinic):
    contact(clinic, 7)
    contact(clinic, 7, site=clinic.phoenix, mail="desk@phoenix.example")

    # In summer seven o'clock in Denver is six in Phoenix.
    assert plan_digests(clinic.engine, now=at("2026-07-01 07:00")) == 1
    assert plan_digests(clinic.engine, now=at("2026-07-01 07:00", "America/Phoenix")) == 1
    assert [row.content["site_id"] for row in digests(clinic)] == [
        str(clinic.denver),
        str(clinic.phoenix),
    ]


def test_it_is_off_until_somebody_switches_it_on_and_once_it_is_switched_off(clinic):
    set_site_contact(
        clinic.engine,
        OPERATOR,
        site_id=clinic.denver,
        seen_revision=0,
        flag_mail="desk@example.org",
        rules=(),
    )
    assert plan_digests(clinic.engine, now=at(MORNING)) == 0
    here = {"site_id": clinic.denver}
    set_digest(clinic.engine, OPERATOR, **here, seen_revision=1, hour=7)
    set_digest(clinic.engine, OPERATOR, **here, seen_revision=2, hour=None)
    assert plan_digests(clinic.engine, now=at(MORNING)) == 0


@pytest.mark.parametrize("change", ["off", "another address", "the day is over"])
def test_what_has_lost_its_point_before_it_was_sent_is_dropped(clinic, kept, change):
    seen = contact(clinic)
    plan_digests(clinic.engine, now=at(MORNING))
    later = at(MORNING)
    if change == "off":
        set_digest(clinic.engine, OPERATOR, site_id=clinic.denver, seen_revision=seen, hour=None)
    elif change == "another address":
        set_site_contact(
            clinic.engine,
            OPERATOR,
            site_id=clinic.denver,
            seen_revision=seen,
            flag_mail="new@example.org",
            rules=(),
        )
    else:
        later += timedelta(days=1)

    send_due(clinic.engine, now=later, senders={MAIL: kept})

    assert kept.messages == []
    assert [row.trouble for row in digests(clinic)] == [NOT_NEEDED]


def test_the_counts_are_those_at_the_moment_it_is_sent(listed, kept):
    contact(listed)
    plan_digests(listed.engine, now=at(MORNING))
    listed.register("DEN-9", records=LOST)
    listed.now = at(MORNING)

    send_due(listed.engine, senders={MAIL: kept})

    assert "Lost: 2\n" in kept.messages[0].body


def test_it_reads_one_sites_list_as_a_clinician_there_would_and_may_do_nothing_else(listed):
    reader, here = reader_of(listed.denver), frozenset({listed.denver})
    anna = Person("Anna", frozenset({Role.CLINICIAN}), here)
    assert reader.sites == here
    allowed = [each for each in Operation if reader.may_somewhere(each)]
    assert allowed == [Operation.LIST_PATIENTS]
    for operation, relation in itertools.product(Operation, Relation):
        assert anna.may(operation, relation) or not reader.may(operation, relation)
    seen = [read_morning(listed.engine, one, today=on(30)).rows for one in (reader, anna)]
    assert seen[0] == seen[1]
    assert {row.site for row in seen[0]} == {"Denver"}
    for missing in (listed.phoenix, None):
        with pytest.raises(Denied):
            require(reader, Operation.LIST_PATIENTS, site_id=missing)


def test_of_another_site_it_finds_nobody_whatever_it_asks_for(listed):
    elsewhere = read_morning(
        listed.engine, reader_of(listed.phoenix), today=on(30), site_id=listed.denver
    )
    assert (elsewhere.rows, elsewhere.aside) == ((), ())


def test_somebody_is_told_of_it_in_the_audit(listed, kept):
    contact(listed)
    listed.now = at(MORNING)
    do_round(listed.engine, {MAIL: kept})

    looks = {
        (line.person, line.role)
        for line in audit_of(listed.engine)
        if line.operation == Operation.LIST_PATIENTS
    }
    assert ("daily digest", "digest") in looks


def test_a_new_address_keeps_the_digest_and_no_address_ends_it(clinic):
    seen = contact(clinic, 8)
    for mail, hour in (("new@example.org", 8), (None, None)):
        seen = set_site_contact(
            clinic.engine,
            OPERATOR,
            site_id=clinic.denver,
            seen_revision=seen,
            flag_mail=mail,
            rules=(),
        )
        assert read_site_contact(clinic.engine, OPERATOR, clinic.denver).digest_hour == hour


def test_it_needs_an_address_an_hour_and_somebody_who_may(clinic):
    here = {"site_id": clinic.denver, "seen_revision": 0}
    with pytest.raises(Refused, match="address for flags first"):
        set_digest(clinic.engine, OPERATOR, **here, hour=7)
    seen = contact(clinic)
    here["seen_revision"] = seen
    for hour in (-1, 24):
        with pytest.raises(Refused, match="from 0 to 23"):
            set_digest(clinic.engine, OPERATOR, **here, hour=hour)
    with pytest.raises(Refused, match="already"):
        set_digest(clinic.engine, OPERATOR, **here, hour=7)
    manager = Person("Max", frozenset({Role.SITE_MANAGER}), frozenset({clinic.denver}))
    for person in (clinic.anna, Person("Eve", frozenset({Role.GROUP_MANAGER}), sites=None)):
        with pytest.raises(Denied):
            set_digest(clinic.engine, person, **here, hour=8)
    assert set_digest(clinic.engine, manager, **here, hour=8) == seen + 1
    with pytest.raises(Conflict, match="by Max"):
        set_digest(clinic.engine, OPERATOR, **here, hour=9)


def test_an_empty_list_says_so_and_every_kind_has_its_tag():
    words = say_digest(Digest("Denver", {}, 0), link="x")
    assert words.body.startswith("Nobody is on today's list of Denver.\n\nx\n")
    assert set(TAGS) == set(Prompt)
    counts = dict.fromkeys(Prompt, 30)
    many = say_digest(Digest("Denver", counts, 4, is_cut=True, has_outlooks=False), link="x")
    assert many.body.startswith(
        "Today's list of Denver has at least 270 people.\n\nSafety: 60\nLost: 30\n"
        "Possible loss: 30\nWearing off: 90\nSilent: 30\nMissed: 30\nPut aside: 4\n"
        "Outlooks of so many are not worked out, and not counted.\n"
    )


def test_the_command_sends_it(listed, monkeypatch, capsys):
    contact(listed)
    listed.now = at(MORNING)
    monkeypatch.setattr("data.commands.remind.configured_engine", lambda: listed.engine)
    monkeypatch.setattr("data.setup.ready", lambda _: None)
    with mail_sink() as sink:
        monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("AFTERGLOW_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("AFTERGLOW_SMTP_FROM", "afterglow@example.org")
        remind_command()

    assert [mail["Subject"] for mail in sink.mails] == ["Today at Denver"]
    assert capsys.readouterr().out.startswith("1 new; 1 sent,")
