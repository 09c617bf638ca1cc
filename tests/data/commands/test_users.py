"""`data init`, `data users` and the pretend users: what is printed opens what it says it opens."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from data.actions.sites import open_site
from data.database import configured_engine, connect
from data.doors.links import choose_password, is_open, set_up
from data.doors.sessions import find_presence
from data.doors.sign_in import NotSignedIn, sign_in
from data.queries.own import read_own
from data.queries.users import list_users
from models.access import Purpose, Stage
from models.policy import OPERATOR, Role
from models.tables import User
from tests.clinic import PASSWORD, everything, found_clinic, rows_of

SET_UP = re.compile(r"^(\S+)/set-up/(\S+)$", re.MULTILINE)
WELCOME = re.compile(r"^(\S+)/welcome/(\S+)$", re.MULTILINE)
PRETEND = re.compile(r"^  (\S+) +((?:\w{4}-){3}\w{4})  ", re.MULTILINE)
EVE = ["users", "add", "--name", "Eve Ro", "--sign-in-name", "eve", "--role", "clinician"]


@pytest.fixture
def clinic(run):
    run("init")
    return found_clinic(configured_engine())


def only_link(pattern, said):
    [(base, token)] = pattern.findall(said)
    return base, token


def welcome(said):
    return only_link(WELCOME, said)[1]


# --- init -----------------------------------------------------------------------------------


def test_init_prints_the_way_in_again_until_somebody_has_come_in(run):
    _, first, _ = run("init")
    code, second, _ = run("init")
    tokens = [only_link(SET_UP, said)[1] for said in (first, second)]

    assert code == 0
    engine = configured_engine()
    assert [is_open(engine, each, Purpose.SET_UP) for each in tokens] == [False, True]
    given = {"sign_in_name": "root", "name": "Root", "password": PASSWORD}
    set_up(engine, tokens[1], **given, client=None, browser=None)
    code, third, _ = run("init")
    assert (code, SET_UP.findall(third)) == (0, [])


def test_no_database_begins_with_an_account(run):
    run("init")

    assert rows_of(configured_engine(), User) == []


def test_links_begin_with_the_public_address(run, clinic, monkeypatch):
    _, here, _ = run("init")
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://afterglow.example.org/")
    _, public, _ = run("init")
    _, added, _ = run(*EVE, "--all-sites")

    assert only_link(SET_UP, here)[0] == "http://127.0.0.1:8501"
    assert only_link(SET_UP, public)[0] == "https://afterglow.example.org"
    assert only_link(WELCOME, added)[0] == "https://afterglow.example.org"


# --- users ----------------------------------------------------------------------------------


def test_users_add_prints_a_link_once(run, clinic):
    code, said, _ = run(*EVE, "--role", "site_manager", "--site", "denver", "--site", "Phoenix")

    assert code == 0
    [row] = list_users(clinic.engine, OPERATOR)
    assert (row.sign_in_name, row.name, row.sites) == ("eve", "Eve Ro", ("Denver", "Phoenix"))
    assert row.roles == {Role.CLINICIAN, Role.SITE_MANAGER}
    signed_in = choose_password(clinic.engine, welcome(said), PASSWORD, None, None)
    assert find_presence(clinic.engine, signed_in.token, is_active=True).user_id == row.user_id
    assert welcome(said) not in run("users", "list")[1]


def test_a_patients_user_is_made_by_number(run, clinic):
    patient_id = clinic.register("P-1")
    given = ["--name", "Pat", "--sign-in-name", "pat", "--role", "patient", "--patient", "P-1"]

    assert run("users", "add", *given)[0] == 0
    [row] = rows_of(clinic.engine, User)
    assert row.patient_id == patient_id
    assert run("users", "list")[1] == "pat\tPat\tpatient\tpatient P-1\tlink not used yet\n"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ([], 1, "A clinician or manager of a site needs at least one site.\n"),
        (["--site", "Reno"], 1, "There is no site called Reno.\n"),
        (["--patient", "P-1"], 1, "A patient's user needs the patient's number"),
        (["--role", "king"], 2, "Invalid value for '--role'"),
        (["--frobnicate"], 2, "No such option"),
    ],
)
def test_what_will_not_do_is_refused_with_the_right_code(run, clinic, more, code, said):
    ended, _, complaint = run(*EVE, *more)

    assert ended == code
    assert said in complaint
    assert rows_of(clinic.engine, User) == []


def test_somebody_is_closed_out_and_let_in_again(run, clinic):
    first = welcome(run(*EVE, "--all-sites")[1])
    assert run("users", "disable", "EVE")[0] == 0
    assert not is_open(clinic.engine, first, Purpose.WELCOME)
    assert run("users", "list")[1].endswith("\tall sites\tdisabled\n")
    assert run("users", "link", "eve") == (1, "", "Eve Ro is disabled: enable them first.\n")
    assert run("users", "enable", "eve ro")[0] == 0

    second = welcome(run("users", "link", "eve")[1])
    choose_password(clinic.engine, second, PASSWORD, None, None)
    assert run("users", "list")[1].endswith("\tpassword only\n")
    assert run("users", "reset-second-factor", "eve")[0] == 0


@pytest.mark.parametrize("command", ["disable", "enable", "link", "reset-second-factor"])
def test_nobody_by_that_name(run, clinic, command):
    assert run("users", command, "zoe") == (1, "", "There is no user called zoe.\n")
    assert run("users", command)[0] == 2


def test_an_empty_list_says_so(run, clinic):
    assert run("users", "list") == (0, "There is no user yet.\n", "")


# --- pretend users --------------------------------------------------------------------------


@pytest.fixture
def pretend(run):
    """Make a pretend group; return the passwords by sign-in name, and what was printed."""
    code, said, _ = run("demo", "--patients", "60")
    assert code == 0
    return dict(PRETEND.findall(said)), said


def come_in(name, password):
    engine = configured_engine()
    signed_in = sign_in(engine, sign_in_name=name, password=password, client=None, browser=None)
    assert signed_in.stage is Stage.OPEN
    return find_presence(engine, signed_in.token, is_active=True).person


def test_every_pretend_user_comes_in_with_what_was_printed(run, pretend):
    passwords, said = pretend
    people = {name: come_in(name, password) for name, password in passwords.items()}

    assert {name: person.roles for name, person in people.items()} == {
        "clinician": {Role.CLINICIAN},
        "clinician-of-two": {Role.CLINICIAN},
        "site-manager": {Role.SITE_MANAGER},
        "group-manager": {Role.GROUP_MANAGER},
        "administrator": {Role.ADMINISTRATOR},
        "patient": {Role.PATIENT},
    }
    assert len(people["clinician-of-two"].sites) == 2
    assert "No second factor is asked of them" in said


def test_the_pretend_patient_has_something_to_see(run, pretend):
    person = come_in("patient", pretend[0]["patient"])

    own = read_own(configured_engine(), person)
    assert own.name == person.name
    assert max(map(len, own.scores.values())) >= 10
    assert len(own.infusions) >= 6


def test_passwords_are_drawn_anew_and_everything_else_is_the_same(run, tmp_path, monkeypatch):
    groups = []
    for number in (1, 2):
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / str(number)}/a.sqlite")
        configured_engine.cache_clear()
        _, said, _ = run("demo", "--patients", "30", "--seed", "5")
        users = rows_of(configured_engine(), User)
        groups.append((said, {(user.sign_in_name, user.name) for user in users}))
        configured_engine().dispose()
    (one, names), (other, same) = groups

    assert names == same
    assert set(PRETEND.findall(one)).isdisjoint(PRETEND.findall(other))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_list_is_kept_beside_the_file_for_its_owner_only(run, pretend, database_url):
    path = Path(connect(database_url).url.database).with_name("pretend-users.txt")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert dict(PRETEND.findall(path.read_text())) == pretend[0]
    assert str(path) in pretend[1]


def test_new_passwords_replace_the_lost_ones(run, pretend):
    code, said, _ = run("users", "pretend")
    renewed = dict(PRETEND.findall(said))

    assert (code, set(renewed)) == (0, set(pretend[0]))
    assert come_in("clinician", renewed["clinician"])
    with pytest.raises(NotSignedIn):
        come_in("clinician", pretend[0]["clinician"])
    assert len(rows_of(configured_engine(), User)) == len(renewed)


@pytest.mark.parametrize("is_mixed", [False, True])
def test_no_pretend_user_enters_a_real_database(run, is_mixed):
    if is_mixed:
        run("demo", "--patients", "12")
        open_site(configured_engine(), OPERATOR, name="Boise", time_zone="America/Boise")
    else:
        run("init")
        found_clinic(configured_engine())
    before = everything(configured_engine(), but=())

    code, said, complaint = run("users", "pretend")

    assert (code, said) == (1, "")
    assert complaint.startswith("Pretend users are made in a pretend group only")
    assert everything(configured_engine(), but=()) == before
