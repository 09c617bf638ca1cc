"""Passwords as they are stored, with real hashes; nothing here depends on how fast a machine is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type

from data import passwords
from data.passwords import blocklist, hash_password, needs_rehash, verify_password
from models.passwords import COMMON, MIN_ALONE, find_weakness

PASSWORD = "lantern gravel mostly oboe"


@pytest.fixture(autouse=True)
def quick_hashes():
    """The real ones here."""


class Counting:
    """The hasher, noting which stored hashes it was asked to check and how many at once."""

    def __init__(self, hasher, wait_for=0):
        self.hasher, self.wait_for = hasher, wait_for
        self.checked, self.inside, self.most = [], 0, 0
        self.lock, self.enough = Lock(), Event()

    def verify(self, stored, secret):
        with self.lock:
            self.checked.append(stored)
            self.inside += 1
            self.most = max(self.most, self.inside)
            if self.inside >= self.wait_for:
                self.enough.set()
        assert self.enough.wait(timeout=30)
        try:
            return self.hasher.verify(stored, secret)
        finally:
            with self.lock:
                self.inside -= 1


def test_a_password_opens_what_it_closed():
    stored = hash_password(PASSWORD)
    assert verify_password(stored, PASSWORD) is True
    assert verify_password(stored, PASSWORD + " ") is False
    assert verify_password(stored, PASSWORD.upper()) is False
    assert verify_password(stored, "") is False
    assert PASSWORD not in stored


def test_two_hashes_of_one_password_differ():
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_another_keyboard_writes_the_same_password():
    assert verify_password(hash_password("Café am Fluß, fin"), "Cafe\u0301 am Fluß, ﬁn") is True


@pytest.mark.parametrize("odd", ["lantern \ud83e gravel", "nul \0 inside it", "x" * 100_000])
def test_odd_input_is_a_wrong_password_and_no_error(odd):
    assert verify_password(hash_password(PASSWORD), odd) is False
    assert verify_password(hash_password("nul "), odd) is False


def test_the_parameters_are_those_that_were_chosen():
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    found = extract_parameters(stored)
    assert (found.type, found.salt_len, found.hash_len) == (Type.ID, 16, 32)


def test_other_parameters_want_a_new_hash_and_still_open(monkeypatch):
    old = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
    assert needs_rehash(old) is True
    assert verify_password(old, PASSWORD) is True
    stored = hash_password(PASSWORD)
    assert needs_rehash(stored) is False
    stronger = PasswordHasher(time_cost=2, memory_cost=passwords.MEMORY_KIB, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", stronger)
    assert needs_rehash(stored) is True
    assert needs_rehash(hash_password(PASSWORD)) is False


def test_an_unknown_user_costs_what_a_known_one_costs(monkeypatch):
    stored = hash_password(PASSWORD)
    counting = Counting(passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", counting)
    assert verify_password(None, PASSWORD) is False
    assert verify_password(stored, "something else") is False
    nobodys, somebodys = counting.checked
    assert somebodys == stored
    assert extract_parameters(nobodys) == extract_parameters(somebodys)
    assert len(nobodys) == len(somebodys)


def test_nobody_has_no_password_even_if_it_matched(monkeypatch):
    monkeypatch.setattr(passwords, "NOBODYS", hash_password(PASSWORD))
    assert verify_password(None, PASSWORD) is False


@pytest.mark.parametrize("damaged", ["", "plain text", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_opens_nothing_and_is_noticed(damaged):
    with pytest.raises(InvalidHashError):
        verify_password(damaged, "")


def test_four_at_once_and_the_others_wait_their_turn(monkeypatch):
    stored = hash_password(PASSWORD)
    counting = Counting(passwords.HASHER, wait_for=4)
    monkeypatch.setattr(passwords, "HASHER", counting)
    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(verify_password, stored, PASSWORD) for _ in range(12)]
        assert counting.enough.wait(timeout=30)
        time.sleep(0.05)  # whoever is not held back comes in now, while four are at it
        assert [answer.result(timeout=60) for answer in answers] == [True] * 12
    assert counting.most == 4
    assert len(counting.checked) == 12


def test_a_turn_is_given_back_after_a_failure():
    for _ in range(passwords.AT_ONCE + 1):
        with pytest.raises(InvalidHashError):
            verify_password("damaged", PASSWORD)
    assert verify_password(hash_password(PASSWORD), PASSWORD) is True


LISTED = [
    "passwordpassword", "qwertyuiop123456", "1q2w3e4r5t6y7u8i", "iloveyou1234567",
    "correcthorsebatterystaple", "thisismypassword", "letmeinletmein", "administrator",
]  # fmt: skip


@pytest.mark.parametrize("password", LISTED)
def test_what_everybody_tries_first_is_listed(password):
    assert password in blocklist()


@pytest.mark.parametrize("password", [PASSWORD, "", "short", "x" * 500, "lantern \u20ac gravel"])
def test_others_are_not_and_no_question_is_an_error(password):
    assert password not in blocklist()


def test_the_rules_ask_the_list():
    for typed in ("ThisIsMyPassword", "correct horse battery staple", "ILoveYou1234567"):
        said = find_weakness(typed, context=(), blocklist=blocklist(), least=MIN_ALONE)
        assert said == COMMON
    said = find_weakness(PASSWORD, context=(), blocklist=blocklist(), least=MIN_ALONE)
    assert said is None
