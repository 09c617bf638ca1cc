"""Sealing: bound to its place, opened by its key only, and the key is a file of its own."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.doors.sealing import seal, unseal
from models.errors import Unavailable

PLACE = "users:totp_secret:1"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def key(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "keys" / "secret.key"
    monkeypatch.setenv("AFTERGLOW_KEY_FILE", str(path))
    return path


def test_what_is_sealed_is_opened_in_its_place(key):
    sealed = seal(SECRET, PLACE)

    assert unseal(sealed, PLACE) == SECRET
    assert SECRET not in sealed
    assert seal(SECRET, PLACE) != sealed


def test_the_key_is_made_once_for_its_owner_only(key):
    sealed = seal(SECRET, PLACE)
    made = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(bytes.fromhex(made.decode().strip())) == 32

    assert unseal(sealed, PLACE) == SECRET
    assert key.read_bytes() == made
    assert list(key.parent.iterdir()) == [key]


def test_many_at_once_make_one_key(key):
    with ThreadPoolExecutor(20) as pool:
        sealed = list(pool.map(lambda _: seal(SECRET, PLACE), range(20)))

    assert len({each.split(":")[0] for each in sealed}) == 1
    assert {unseal(each, PLACE) for each in sealed} == {SECRET}


def test_it_cannot_be_moved_to_another_row(key):
    with pytest.raises(Unavailable, match="cannot be opened"):
        unseal(seal(SECRET, PLACE), "users:totp_secret:2")


@pytest.mark.parametrize("secret", [SECRET, SECRET + "x", SECRET + "xy"])
def test_every_changed_letter_is_found(key, secret):
    sealed = seal(secret, PLACE)
    for at in range(len(sealed)):
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(Unavailable):
            unseal(changed, PLACE)
    with pytest.raises(Unavailable):
        unseal(sealed[:-8], PLACE)


def test_another_key_opens_nothing_and_the_file_is_named(key):
    sealed = seal(SECRET, PLACE)
    key.unlink()

    with pytest.raises(Unavailable, match=str(key)) as refused:
        unseal(sealed, PLACE)
    assert SECRET not in str(refused.value)


def test_a_new_key_on_top_seals_and_the_old_one_still_opens(key):
    old = seal(SECRET, PLACE)
    first = key.read_text()
    key.write_text("ab" * 32 + "\n" + first)
    new = seal(SECRET, PLACE)

    assert old.split(":")[0] != new.split(":")[0]
    assert [unseal(each, PLACE) for each in (old, new)] == [SECRET, SECRET]


@pytest.mark.parametrize("content", ["", "\n", "short", "zz" * 32])
def test_a_file_without_a_key_is_named_and_left_alone(key, content):
    key.parent.mkdir()
    key.write_text(content)

    with pytest.raises(Unavailable, match="key") as refused:
        seal(SECRET, PLACE)
    assert key.read_text() == content
    assert not content.strip() or content not in str(refused.value)
