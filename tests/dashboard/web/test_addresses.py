"""Where one may be led after signing in: a page of this site, never anywhere else."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.web.addresses import is_https_address, safe_next, wanted_page, with_next
from tests.dashboard.web.asking import scope_of

PAGES = [
    "/patients",
    "/patient?id=0196f0c0-0000-7000-8000-000000000001",
    "/patient?a=1&b=%2F%2Fx",
    "/export/episodes.csv?instrument=PHQ-9",
    "/today#part",
]
ELSEWHERE = [
    None,
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/ünicode",
    "/\x00",
    "/" + "a" * 600,
    "/sign-out",
    "/sign-in",
    "/door/presence",
    "/confirm?next=/x",
]


@pytest.mark.parametrize("wanted", PAGES)
def test_a_page_of_ours_is_kept_as_it_is(wanted):
    assert safe_next(wanted) == wanted
    [carried] = parse_qs(urlsplit(with_next("/sign-in", wanted)).query)["next"]
    assert carried == wanted


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_anything_else_leads_to_the_front(wanted):
    assert safe_next(wanted) == "/"
    assert with_next("/sign-in", wanted) == "/sign-in"


def test_what_was_asked_for_survives_as_one_value():
    scope = scope_of("http", "/pätient //x", ()) | {"query_string": b"id=7&next=//evil"}
    assert wanted_page(scope) == "/p%C3%A4tient%20//x?id=7&next=//evil"
    [carried] = parse_qs(urlsplit(with_next("/sign-in", wanted_page(scope))).query)["next"]
    assert carried == wanted_page(scope)


@pytest.mark.parametrize(
    ("address", "will_do"),
    [
        ("https://clinic.example", True),
        ("https://clinic.example:8443", True),
        ("https://clinic.example/", True),
        ("http://clinic.example", False),
        ("https://", False),
        ("https://clinic.example/path", False),
        ("clinic.example", False),
        ("", False),
    ],
)
def test_what_counts_as_an_https_address(address, will_do):
    assert is_https_address(address) is will_do
