"""The clinic's mail about a flag, its own rules, and what no message may ever say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.actions.emergencies import open_emergency
from data.actions.flags import close_flag
from data.actions.site_contacts import set_site_contact
from data.doors import sealing
from data.importers import import_files
from data.messages.outbox import MAIL
from data.messages.reminders import plan_reminders
from data.messages.senders import NotSent
from data.messages.templates import (
    initials_of,
    say_emergency,
    say_flag,
    say_flags,
    say_reminder,
    say_text,
)
from data.messages.worker import send_due
from data.queries.flags import read_open_flags
from data.queries.site_contacts import read_site_contact
from models.errors import Conflict, DefinitionError, Refused
from models.flags import FlagRule
from models.outcomes.history import Moment
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import Flag, OutgoingMessage, SiteContact
from tests.clinic import audit_of, only_row, rows_of
from tests.data.messages.conftest import remind
from tests.histories import on

# A mail in somebody else's inbox must not tell what kind of clinic this is, nor how anybody is.
NEVER_SAID = (
    "ketamine", "ketamina", "spravato", "infusion", "infusión", "depress", "depres", "phq",
    "suicid", "mental", "psych", "psiq", "therapy", "terapia", "clinic", "clínica", "score",
    "puntu", "item 9", "safety", "treatment", "tratamiento", "denver", "mara", "kent", "p-1",
)  # fmt: skip


def contact(clinic, flag_mail="desk@example.org", rules=(), *, seen=0, person=OPERATOR):
    return set_site_contact(
        clinic.engine,
        person,
        site_id=clinic.denver,
        seen_revision=seen,
        flag_mail=flag_mail,
        rules=rules,
    )


def worry(clinic, patient, answer=2, day=59):
    return clinic.score(patient, Moment(on(day)), 12, safety_answer=answer)


def test_a_flag_is_mailed_to_the_clinic_with_initials_and_a_link_only(clinic, kept):
    contact(clinic)
    patient = clinic.register("P-1", name="Mara Kent")
    worry(clinic, patient)
    send_due(clinic.engine, senders={MAIL: kept})
    send_due(clinic.engine, senders={MAIL: kept})

    [mail] = kept.messages
    assert (mail.to, mail.subject) == ("desk@example.org", "M.K. needs a look")
    assert f"http://127.0.0.1:8501/patient?id={patient}" in mail.body
    stored = repr(tuple(only_row(clinic.engine, OutgoingMessage)))
    assert not [word for word in ("Mara", "Kent", "desk@", "PHQ") if word in stored]


def test_a_site_is_told_that_one_of_its_charts_was_opened_in_an_emergency(clinic, kept):
    contact(clinic)
    patient = clinic.register("P-1", name="Mara Kent")
    user_id = clinic.user("pia", Role.CLINICIAN, clinic.phoenix)
    pia = replace(clinic.pia, user_id=user_id)
    open_emergency(clinic.engine, pia, code="P-1", reason="collapsed in our waiting room")
    send_due(clinic.engine, senders={MAIL: kept})
    send_due(clinic.engine, senders={MAIL: kept})

    [mail] = kept.messages
    assert (mail.to, mail.subject) == (
        "desk@example.org",
        "A chart of your site was opened in an emergency",
    )
    assert f"/patient?id={patient}" in mail.body
    assert not [word for word in ("Mara", "M.K.", "Pia", "collapsed") if word in mail.body]


def test_the_address_of_the_clinic_makes_the_link(clinic, kept, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://forms.example.org/")
    contact(clinic)
    patient = clinic.register("P-1")
    worry(clinic, patient)
    send_due(clinic.engine, senders={MAIL: kept})

    assert f"https://forms.example.org/patient?id={patient}" in kept.messages[0].body
    assert kept.messages[0].subject == "Somebody needs a look"


def test_no_address_no_mail_and_another_sites_address_is_not_used(clinic):
    contact(clinic)
    patient = clinic.register("PHX-1", site=clinic.phoenix)
    worry(clinic, patient)

    assert len(read_open_flags(clinic.engine, OPERATOR)) == 1
    assert rows_of(clinic.engine, OutgoingMessage) == []


def test_mail_that_fails_or_cannot_even_be_made_takes_no_flag_with_it(clinic, kept, tmp_path):
    contact(clinic)
    patient = clinic.register("P-1")
    kept.troubles = [NotSent("down")]
    worry(clinic, patient)
    send_due(clinic.engine, senders={MAIL: kept})
    assert len(read_open_flags(clinic.engine, OPERATOR)) == 1

    sealing.key_file().rename(tmp_path / "gone")  # the key is lost: no address can be opened
    try:
        worry(clinic, patient, 3, 60)
        clinic.now += timedelta(hours=1)
        done = send_due(clinic.engine, senders={MAIL: kept})
    finally:
        (tmp_path / "gone").replace(sealing.key_file())
    assert len(read_open_flags(clinic.engine, OPERATOR)) == 2
    assert done.failed == 2
    clinic.now += timedelta(hours=1)
    assert send_due(clinic.engine, senders={MAIL: kept}).sent == 2


def test_many_at_once_are_one_mail(clinic, kept):
    contact(clinic)
    people = "patient_id,site\n" + "".join(f"P-{n},Denver\n" for n in range(5))
    scores = "patient_id,date,instrument,score,item9\n" + "".join(
        f"P-{n},{on(59)},PHQ-9,12,1\n" for n in range(5)
    )
    files = [("patients.csv", people.encode()), ("scores.csv", scores.encode())]
    import_files(clinic.engine, OPERATOR, files)
    import_files(clinic.engine, OPERATOR, files)
    send_due(clinic.engine, senders={MAIL: kept})

    assert [mail.subject for mail in kept.messages] == ["5 people need a look"]
    assert "http://127.0.0.1:8501/today" in kept.messages[0].body


HIGH = FlagRule(name="Total 20 or more", instrument="PHQ-9", total_at_least=20)
SLEEP = FlagRule(name="No sleep", instrument="PHQ-9", item=3, answer_at_least=3)
WELL = FlagRule(name="Under 28", instrument="WHO-5", total_at_most=28)


def test_a_clinics_own_rules_raise_flags_of_their_own(clinic):
    contact(clinic, rules=[HIGH, SLEEP, WELL])
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(50)), 19)
    clinic.score(patient, Moment(on(57)), items=(3, 3, 3, 3, 3, 3, 2, 0, 0))
    clinic.score(patient, Moment(on(58)), 24)
    clinic.score(patient, Moment(on(58)), 20, instrument="WHO-5")

    found = sorted(
        (it.kind, it.answer, it.before, it.change) for it in rows_of(clinic.engine, Flag)
    )
    assert found == [
        ("No sleep", 3, None, "new"),
        ("Total 20 or more", 20, 19, "new"),
        ("Total 20 or more", 24, 20, "worse"),
        ("Under 28", 20, None, "new"),
    ]
    for flag in read_open_flags(clinic.engine, OPERATOR):
        close_flag(
            clinic.engine,
            OPERATOR,
            patient_id=patient,
            flag_id=flag.flag_id,
            seen_version=1,
            said="Done.",
        )
    assert read_open_flags(clinic.engine, OPERATOR) == ()


def test_a_rule_says_nothing_about_what_was_written_before_it(clinic):
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(58)), 24)
    clinic.now += timedelta(minutes=1)
    contact(clinic, rules=[HIGH])
    clinic.score(patient, Moment(on(59)), 10)
    assert rows_of(clinic.engine, Flag) == []


WRONG_RULES = [
    FlagRule(name="x", instrument="NONE", total_at_least=3),
    FlagRule(name="x", instrument="PHQ-9", total_at_least=28),
    FlagRule(name="x", instrument="PHQ-9", item=10, answer_at_least=1),
    FlagRule(name="x", instrument="PHQ-9", item=9, answer_at_least=4),
]


@pytest.mark.parametrize("rule", WRONG_RULES, ids=range(4))
def test_a_rule_that_could_never_be_met_is_refused(clinic, rule):
    with pytest.raises(Refused):
        contact(clinic, rules=[rule])
    with pytest.raises(Refused):
        contact(clinic, rules=[HIGH, HIGH])
    assert rows_of(clinic.engine, SiteContact) == []


@pytest.mark.parametrize(
    "facts",
    [{}, {"total_at_least": 1, "total_at_most": 2}, {"item": 1}, {"answer_at_least": 1}],
    ids=range(4),
)
def test_a_rule_has_one_line(facts):
    with pytest.raises(DefinitionError):
        FlagRule(name="x", instrument="PHQ-9", **facts)


def test_a_contact_is_sealed_audited_and_set_by_whoever_may(clinic):
    manager = Person("Mo", frozenset({Role.SITE_MANAGER}), sites=frozenset({clinic.denver}))
    assert contact(clinic, " desk@example.org ", [HIGH], person=manager) == 1
    found = read_site_contact(clinic.engine, manager, clinic.denver)
    assert (found.revision, found.flag_mail, found.rules) == (1, "desk@example.org", (HIGH,))
    assert "desk@" not in repr(tuple(only_row(clinic.engine, SiteContact)))
    [line] = [line for line in audit_of(clinic.engine) if line.person == "Mo"]
    assert (line.person, line.operation, line.detail["flag_mail"]) == (
        "Mo",
        "set_crisis_text",
        "set",
    )
    with pytest.raises(Conflict, match="Mo"):
        contact(clinic, None)
    assert contact(clinic, None, seen=1) == 2
    assert read_site_contact(clinic.engine, OPERATOR, clinic.denver).flag_mail is None
    for somebody in (clinic.anna, clinic.pia):
        with pytest.raises(Denied):
            contact(clinic, seen=2, person=somebody)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Mara Kent", "M.K."),
        ("mara  de la cruz", "M.D.L."),
        ("Mara\r\nBcc: x@y.z", "M.B.X."),
        ("=cmd 7up <b>", ""),
        ("Øystein", "Ø."),
        (None, ""),
    ],
)
def test_of_a_name_only_initials_are_left(name, initials):
    assert initials_of(name) == initials


def test_no_message_says_what_kind_of_clinic_or_how_anybody_is(clinic, kept, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://forms.example.org")
    every = [
        say_flag("M.K.", link="x"),
        say_flags(5, link="x"),
        say_emergency(link="x"),
        *(say_reminder(language, link="x", unsubscribe="y") for language in ("en", "es")),
        *(say_text(language, link="x", takes_replies=True) for language in ("en", "es")),
    ]
    said = [f"{words.subject} {words.body}" for words in every]
    patient = remind(clinic, language="es")
    contact(clinic)
    worry(clinic, patient, 3, 50)
    clinic.now += timedelta(hours=8)
    plan_reminders(clinic.engine)
    send_due(clinic.engine, senders={MAIL: kept})
    assert {mail.subject for mail in kept.messages} == {
        "M.K.K. needs a look",
        "Tiene un formulario por rellenar",
    }
    for mail in kept.messages:
        headers = " ".join(mail.headers.values())
        # Links hold nothing but a token or an opaque id.
        said.append(f"{mail.subject} {mail.body} {headers}")
    found = [(word, text) for text in said for word in NEVER_SAID if word in text.casefold()]
    assert found == []
