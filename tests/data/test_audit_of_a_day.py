"""A day at two clinics, step by step: the audit holds exactly what was done, by whom, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from data.actions.assessments import correct_assessment, record_assessment
from data.actions.crisis_texts import set_crisis_text
from data.actions.emergencies import open_emergency
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.actions.policies import set_policy
from data.actions.results import refresh_results
from data.actions.sessions import end_sessions_of
from data.actions.user_entries import UserEntry
from data.actions.users import add_user, change_user, disable_user, new_welcome_link
from data.actions.withdrawals import withdraw_record
from data.audit_check import find_tampering
from data.database import reading
from data.doors.refusals import NotSignedIn
from data.doors.sessions import end_all_sessions, find_presence
from data.doors.sign_in import sign_in
from data.exporters.survival import export_survival
from data.importers import import_files
from data.policies import RULES, SIGNING_IN
from data.queries.access import read_access
from data.queries.audit import AuditFilter, read_audit, verify
from data.queries.chart import read_chart
from data.queries.durations import DurationFilter, read_durations
from data.queries.episodes import read_episodes
from data.queries.group import read_group
from data.queries.imports import read_imports
from data.queries.latest_infusion import read_latest_infusion
from data.queries.morning import read_morning
from data.queries.own import read_own
from data.queries.patients import PatientFilter, count_by_status, list_patients
from data.queries.policies import read_policy
from data.queries.records import read_earlier_versions, read_record
from data.queries.scores import read_scores
from data.queries.sessions import list_sessions
from data.queries.sites import read_sites
from data.queries.users import list_users
from models.access import Settings
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import Conflict, NotFound, Refused
from models.outcomes.history import Moment
from models.outcomes.rules import Rules
from models.policy import Denied, Person, Role, Unconfirmed
from models.registration import PatientEntry
from models.tables import AuditLine
from models.tables.audit import GROUP_CHAIN
from tests.clinic import LOST, PASSWORD, rows_of
from tests.histories import on

STEPS = 60
TODAY = date(2026, 3, 6)
ROWS = b"patient_id,site,name\nP-7,Denver,Ada Quill\n,Denver,Bo Quill\n"


class Day:
    """Takes steps a second apart; remembers what line each should leave, and where."""

    def __init__(self, clinic: Any) -> None:
        self.clinic, self.steps, self.expected = clinic, 0, []
        self.before = {row.line_hash for row in rows_of(clinic.engine, AuditLine)}

    def __call__(
        self,
        who: Person,
        act: Any,
        *given: Any,
        line: Any,
        later: int = 1,
        raises: type[Exception] | None = None,
        **more: Any,
    ) -> Any:
        """Do one thing `later` seconds after the last; `line`: operation, site, patient, detail."""
        return self.step(
            who, lambda: act(self.clinic.engine, who, *given, **more), line, later, raises
        )

    def step(self, who, act, line, later=1, raises=None, *, outcome=None):
        self.clinic.now += timedelta(seconds=later)
        self.steps += 1
        result = None
        if raises is None:
            result = act()
        else:
            with pytest.raises(raises):
                act()
        if line is not None:
            operation, site, patient, detail = line(result) if callable(line) else line
            self.expected.append(
                {
                    "at": self.clinic.now,
                    "person": who.name,
                    "user_id": who.user_id,
                    "role": "+".join(sorted(who.roles)),
                    "client": who.client,
                    "operation": operation,
                    "outcome": outcome or ("denied" if raises is Denied else "done"),
                    "chain_id": site or GROUP_CHAIN,
                    "patient_id": patient,
                    "detail": detail,
                }
            )
        return result

    def lines(self):
        rows = rows_of(self.clinic.engine, AuditLine)
        new = [row for row in rows if row.line_hash not in self.before]
        names = self.expected[0].keys()
        return [
            {name: getattr(row, name) for name in names}
            for row in sorted(new, key=lambda row: row.at)
        ]


def member(clinic, name, role, *sites, **more):
    user_id = clinic.user(name.lower(), role, *sites, password=more.pop("password", None))
    return Person(
        name, frozenset({role}), frozenset(sites), user_id=user_id, client="192.0.2.7", **more
    )


def test_a_day_of_sixty_steps_leaves_exactly_its_lines(clinic, tmp_path):
    engine, denver, phoenix = clinic.engine, clinic.denver, clinic.phoenix
    anna = member(clinic, "Anna", Role.CLINICIAN, denver, password=PASSWORD)
    pia = member(clinic, "Pia", Role.CLINICIAN, phoenix)
    mia = member(clinic, "Mia", Role.SITE_MANAGER, denver)
    gil = member(clinic, "Gil", Role.GROUP_MANAGER)
    ada = member(clinic, "Ada", Role.ADMINISTRATOR, is_confirmed=True)
    nobody = Person("unknown", frozenset(), client="192.0.2.9")
    one = clinic.register("P-1", records=LOST, name="Nell Ames")
    away = clinic.register("P-2", site=phoenix, records=LOST)
    pat = replace(member(clinic, "Pat", Role.PATIENT), patient_id=one)
    day = Day(clinic)

    def come_in(person, **said):
        return sign_in(
            engine,
            **{"sign_in_name": "anna", "password": PASSWORD, "browser": "test"} | said,
            client=person.client,
        )

    # Coming in: a wrong password, a name nobody has, then the right one.
    wrong = ("sign_in", None, None, {"failures": 1})
    no = {"raises": NotSignedIn, "outcome": "failed"}
    day.step(anna, lambda: come_in(anna, password="not this one, no"), wrong, **no)
    day.step(nobody, lambda: come_in(nobody, sign_in_name="P-1 Nell"), wrong, **no)
    entered = day.step(
        anna, lambda: come_in(anna), ("sign_in", None, None, {"stage": "enrolment"}), later=5
    )

    # Today, the list, a search, a chart; pages run again at each click.
    today = ("list_patients", None, None, {"page": "today"})
    day(anna, read_group, line=None)
    day(anna, read_morning, today=TODAY, line=today)
    day(anna, read_morning, today=TODAY, line=None)
    day(anna, count_by_status, today=TODAY, line=None)
    listed = ("list_patients", None, None, {"page": "patients 1"})
    day(anna, list_patients, PatientFilter(), today=TODAY, line=listed)
    day(anna, list_patients, PatientFilter(order="last check-in"), today=TODAY, line=None)
    second = ("list_patients", None, None, {"page": "patients 2"})
    day(anna, list_patients, PatientFilter(), today=TODAY, page=1, line=second)
    searched = ("list_patients", denver, None, {"page": "patients 1", "searched": True})
    nell = PatientFilter(search="nell am", site_id=denver)
    day(anna, list_patients, nell, today=TODAY, line=searched)
    opened = ("read_chart", denver, one, {})
    day(anna, read_chart, one, line=opened)
    day(anna, read_chart, one, line=None, later=59)
    day(anna, read_chart, one, line=opened)
    day(anna, read_latest_infusion, patient_id=one, line=None)
    day(anna, read_earlier_versions, patient_id=one, line=None)
    day(anna, read_policy, RULES, line=None)

    # Entering, the same twice, correcting, withdrawing, and two mistakes.
    spot = {"patient_id": one}
    entry = AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=7, note="slept at last")
    added = ("record_assessment", denver, one, {})
    score = day(anna, record_assessment, **spot, entry=entry, line=added)
    day(anna, record_assessment, **spot, entry=entry, line=None)
    given = ("record_infusion", denver, one, {})
    day(anna, record_infusion, **spot, entry=InfusionEntry(Moment(on(41))), line=given)
    day(anna, read_record, "assessment", **spot, record_id=score, line=None)
    after = AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=8, note="slept at last")
    fix = {**spot, "assessment_id": score, "entry": after, "reason": "misread"}
    fields = {"kind": "assessment", "version": 2, "fields": ["stated_total", "total"]}
    day(
        anna,
        correct_assessment,
        **fix,
        seen_version=1,
        line=("correct_record", denver, one, fields),
    )
    day(anna, correct_assessment, **fix, seen_version=1, line=None, raises=Conflict)
    day(
        anna, correct_assessment, **{**fix, "reason": ""}, seen_version=2, line=None, raises=Refused
    )
    gone = {"kind": "assessment", "version": 3, "fields": ["withdrawn_at"]}
    out = {**spot, "record_id": score, "seen_version": 2, "reason": "another patient's"}
    day(anna, withdraw_record, "assessment", **out, line=("correct_record", denver, one, gone))
    three = PatientEntry("P-3", denver, name="Io Marsh")
    day(
        anna, register_patient, entry=three,
        line=lambda made: ("register_patient", denver, made, {}),
    )  # fmt: skip
    day(anna, register_patient, entry=three, line=None, raises=Refused)

    # What is not theirs: refused and written, in the group's chain, whether it exists or not.
    unknown = UUID(int=7)
    for patient in (away, away, unknown):
        day(anna, read_chart, patient, line=("read_chart", None, patient, {}), raises=Denied)
    day(anna, read_access, away, line=("read_access", None, away, {}), raises=Denied)
    day(mia, read_chart, one, line=("read_chart", None, one, {}), raises=Denied)
    no_list = ("list_patients", None, None, {})
    day(gil, list_patients, PatientFilter(), today=TODAY, line=no_list, raises=Denied)
    day(pat, read_chart, one, line=("read_chart", None, one, {}), raises=Denied)
    day(pia, read_audit, AuditFilter(), line=("read_audit", None, None, {}), raises=Denied)
    day(anna, read_episodes, line=("export", None, None, {}), raises=Denied)

    # An emergency: a number nobody has, then the patient; the chart says how it was opened.
    why = {"reason": "brought in, not responsive"}
    failed = ("open_emergency", None, None, {})
    day.step(
        anna,
        lambda: open_emergency(engine, anna, code="P-none", **why),
        failed,
        raises=NotFound,
        outcome="failed",
    )
    day(
        anna,
        open_emergency,
        code="P-2",
        **why,
        line=("open_emergency", phoenix, away, {"minutes": 60}),
    )
    there = replace(anna, emergencies=frozenset({away}))
    day(there, read_chart, away, line=("read_chart", phoenix, away, {"emergency": True}))
    day(pia, read_access, away, line=("read_access", phoenix, away, {}))

    # Figures, the patient's own page.
    listed = ("list_patients", denver, None, {"page": "durations", "instrument": "PHQ-9"})
    day(anna, read_durations, DurationFilter("PHQ-9", site_id=denver), today=TODAY, line=listed)
    curves = ("read_curves", None, None, {"instrument": "PHQ-9"})
    day(gil, read_sites, "PHQ-9", line=curves)
    day(pat, read_own, line=("read_own", denver, one, {}))

    # The administrator: import, exports, rules, settings, users, sessions, the audit itself.
    counts = {"patients": {"added": 1, "refused": 1}}
    files = [("ada quill.csv", ROWS)]
    day(ada, import_files, files, line=("import", None, None, counts))
    day(ada, read_imports, line=("import", None, None, {"looked": "imports"}))
    exported = {"what": "episodes"}
    day(
        ada, read_episodes,
        line=lambda frame: ("export", None, None, {**exported, "rows": len(frame)}),
    )  # fmt: skip
    out = tmp_path / "out.csv"
    day(ada, export_quietly, out, line=("export", None, None, {**exported, "rows": 3}))
    not_now = replace(ada, is_confirmed=False)
    day(not_now, read_scores, line=None, raises=Unconfirmed)
    ruled = {"about": "rules", "revision": 2, "changed": ["silence"]}
    monthly = (RULES, Rules(silence=21))
    day(ada, set_policy, *monthly, reason="monthly forms", line=("set_policy", None, None, ruled))
    setting = {"about": "signing in", "revision": 2, "changed": ["idle_minutes_staff"]}
    idle = (SIGNING_IN, Settings(idle_minutes_staff=10))
    day(ada, set_policy, *idle, reason="shared desks", line=("set_policy", None, None, setting))
    text = {"site_id": denver, "seen_revision": 0, "body": "Call 988.", "phone": "988"}
    day(mia, set_crisis_text, **text, line=("set_crisis_text", denver, None, {"revision": 1}))
    erik = UserEntry("erik", "Erik", frozenset({Role.CLINICIAN}), frozenset({denver}))
    made = {"what": "added", "roles": ["clinician"]}
    user, _ = day(ada, add_user, entry=erik, line=("manage_users", None, None, made))
    day(ada, list_users, line=("manage_users", None, None, {"looked": "users"}))
    moved = {
        "what": "changed",
        "fields": ["sites"],
        "roles": ["clinician"],
        "roles_before": ["clinician"],
        "sites": [str(phoenix)],
        "sites_before": [str(denver)],
    }
    rights = {"roles": erik.roles, "site_ids": {phoenix}, "sees_all_sites": False}
    day(
        ada, change_user, user_id=user, seen_version=1, name="Erik", **rights,
        line=("manage_users", None, None, moved),
    )  # fmt: skip
    link = ("manage_users", None, None, {"what": "new link"})
    day(ada, new_welcome_link, user_id=user, line=link)
    day(ada, disable_user, user_id=user, line=("manage_users", None, None, {"what": "disabled"}))
    day(ada, list_sessions, line=("end_sessions", None, None, {"looked": "sessions"}))
    day(ada, refresh_results, line=("refresh", None, None, {"changed": 0}))
    narrowed = {"page": "audit 1", "narrowed": ["patient"]}
    day(ada, read_audit, AuditFilter(patient="P-2"), line=("read_audit", None, away, narrowed))
    checked = {"page": "check", "findings": 0}
    assert day(ada, verify, line=("read_audit", None, None, checked)) == []

    presence = find_presence(engine, entered.token, is_active=False, client=anna.client)
    day.step(
        anna,
        lambda: end_all_sessions(engine, presence),
        ("sign_out_everywhere", None, None, {"sessions": 1}),
    )
    day(
        ada,
        end_sessions_of,
        user_id=anna.user_id,
        line=("end_sessions", None, None, {"sessions": 0}),
    )

    assert day.steps >= STEPS
    for line, expected in zip(day.lines(), day.expected, strict=False):
        assert line == expected
    assert len(day.lines()) == len(day.expected)
    with reading(engine) as connection:
        assert find_tampering(connection) == []


def export_quietly(engine, person, path):
    return export_survival(engine, person, path, instrument="PHQ-9")
