"""The real server: what every answer carries, what is compressed, who may open the connection."""

from __future__ import annotations

import gzip
import http.client
import re
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard.web.middleware import HEADERS
from tests.browser.serving import environment_for, running_server

PATHS = [
    "/",
    "/today",
    "/patient?id=nonsense",
    "/healthz",
    "/_stcore/health",
    "/_stcore/host-config",
    "/static/nowhere.js",
    "/media/nowhere.png",
    "/../../etc/passwd",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with running_server(environment_for(folder / "a.sqlite"), folder / "server.log") as address:
        yield address


@pytest.fixture
def get(address):
    def get(path, **headers):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    return get


def stream(address):
    return f"{address.replace('http', 'ws', 1)}/_stcore/stream"


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_once(get, path):
    response, _ = get(path)
    for name, value in HEADERS:
        assert response.headers.get_all(name.decode()) == [value.decode()]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_another_site_is_refused_whatever_it_asks_for(get, path):
    response, body = get(path, Origin="http://evil.example")
    assert (response.status, body) == (403, b"Refused: another site asked.")


def test_scripts_are_compressed_on_the_way(get):
    _, page = get("/today")
    script = re.search(r'src="\.?(/static/js/index\.[^"]+\.js)"', page.decode()).group(1)
    plain, whole = get(script)
    packed, small = get(script, **{"Accept-Encoding": "gzip"})
    assert plain.getheader("Content-Encoding") is None
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(small) == whole
    assert len(small) < len(whole) / 2


def test_it_is_well_and_on_this_computer_only(get, address):
    response, body = get("/healthz")
    assert (response.status, body) == (200, b'{"ok":true}')
    assert urlsplit(address).hostname == "127.0.0.1"


def test_the_bare_address_leads_to_a_page_with_a_name(get):
    response, _ = get("/")
    assert (response.status, response.getheader("Location")) == (303, "/home")


@pytest.mark.parametrize("host", ["evil.example", "clinic.example:8501"])
def test_a_name_that_is_not_ours_opens_no_connection(address, host):
    """DNS rebinding: the other site's name points here, so its origin and host agree."""
    headers = {"Host": host}
    with (
        pytest.raises(InvalidStatus),
        connect(stream(address), origin=f"http://{host}", additional_headers=headers, proxy=None),
    ):
        pass


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
def test_a_foreign_or_missing_origin_opens_no_connection(address, origin):
    with (
        pytest.raises(InvalidStatus) as refusal,
        connect(stream(address), origin=origin, proxy=None),
    ):
        pass
    assert refusal.value.response.status_code == 403


def test_our_own_page_opens_the_connection(address):
    with connect(stream(address), origin=address, proxy=None) as connection:
        assert connection.response.status_code == 101
