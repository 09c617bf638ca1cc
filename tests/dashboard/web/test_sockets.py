"""Small messages leave at once: Nagle's delay is off on every connection the server accepts."""

from __future__ import annotations

import socket

from dashboard.web.sockets import send_at_once


def test_what_a_listening_socket_accepts_sends_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        before = server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        found = send_at_once()
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            with accepted:
                after = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert before == 0
    assert found >= 1
    assert after != 0


def test_a_closed_or_other_file_is_no_trouble(tmp_path) -> None:
    with (tmp_path / "file").open("w"):
        assert send_at_once() >= 0
