"""What reached nobody is told to whoever may know its patients; what arrived is not."""

from __future__ import annotations

from datetime import timedelta

from dashboard.wording.messages import undelivered
from data.actions.site_contacts import set_site_contact
from data.messages.outbox import MAIL
from data.messages.senders import NotSent, Rejected
from data.messages.worker import send_due
from data.queries.messages import read_undelivered
from models.outcomes.history import Moment
from models.policy import OPERATOR
from tests.histories import on


class Sender:
    def __init__(self, *troubles):
        self.troubles = list(troubles)

    def send(self, _message):
        if self.troubles:
            raise self.troubles.pop(0)


def test_a_mail_that_did_not_arrive_is_shown_until_it_does(clinic):
    set_site_contact(
        clinic.engine,
        OPERATOR,
        site_id=clinic.denver,
        seen_revision=0,
        flag_mail="desk@example.org",
        rules=(),
    )
    for number in range(3):
        patient = clinic.register(f"P-{number}")
        clinic.score(patient, Moment(on(59)), 12, safety_answer=2)
    troubles = Sender(Rejected("refused (550)"), NotSent("down"))
    assert send_due(clinic.engine, senders={MAIL: troubles}).sent == 1

    assert [each.trouble for each in read_undelivered(clinic.engine, clinic.anna)] == [
        "refused (550)"
    ]
    clinic.now += timedelta(hours=2)
    both = read_undelivered(clinic.engine, clinic.anna)
    assert {(each.code, each.is_given_up, each.trouble) for each in both} == {
        ("P-0", True, "refused (550)"),
        ("P-1", False, "down"),
    }
    assert undelivered(both[::-1]).startswith("2 messages did not arrive in the last 7 days: ")
    assert "a flag's mail to Denver about P-0 (refused (550))" in undelivered(both)
    assert read_undelivered(clinic.engine, clinic.pia) == ()
    assert read_undelivered(clinic.engine, clinic.anna, site_id=clinic.phoenix) == ()

    send_due(clinic.engine, senders={MAIL: Sender()})
    assert len(read_undelivered(clinic.engine, clinic.anna)) == 1
    clinic.now += timedelta(days=8)
    assert read_undelivered(clinic.engine, clinic.anna) == ()
    assert undelivered(()) == ""
