"""Every page, light and dark, at a desk and in a hand: open to all, within the screen, unbroken."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard.charts.palette import DARK, LIGHT
from data.actions.emergencies import open_emergency
from models.policy import Person, Role
from models.tables import Assessment, Infusion, Patient, Site
from tests.browser.accessible import violations
from tests.browser.entering import add_user, token_of
from tests.browser.visiting import DESK, PHONE, opened_page, settle, taken_in_hand
from tests.browser.walking import PAGES_OF, patient_with_courses, rows_of, visit_each
from tests.clinic import only_row
from tests.clinic import rows_of as all_rows

WIDEST = """Math.max(...[...document.querySelectorAll('html, body, .stMain, .block-container')]
    .map(element => element.scrollWidth))"""

HEIGHTS = "elements => elements.map(element => element.getBoundingClientRect().height)"
PAPER = {"light": "rgb(251, 251, 249)", "dark": "rgb(18, 25, 27)"}  # .streamlit/config.toml
CLEAR = "rgba(0, 0, 0, 0)"


def rgb(colour):
    return "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))


# What writing in a figure is drawn in: dashboard/charts/palette.py.
INK = {
    scheme: re.compile("|".join(re.escape(rgb(getattr(it, part))) for part in ("text", "quiet")))
    for scheme, it in (("light", LIGHT), ("dark", DARK))
}


@pytest.fixture(scope="module")
def addresses(application):
    patient = patient_with_courses(application.engine)
    return {
        "id": patient,
        "infusion": rows_of(application.engine, Infusion, patient)[0].infusion_id,
        "assessment": rows_of(application.engine, Assessment, patient)[0].assessment_id,
    }


@pytest.fixture(scope="module")
def tokens(application, addresses):
    """A session of each whose pages look otherwise; the last has a chart open in an emergency."""
    engine, patient_id = application.engine, addresses["id"]
    home = only_row(engine, Patient, patient_id=patient_id)
    elsewhere = next(s.site_id for s in all_rows(engine, Site) if s.site_id != home.site_id)
    users = {
        "patient": add_user(engine, "Own Eyes", Role.PATIENT, patient_id=patient_id),
        "site manager": add_user(engine, "Mo Site", Role.SITE_MANAGER, sites=(elsewhere,)),
        "clinician elsewhere": add_user(engine, "Pia Far", Role.CLINICIAN, sites=(elsewhere,)),
    }
    pia = Person(
        "Pia Far",
        frozenset({Role.CLINICIAN}),
        frozenset({elsewhere}),
        user_id=users["clinician elsewhere"],
    )
    open_emergency(engine, pia, code=home.code, reason="collapsed in our waiting room")
    return {who: token_of(engine, user_id) for who, user_id in users.items()}


def test_no_page_shuts_anyone_out(browser, application, addresses):
    with opened_page(browser, application.address, DESK, application.token) as page:
        for address in visit_each(page, addresses):
            assert "Something went wrong" not in page.content()
            assert page.locator("h1").count() == 1, f"one main heading on {address}"
            for scheme in in_each_scheme(page):
                assert violations(page, scheme) == [], f"{address} in {scheme}"
                paper = colour_of(page.locator(".stApp"))
                for figure in page.locator(".main-svg").all():
                    assert colour_of(figure) in (CLEAR, paper), f"another paper on {address}"
            with taken_in_hand(page):
                check_narrow(settle(page), address)


def check_narrow(phone, address):
    """A phone shows all of it, and nobody scrolls sideways."""
    widest = phone.evaluate(WIDEST)
    assert widest <= 390, f"{address} is {widest} px wide"
    expect(phone.locator("[data-testid='stElementToolbar']:visible")).to_have_count(0)
    if address.startswith("/patient?"):
        expect(phone.locator(".st-key-narrow-picture")).to_be_visible()
        expect(phone.locator(".st-key-wide-picture")).to_be_hidden()
    if "what=score" in address:
        answers = phone.locator("[class*='st-key-answers'] [role='radio']")
        expect(answers).to_have_count(36)
        assert min(answers.evaluate_all(HEIGHTS)) >= 44, "too small for a thumb"


@pytest.mark.parametrize("who", PAGES_OF)
def test_no_page_of_somebody_else_shuts_them_out(browser, application, addresses, tokens, who):
    with opened_page(browser, application.address, PHONE, tokens[who]) as phone:
        for address in visit_each(phone, addresses, PAGES_OF[who]):
            assert phone.locator("h1").count() == 1, f"one main heading on {address}"
            check_narrow(phone, address)
            for scheme in in_each_scheme(phone):
                assert violations(phone, scheme) == [], f"{address} of a {who} in {scheme}"


def in_each_scheme(page):
    """Yield light and dark, once the page that is open has changed to it."""
    for scheme, paper in PAPER.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("background-color", paper)
        settle(page)
        for figure in page.locator(".js-plotly-plot:visible").all():
            expect(figure.locator(".xtick text").first).to_have_css("fill", INK[scheme])
        yield scheme


def colour_of(place):
    return place.evaluate("element => getComputedStyle(element).backgroundColor")
