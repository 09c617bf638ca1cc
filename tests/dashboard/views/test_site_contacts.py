"""Who hears of a worrying answer: the address for flags and the site's own rules."""

from __future__ import annotations

from dashboard.wording import site_contacts as words
from data.actions.site_contacts import set_digest, set_site_contact
from data.queries.site_contacts import read_site_contact
from models.flags import FlagRule
from models.policy import OPERATOR
from models.tables import SiteContact
from tests.clinic import rows_of
from tests.dashboard.views.people import ADA, manager_at
from tests.dashboard.views.screens import open_screen

PAIN = FlagRule(name="Much pain", instrument="NRS-11", total_at_least=9)


def in_force(clinic, site=None):
    return read_site_contact(clinic.engine, OPERATOR, site or clinic.denver)


def write(clinic, seen=0, mail="duty@denver.example", rules=()):
    set_site_contact(
        clinic.engine,
        OPERATOR,
        site_id=clinic.denver,
        seen_revision=seen,
        flag_mail=mail,
        rules=rules,
    )


def test_a_manager_sets_the_address_of_their_own_site(clinic):
    screen = open_screen("sites", person=manager_at(clinic.phoenix))
    assert screen.field("selectbox", words.SITE).options == ["Phoenix"]
    screen.field("text_input", words.MAIL).set_value("duty@phoenix.example")
    screen.press(words.SAVE_MAIL)
    assert in_force(clinic, clinic.phoenix).flag_mail == "duty@phoenix.example"
    assert screen.field("text_input", words.MAIL).value == "duty@phoenix.example"


def test_an_address_that_is_none_is_refused(clinic):
    screen = open_screen("sites", person=ADA)
    screen.field("text_input", words.MAIL).set_value("the duty nurse")
    screen.press(words.SAVE_MAIL)
    assert screen.at.error[0].value.startswith(words.NOT_SAVED)
    assert not rows_of(clinic.engine, SiteContact)


def test_rules_are_added_and_taken_out_one_by_one_and_the_address_stays(clinic):
    write(clinic, rules=[PAIN])
    screen = open_screen("sites", person=ADA)
    assert "Much pain NRS-11 is 9 or more" in " ".join(screen.said.split())
    adding = screen.at.text_input
    [name] = [it for it in adding if it.label == words.NAME]
    name.set_value("Hopeless")
    screen.field("selectbox", words.INSTRUMENT).set_value("PHQ-9")
    screen.field("selectbox", words.LINE).set_value(words.LINES[2])
    screen.field("number_input", words.VALUE).set_value(3.0)
    screen.field("number_input", words.ITEM).set_value(2)
    screen.press(words.ADD_IT)
    hopeless = FlagRule(name="Hopeless", instrument="PHQ-9", item=2, answer_at_least=3.0)
    assert in_force(clinic).rules == (PAIN, hopeless)
    assert "Hopeless PHQ-9 item 2 is 3 or more" in " ".join(screen.said.split())

    [dropped] = [it for it in screen.at.selectbox if it.label == words.NAME]
    dropped.set_value("Much pain")
    screen.press(words.TAKE_OUT)
    now = in_force(clinic)
    assert (now.rules, now.flag_mail) == ((hopeless,), "duty@denver.example")


def test_a_line_no_answer_can_reach_is_refused(clinic):
    screen = open_screen("sites", person=ADA)
    [name] = [it for it in screen.at.text_input if it.label == words.NAME]
    name.set_value("Never")
    screen.field("selectbox", words.INSTRUMENT).set_value("PHQ-9")
    screen.field("number_input", words.VALUE).set_value(99.0)
    screen.press(words.ADD_IT)
    assert r"expected 0 to 27\." in screen.at.error[0].value


def test_a_contact_changed_by_somebody_else_meanwhile_is_not_overwritten(clinic):
    screen = open_screen("sites", person=ADA)
    write(clinic)
    screen.field("text_input", words.MAIL).set_value("mine@denver.example")
    screen.press(words.SAVE_MAIL)
    assert "command line" in screen.at.warning[-1].value
    assert in_force(clinic).flag_mail == "duty@denver.example"
    screen.press(words.AS_IT_IS_NOW)
    assert screen.field("text_input", words.MAIL).value == "duty@denver.example"


def test_a_daily_digest_is_off_until_an_hour_is_chosen_and_needs_an_address(clinic):
    screen = open_screen("sites", person=manager_at(clinic.denver))
    assert words.DIGEST not in {box.label for box in screen.at.selectbox}
    screen.field("text_input", words.MAIL).set_value("duty@denver.example")
    screen.press(words.SAVE_MAIL)
    assert screen.field("selectbox", words.DIGEST).value == words.NO_DIGEST
    screen.field("selectbox", words.DIGEST).set_value(7)
    screen.press(words.SAVE_DIGEST)
    now = in_force(clinic)
    assert (now.digest_hour, now.flag_mail) == (7, "duty@denver.example")
    assert screen.field("selectbox", words.DIGEST).value == 7
    screen.field("selectbox", words.DIGEST).set_value(words.NO_DIGEST)
    screen.press(words.SAVE_DIGEST)
    assert in_force(clinic).digest_hour is None


def test_a_digest_changed_by_somebody_else_meanwhile_is_not_overwritten(clinic):
    write(clinic)
    screen = open_screen("sites", person=ADA)
    set_digest(clinic.engine, OPERATOR, site_id=clinic.denver, seen_revision=1, hour=9)
    screen.field("selectbox", words.DIGEST).set_value(7)
    screen.press(words.SAVE_DIGEST)
    assert "command line" in screen.at.warning[-1].value
    assert in_force(clinic).digest_hour == 9
