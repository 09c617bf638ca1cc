"""When a review prompt is in force: the clinic's lines, a table a case."""

from __future__ import annotations

import pytest

from data.instruments import catalogue
from models.errors import DefinitionError
from models.outcomes.episodes import build_episodes
from models.outcomes.prompt_rules import OF_SAFETY, SOURCES, Prompt, PromptRules
from models.outcomes.prompts import Known, prompts_at, prompts_in_force
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation, summarise
from tests.histories import find_courses, on, read_history, read_table

# Baseline 20, best value 4: a gain of 16. A quarter of it is gone at 8, half of it at 12; the
# response itself ends above 10.
RESPONSE = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
"""


def in_force(records, today, *, chance=None, instrument="PHQ-9", left_on=None, **lines):
    """Return the kinds on a day, from what was known on it, in the order of urgency."""
    history = read_history(records)
    one = catalogue()[instrument]
    until = on(today)
    given = [moment for moment in history.infusions if moment.day <= until]
    scores = [score for score in history.scores[instrument] if score.moment.day <= until]
    courses = find_courses(type(history)(tuple(given), {}))
    found = prompts_at(
        courses,
        build_episodes(courses, scores, one, Rules()),
        scores,
        one,
        chance=chance,
        rules=Rules(),
        lines=PromptRules(**lines),
        today=until,
        left_on=None if left_on is None else on(left_on),
    )
    return " ".join(prompt.value for prompt in Prompt if prompt in found)


GAIN = """
    day 14 | day 21 | in force
    8      | 8      | gain_first
    8      | 7      | -
    7      | 8      | -
    10     | 10     | gain_first
    13     | 10     | gain_first
    13     | 7      | -
    4      | 10     | -
    8      | 3      | -
    9      | 11     | possible_loss
    11     | 12     | lost
"""


@pytest.mark.parametrize("row", read_table(GAIN), ids=lambda row: "-".join(row.values()))
def test_a_quarter_of_the_gain_is_gone_on_two_check_ins_in_a_row(row):
    records = RESPONSE + f"14 | - | {row['day 14']}\n21 | - | {row['day 21']}"

    assert (in_force(records, 21) or "-") == row["in force"]


# Of a gain of 8, a quarter is gone at 4, half at 6; a third of the baseline is a response, up to 7.
PAIN = "day | infusion | NRS-11\n-1 | - | 10\n0 | yes | -\n7 | - | 2\n"
HALF = """
    day 14 | day 21 | in force
    3      | 6      | -
    4      | 6      | gain_first
    6      | 6      | gain_second
    7      | 6      | gain_second
    6      | 7      | gain_second
    6      | 8      | possible_loss
"""


@pytest.mark.parametrize("row", read_table(HALF), ids=lambda row: "-".join(row.values()))
def test_half_of_it_stands_for_the_quarter(row):
    records = PAIN + f"14 | - | {row['day 14']}\n21 | - | {row['day 21']}"

    assert (in_force(records, 21, instrument="NRS-11") or "-") == row["in force"]
    if row["in force"] == "gain_second":
        off = frozenset({Prompt.GAIN_SECOND})
        assert in_force(records, 21, instrument="NRS-11", off=off) == "gain_first"


WELL = RESPONSE + "14 | - | 5\n"
FADING = RESPONSE + "14 | - | 8\n21 | - | 9\n"
LOST = RESPONSE + "14 | - | 13\n21 | - | 14\n"
TURNED = RESPONSE + "14 | - | 13\n"
DAYS = """
    records | chance | today | in force
    well    | -      | 14    | -
    well    | 0.39   | 14    | -
    well    | 0.40   | 14    | outlook
    well    | 0.90   | 27    | outlook
    well    | 0.90   | 28    | silent
    well    | -      | 70    | silent
    well    | -      | 71    | -
    fading  | 0.50   | 21    | outlook gain_first
    fading  | 0.50   | 35    | gain_first silent
    fading  | -      | 49    | gain_first silent
    fading  | -      | 50    | silent
    lost    | 0.90   | 21    | lost
    lost    | -      | 49    | lost
    lost    | -      | 50    | -
    turned  | 0.90   | 14    | possible_loss
    turned  | -      | 42    | possible_loss
    turned  | -      | 43    | -
"""


@pytest.mark.parametrize("row", read_table(DAYS), ids=lambda row: "-".join(row.values()))
def test_from_which_day_to_which(row):
    records = {"well": WELL, "fading": FADING, "lost": LOST, "turned": TURNED}[row["records"]]
    chance = None if row["chance"] == "-" else float(row["chance"])

    assert (in_force(records, int(row["today"]), chance=chance) or "-") == row["in force"]


def test_a_loss_is_told_for_fifty_six_days_from_the_day_it_was_first_seen():
    answering = LOST + "".join(f"{day} | - | 15\n" for day in range(28, 80, 7))

    assert (in_force(answering, 70), in_force(answering, 71)) == ("lost", "")


def test_the_clinics_own_lines_count():
    assert in_force(FADING, 21, gain_first=0.26) == ""
    assert in_force(FADING, 21, gain_first=0.1, gain_second=0.25) == "gain_second"
    assert in_force(WELL, 14, chance=0.5, off=frozenset()) == "outlook"
    assert in_force(LOST, 21, off=frozenset({Prompt.LOST})) == ""
    assert in_force(WELL, 28, off=frozenset({Prompt.SILENT})) == ""


def test_another_infusion_ends_what_was_said_of_the_course_before():
    assert in_force(FADING + "22 | yes | -\n", 22, chance=None) == ""
    assert in_force(FADING + "22 | yes | -\n29 | - | 9\n", 29) == ""


def test_whoever_has_left_is_told_of_for_a_flag_only():
    assert in_force(FADING, 21, left_on=22) == "gain_first"
    assert in_force(FADING, 21, left_on=21) == ""
    known = Known(situation=Situation.LOST.value, last_assessed_on=on(21), is_flagged=True)
    assert prompts_in_force(known, Rules(), PromptRules(), on(400)) == (Prompt.SAFETY,)


MISSED = """
    missed | in force
    1      | -
    2      | missed
    8      | missed
    9      | -
"""


@pytest.mark.parametrize("row", read_table(MISSED), ids=lambda row: row["missed"])
def test_missed_forms_in_a_row(row):
    known = Known(situation="untreated", last_assessed_on=None, missed=int(row["missed"]))

    found = prompts_in_force(known, Rules(), PromptRules(), on(30))

    assert (" ".join(found) or "-") == row["in force"]


def test_the_summary_row_says_the_same_as_looking_back():
    for records in (WELL, FADING, LOST, TURNED, PAIN + "14 | - | 6\n21 | - | 6"):
        history = read_history(records)
        code = next(iter(history.scores))
        courses = find_courses(history)
        episodes = build_episodes(courses, history.scores[code], catalogue()[code], Rules())
        row = summarise(history, None, courses, {code: episodes}, catalogue(), ())
        known = Known(
            situation=row.situation,
            last_assessed_on=row.last_assessed_on,
            turned_on=row.turned_on,
            gain_lost=row.gain_lost,
        )
        for today in range(21, 80):
            stored = prompts_in_force(known, Rules(), PromptRules(), on(today))
            assert " ".join(stored) == in_force(records, today, instrument=code), (records, today)


def test_no_worry_about_safety_can_be_switched_off():
    for prompt in OF_SAFETY:
        with pytest.raises(DefinitionError):
            PromptRules(off=frozenset({prompt}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"gain_first": 0},
        {"gain_first": 0.6},
        {"gain_second": 1.2},
        {"chance": True},
        {"chance": "0.4"},
        {"chance_days": 10},
        {"missed": 1},
        {"missed": 9},
        {"snooze_days": 91},
        {"snooze_days": 1.5},
        {"revision": 0},
    ],
    ids=str,
)
def test_a_line_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(DefinitionError):
        PromptRules(**wrong)


def test_rules_are_read_back_as_they_were_stored():
    rules = PromptRules(gain_first=0.3, off=frozenset({Prompt.SILENT, Prompt.OUTLOOK}), revision=4)

    assert rules.to_dict()["off"] == ["outlook", "silent"]
    assert PromptRules.from_dict(rules.to_dict()) == rules
    assert PromptRules.from_dict({}) == PromptRules()
    for wrong in ({"off": ["nothing"]}, {"made_up": 1}):
        with pytest.raises(DefinitionError):
            PromptRules.from_dict(wrong)
    assert set(SOURCES) == set(rules.to_dict()) - {"off", "revision"}
