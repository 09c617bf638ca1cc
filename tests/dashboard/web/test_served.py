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
from data.database import connect as connect_to
from models.policy import Role
from tests.browser.entering import COOKIE, add_user, token_of
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
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    environment = environment_for(folder / "a.sqlite")
    with running_server(environment, folder / "server.log") as address:
        engine = connect_to(environment["DATABASE_URL"])
        yield address, token_of(engine, add_user(engine, "Nobody Yet", Role.PATIENT))
        engine.dispose()


@pytest.fixture
def address(served):
    return served[0]


@pytest.fixture
def cookie(served):
    return {"Cookie": f"{COOKIE}={served[1]}"}


@pytest.fixture
def get(address, cookie):
    def get(path, **headers):
        headers = {"Accept": "text/html", **cookie, **headers}
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
    assert (response.status, response.getheader("Location")) == (303, "/mine")


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


def test_our_own_page_opens_the_connection(address, cookie):
    with connect(
        stream(address), origin=address, additional_headers=cookie, proxy=None
    ) as connection:
        assert connection.response.status_code == 101


def test_a_page_is_sent_whole_with_the_script_that_watches_it(get):
    """Whatever a browser knows of an earlier one, and however it wants this one packed."""
    plain, page = get("/today")
    known = {
        "If-None-Match": plain.getheader("ETag") or '"x"',
        "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        "Range": "bytes=0-10",
    }
    again, same = get("/today", **known)
    packed, small = get("/patients", **{"Accept-Encoding": "gzip"})
    pages = [page, same, gzip.decompress(small)]
    for response, body in zip((plain, again, packed), pages, strict=True):
        assert response.status == 200
        assert response.getheader("Cache-Control") == "no-store"
        assert response.getheader("ETag") is None
        assert body.count(b'<script src="/door/watch.js?v=') == 1
        assert re.search(rb'<link rel="stylesheet" href="/door/pages.css\?v=\w+"></body>', body)
        assert re.search(rb'defer data-session="[0-9a-f]{16}" data-seconds="\d+"', body)
    assert int(plain.getheader("Content-Length")) == len(page)
    assets = re.findall(rb'"(/door/[a-z.]+[?][^"]+)"', page)
    assert len(assets) == 2
    for address in assets:
        asset, _ = get(address.decode())
        assert (asset.status, asset.getheader("Cache-Control")) == (
            200,
            "public, max-age=31536000, immutable",
        )
    assert get("/door/watch.js")[0].getheader("Cache-Control") == "no-cache"
    assert get("/door/..%2fgate.py")[0].status == 400


def test_a_page_is_told_for_how_long_it_is_somebodys(get):
    response, body = get("/door/presence")
    assert (response.status, body) == (204, b"")
    assert 1700 < int(response.getheader("X-Seconds-Left")) <= 1800, "a patient's half hour"
    assert get("/door/presence", Cookie="afterglow=other")[0].status == 401
