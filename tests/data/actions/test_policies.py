"""What a clinic sets for itself: of every policy the same, a revision for each change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from data.actions.policies import set_policy
from data.policies import EXPOSURE, PLAN, PROMPTS, RULES, SIGNING_IN
from data.queries.policies import read_policy, read_policy_history
from models.access import BOUNDS, Settings
from models.checkins.plan import DEFAULT_MAIN, Plan, Step
from models.errors import Conflict, DefinitionError, Refused
from models.exposure_rules import ExposureRules
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.rules import Rules
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import StoredEpisode
from tests.clinic import LOST, audit_of, everything, rows_of

ADA = Person("Ada", frozenset({Role.ADMINISTRATOR}), sites=frozenset())
MISSED_OFF = frozenset({Prompt.MISSED})

# A kind, the default, what a clinic makes of it, and the names of what that changes.
CHANGES = [
    (RULES, Rules(), Rules(silence=21, course_gap=10), ["course_gap", "silence"]),
    (PROMPTS, PromptRules(), PromptRules(gain_first=0.2, off=MISSED_OFF), ["gain_first", "off"]),
    (PLAN, Plan(), Plan(steps=(Step("weekly", (5, 12), ("PHQ-9",)),)), ["steps"]),
    (EXPOSURE, ExposureRules(), ExposureRules(peak_systolic=170), ["peak_systolic"]),
    (SIGNING_IN, Settings(), Settings(longest_hours=8), ["longest_hours"]),
]
of_each_kind = pytest.mark.parametrize(
    ("kind", "default", "wanted", "names"), CHANGES, ids=[change[0].about for change in CHANGES]
)
# The database decides nothing here, and nothing is written.
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@of_each_kind
def test_the_default_holds_until_a_clinic_has_set_its_own(clinic, kind, default, wanted, names):
    assert read_policy(clinic.engine, ADA, kind) == default
    assert read_policy_history(clinic.engine, ADA, kind) == ()

    made = set_policy(clinic.engine, OPERATOR, kind, wanted, reason="  As we work ")
    again = set_policy(clinic.engine, ADA, kind, replace(default, revision=2), reason="Back")

    assert made == replace(wanted, revision=2)
    assert read_policy(clinic.engine, ADA, kind) == again == replace(default, revision=3)
    newest, oldest = read_policy_history(clinic.engine, ADA, kind)
    assert (oldest.before, oldest.value) == (default, made)
    assert (newest.before, newest.value) == (made, again)
    assert (oldest.reason, oldest.recorded_by) == ("As we work", OPERATOR.name)
    assert (newest.reason, newest.recorded_by) == ("Back", "Ada")
    assert oldest.recorded_at <= newest.recorded_at
    lines = [it.detail for it in audit_of(clinic.engine) if it.operation == "set_policy"]
    assert lines == [
        {"about": kind.about, "revision": revision, "changed": names} for revision in (2, 3)
    ]


@of_each_kind
@on_one_database
def test_what_cannot_be_is_refused_and_changes_nothing(clinic, kind, default, wanted, names):
    before = everything(clinic.engine)
    for policy, reason, error, said in (
        (wanted, "  ", Refused, f"A change of {kind.named} needs a reason"),
        (default, "no change", Refused, "already in force"),
        (replace(wanted, revision=2), "stale", Conflict, f"has changed {kind.named} in the mean"),
    ):
        with pytest.raises(error, match=said):
            set_policy(clinic.engine, OPERATOR, kind, policy, reason=reason)
    assert everything(clinic.engine) == before


@of_each_kind
@on_one_database
def test_only_whoever_may_change_it_changes_it_and_reads_who_did(
    clinic, kind, default, wanted, names
):
    for person in (clinic.anna, Person("Mo", frozenset({Role.SITE_MANAGER}))):
        with pytest.raises(Denied):
            set_policy(clinic.engine, person, kind, wanted, reason="I would like to")
        with pytest.raises(Denied):
            read_policy_history(clinic.engine, person, kind)
        if kind is SIGNING_IN:
            with pytest.raises(Denied):
                read_policy(clinic.engine, person, kind)
        else:
            assert read_policy(clinic.engine, person, kind) == default


@of_each_kind
def test_of_several_at_once_one_is_kept_and_the_others_hear_of_it(
    clinic, kind, default, wanted, names
):
    def one(_):
        try:
            return set_policy(clinic.engine, OPERATOR, kind, wanted, reason="all at once")
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))

    assert [it for it in answers if it is not None] == [replace(wanted, revision=2)]
    assert len(read_policy_history(clinic.engine, ADA, kind)) == 1


@pytest.mark.parametrize("change", CHANGES[1:4], ids=["prompts", "check-ins", "exposure"])
def test_only_the_rules_decide_about_courses_and_responses(clinic, change):
    kind, _, wanted, _ = change
    clinic.register("P-1", records=LOST)
    before = rows_of(clinic.engine, StoredEpisode)

    set_policy(clinic.engine, OPERATOR, kind, wanted, reason="As we work")

    assert rows_of(clinic.engine, StoredEpisode) == before


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(steps=(Step("w", (7,), ("PACS",)),)), "PACS: its questions"),
        (Plan(steps=(Step("w", (7,), ("XYZ",)),)), "XYZ is not an instr"),
        (Plan(main={**DEFAULT_MAIN, "ocd": ("PHQ-9", "Y-BOCS")}), "Y-BOCS"),
        (Plan(pulse={"other": "WHO-5"}), "WHO-5"),
    ],
)
@on_one_database
def test_a_plan_asks_only_what_patients_can_be_shown(clinic, plan, said):
    before = everything(clinic.engine)
    with pytest.raises(DefinitionError, match=said):
        set_policy(clinic.engine, OPERATOR, PLAN, plan, reason="x")
    assert everything(clinic.engine) == before


@pytest.mark.parametrize("name", BOUNDS)
def test_settings_hold_within_bounds_on_both_sides(name):
    least, most = BOUNDS[name]
    for value in (least - 1, most + 1):
        with pytest.raises(DefinitionError, match=f"must be {least} to {most}"):
            Settings(**{name: value})
    for value in (least, most):
        assert getattr(Settings(**{name: value}), name) == value


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"idle_minutes_staff": "15"}, "idle minutes staff: expected a whole number"),
        ({"idle_minutes_staff": 10.0}, "a whole number"),
        ({"longest_hours": True}, "a whole number"),
        ({"second_factor": 0}, "yes or no"),
        ({"second_factor": None}, "yes or no"),
    ],
)
def test_a_setting_of_another_kind_is_refused(changes, said):
    with pytest.raises(DefinitionError, match=said):
        Settings(**changes)
