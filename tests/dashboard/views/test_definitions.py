"""Definitions: each rule with its source, each instrument with who has checked it."""

from __future__ import annotations

import pytest

from dashboard.wording import definitions as words
from data.instruments import catalogue
from models.outcomes.rules import SOURCES
from tests.dashboard.views.screens import open_screen


def test_every_rule_stands_with_its_value_and_its_source(clinic):
    [table] = [body for body in open_screen("definitions").html if "Rule, revision" in body]
    assert table.count("<tr>") == 1 + len(SOURCES)
    for name in SOURCES:
        assert words.rule_name(name) in table
    assert "<td class='ag-num'>14 days</td>" in table


def test_every_instrument_that_no_clinician_has_checked_says_so(clinic):
    overview = open_screen("definitions").table.set_index("Instrument")["Review"]
    assert set(overview.index) == set(catalogue())
    for code, instrument in catalogue().items():
        assert overview[code] == (instrument.checked_by or "not yet clinically reviewed")


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_each_instrument_can_be_read(clinic, code):
    screen = open_screen("definitions")
    screen.field("selectbox", "Instrument").select(code)
    screen.run()
    instrument = catalogue()[code]
    assert instrument.title in screen.said
    assert instrument.source in screen.said
    if not instrument.checked_by:
        assert screen.at.warning[0].value.startswith(f"{code}: not yet clinically reviewed.")
    for item in instrument.items if instrument.has_text else ():
        assert item.text in screen.said
