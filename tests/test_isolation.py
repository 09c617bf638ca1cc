"""What the fixtures promise to every other test."""

from __future__ import annotations

import os
import socket

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from data.migrations import current, newest
from tests.isolation import OutsideWorldError, is_local

# Set aside for documentation (RFC 5737): belongs to no one.
ELSEWHERE = "192.0.2.1"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        (("127.0.0.1", 80), True),
        (("127.9.9.9", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        (("0.0.0.0", 80), True),
        ("/run/a.socket", True),
        ((ELSEWHERE, 80), False),
        (("10.0.0.1", 80), False),
        (("example.org", 80), False),
        (("localhost.example.org", 80), False),
    ],
)
def test_an_address_is_local_or_not(address, local):
    assert is_local(address) is local


def send_datagram(address):
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(b"x", address)


def connect_without_raising(address):
    with socket.socket() as connection:
        connection.connect_ex(address)


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection((ELSEWHERE, 80), timeout=1),
        lambda: connect_without_raising((ELSEWHERE, 80)),
        lambda: send_datagram((ELSEWHERE, 53)),
        lambda: socket.getaddrinfo("example.org", 443),
    ],
    ids=["connect", "connect_ex", "sendto", "look-up"],
)
def test_leaving_this_machine_is_refused_and_remembered(leave, outside_attempts):
    with pytest.raises(OutsideWorldError):
        leave()

    assert len(outside_attempts) == 1
    outside_attempts.clear()


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as connection:
            assert connection.getpeername() == server.getsockname()


def test_the_real_database_refuses():
    engine = create_engine(os.environ["DATABASE_URL"])

    with pytest.raises(Exception, match="refused") as refusal:
        engine.connect()

    assert isinstance(refusal.value.orig, psycopg.OperationalError)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_database_starts_empty_each_time(database_url, turn):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE left_behind (id INTEGER PRIMARY KEY)"))
    engine.dispose()


def test_postgres_is_the_one_we_name(postgres_url):
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW server_version")).startswith("18.")
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_an_engine_has_the_newest_schema_and_nobody_elses_tables(engine, turn):
    assert newest() is not None
    assert current(engine) == newest()
    assert "left_behind" not in inspect(engine).get_table_names()

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id INTEGER PRIMARY KEY)"))
