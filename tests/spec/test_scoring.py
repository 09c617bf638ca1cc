"""The scoring rules as tables a clinician can read and correct.

Each table is split on "|"; the first row names the columns, "-" means that nothing is stated.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.instruments import catalogue


def read_table(text: str) -> list[list[str]]:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return rows[1:]


def read_answers(text: str) -> list[int | None]:
    return [None if answer == "." else int(answer) for answer in text.split()]


def read_number(text: str) -> float | None:
    return None if text == "-" else float(text)


def read_verdict(text: str) -> bool | None:
    return {"yes": True, "no": False, "-": None}[text]


BANDS = """
instrument | total | band
PHQ-9      |  0    | minimal
PHQ-9      |  4    | minimal
PHQ-9      |  5    | mild
PHQ-9      |  9    | mild
PHQ-9      |  9.9  | mild
PHQ-9      | 10    | moderate
PHQ-9      | 14    | moderate
PHQ-9      | 15    | moderately severe
PHQ-9      | 19    | moderately severe
PHQ-9      | 20    | severe
PHQ-9      | 27    | severe
GAD-7      |  4    | minimal
GAD-7      |  5    | mild
GAD-7      |  9    | mild
GAD-7      | 10    | moderate
GAD-7      | 14    | moderate
GAD-7      | 15    | severe
GAD-7      | 21    | severe
MADRS      |  6    | none
MADRS      |  7    | mild
MADRS      | 19    | mild
MADRS      | 20    | moderate
MADRS      | 34    | moderate
MADRS      | 35    | severe
QIDS-SR16  |  5    | none
QIDS-SR16  |  6    | mild
QIDS-SR16  | 10    | mild
QIDS-SR16  | 11    | moderate
QIDS-SR16  | 15    | moderate
QIDS-SR16  | 16    | severe
QIDS-SR16  | 20    | severe
QIDS-SR16  | 21    | very severe
ISI        |  7    | none
ISI        |  8    | subthreshold
ISI        | 14    | subthreshold
ISI        | 15    | moderate
ISI        | 21    | moderate
ISI        | 22    | severe
Y-BOCS     | 15    | mild
Y-BOCS     | 16    | moderate
Y-BOCS     | 31    | severe
Y-BOCS     | 32    | extreme
NRS-11     |  0    | none
NRS-11     |  3    | mild
NRS-11     |  4    | moderate
NRS-11     |  7    | severe
WHO-5      | 48    | poor
WHO-5      | 52    | not poor
C-SSRS     |  3    | level 1 to 3
C-SSRS     |  4    | level 4 or 5: rated high
PCL-5      | 33    | -
PEG        |  7    | -
PHQ-9      | 28    | -
PHQ-9      | -1    | -
"""


@pytest.mark.parametrize(("code", "total", "label"), read_table(BANDS))
def test_band_of_a_total(code, total, label):
    band = catalogue()[code].band(float(total))
    assert (band.label if band else "-") == label


# A dot is a question left blank.
TOTALS = """
instrument | answers                           | total | blank   | estimated
PHQ-9      | 0 0 0 0 0 0 0 0 0                 |  0    |         | no
PHQ-9      | 3 3 3 3 3 3 3 3 3                 | 27    |         | no
PHQ-9      | 1 2 3 0 1 2 3 0 1                 | 13    |         | no
PHQ-9      | 1 1 1 1 1 1 1 1 .                 |  9    | 9       | yes
PHQ-9      | . 2 2 2 2 2 2 2 .                 | 18    | 1 9     | yes
PHQ-9      | . 1 2 1 2 1 2 1 .                 | 12.857142857142858 | 1 9 | yes
PHQ-9      | . . 2 2 2 2 2 2 .                 |  -    | 1 2 9   | no
PHQ-9      | . . . . . . . . .                 |  -    | 1 2 3 4 5 6 7 8 9 | no
GAD-7      | 3 3 3 3 3 3 3                     | 21    |         | no
GAD-7      | 2 2 2 2 2 2 .                     | 14    | 7       | yes
GAD-7      | 2 2 2 2 2 . .                     |  -    | 6 7     | no
PCL-5      | 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 | 80 |      | no
PCL-5      | . 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 | -  | 1    | no
PACS       | 6 5 4 3 2                         | 20    |         | no
PEG        | 7 8 9                             |  8    |         | no
PEG        | 7 8 8                             |  7.666666666666667 |  | no
PEG        | 10 10 10                          | 10    |         | no
PEG        | 7 8 .                             |  -    | 3       | no
WHO-5      | 0 0 0 0 0                         |  0    |         | no
WHO-5      | 1 1 1 1 1                         | 20    |         | no
WHO-5      | 3 3 3 2 2                         | 52    |         | no
WHO-5      | 5 5 5 5 5                         | 100   |         | no
NRS-11     | 7                                 |  7    |         | no
NRS-11     | .                                 |  -    | 1       | no
QIDS-SR16  | 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3   | 27    |         | no
QIDS-SR16  | 1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0   |  3    |         | no
QIDS-SR16  | 0 0 0 0 0 2 0 1 0 0 0 0 0 0 0 0   |  2    |         | no
QIDS-SR16  | 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 3   |  3    |         | no
QIDS-SR16  | 0 0 0 0 1 0 0 0 0 1 1 1 1 1 0 0   |  6    |         | no
QIDS-SR16  | 0 0 0 2 1 2 . . 1 1 1 1 1 1 1 0   | 11    |         | no
QIDS-SR16  | 0 0 0 2 1 . . . 1 1 1 1 1 1 1 0   |  -    | 6 7     | no
QIDS-SR16  | . 0 0 2 1 2 . . 1 1 1 1 1 1 1 0   |  -    | 1       | no
"""


@pytest.mark.parametrize(("code", "answers", "value", "blank", "prorated"), read_table(TOTALS))
def test_total_of_the_answers(code, answers, value, blank, prorated):
    total = catalogue()[code].total(read_answers(answers))
    assert total.value == read_number(value)
    assert total.missing == tuple(int(number) for number in blank.split())
    assert total.is_prorated == read_verdict(prorated)


def test_a_blank_item_9_is_reported_and_not_taken_as_zero():
    phq9 = catalogue()["PHQ-9"]
    total = phq9.total([2, 2, 2, 2, 2, 2, 2, 2, None])
    assert phq9.safety_item in total.missing
    assert total.value == 18


# "line" is the value at which the rule is just met.
RESPONSES = """
instrument | baseline | now  | improvement | responding | line
PHQ-9      | 14       |  7   |  0.5        | yes        |  7
PHQ-9      | 14       |  8   |  0.42857143 | no         |  7
PHQ-9      | 15       |  8   |  0.46666667 | no         |  7.5
PHQ-9      | 15       |  7   |  0.53333333 | yes        |  7.5
PHQ-9      | 20       | 25   | -0.25       | no         | 10
PHQ-9      |  0       |  0   |  -          | -          |  -
PHQ-9      |  0       |  5   |  -          | -          |  -
GAD-7      | 12       |  6   |  0.5        | yes        |  6
PCL-5      | 50       | 35   |  0.3        | yes        | 35
PCL-5      | 50       | 36   |  0.28       | no         | 35
NRS-11     | 10       |  7   |  0.3        | yes        |  7
NRS-11     |  5       |  3.5 |  0.3        | yes        |  3.5
NRS-11     |  5       |  4   |  0.2        | no         |  3.5
PEG        |  9       |  6.3 |  0.3        | yes        |  6.3
Y-BOCS     | 20       | 13   |  0.35       | yes        | 13
Y-BOCS     | 20       | 14   |  0.3        | no         | 13
WHO-5      | 20       | 60   |  0.5        | yes        | 60
WHO-5      | 20       | 56   |  0.45       | no         | 60
WHO-5      | 40       | 20   | -0.33333333 | no         | 70
WHO-5      | 100      | 80   |  -          | -          |  -
AUDIT-C    | 10       |  2   |  0.8        | -          |  -
C-SSRS     |  5       |  0   |  1          | -          |  -
"""


@pytest.mark.parametrize(
    ("code", "baseline", "now", "improvement", "responding", "line"), read_table(RESPONSES)
)
def test_response_against_baseline(code, baseline, now, improvement, responding, line):
    instrument = catalogue()[code]
    before, value = float(baseline), float(now)
    expected = read_number(improvement)
    assert instrument.improvement(before, value) == (
        None if expected is None else pytest.approx(expected)
    )
    assert instrument.is_responding(before, value) is read_verdict(responding)
    threshold = read_number(line)
    assert instrument.response_threshold(before) == (
        None if threshold is None else pytest.approx(threshold)
    )


REMISSION = """
instrument | total | remitted
PHQ-9      |  4    | yes
PHQ-9      |  4.5  | no
PHQ-9      |  5    | no
GAD-7      |  4    | yes
GAD-7      |  5    | no
QIDS-SR16  |  5    | yes
QIDS-SR16  |  6    | no
MADRS      | 10    | yes
MADRS      | 11    | no
ISI        |  7    | yes
ISI        |  8    | no
WHO-5      | 52    | yes
WHO-5      | 48    | no
PCL-5      |  0    | -
C-SSRS     |  0    | -
"""


@pytest.mark.parametrize(("code", "total", "remitted"), read_table(REMISSION))
def test_remission(code, total, remitted):
    assert catalogue()[code].is_remitted(float(total)) is read_verdict(remitted)


BASELINES = """
instrument | baseline | severe enough
PHQ-9      |  9       | no
PHQ-9      |  9.9     | no
PHQ-9      | 10       | yes
GAD-7      |  7       | no
GAD-7      |  8       | yes
NRS-11     |  3       | no
NRS-11     |  4       | yes
PCL-5      | 30       | no
PCL-5      | 31       | yes
MADRS      | 19       | no
MADRS      | 20       | yes
WHO-5      | 48       | yes
WHO-5      | 52       | no
AUDIT-C    |  0       | yes
"""


@pytest.mark.parametrize(("code", "baseline", "allowed"), read_table(BASELINES))
def test_baseline_severe_enough_for_a_response_to_be_stated(code, baseline, allowed):
    assert catalogue()[code].allows_baseline(float(baseline)) is read_verdict(allowed)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_any_nine_answers_make_their_sum_and_the_published_band(answers):
    phq9 = catalogue()["PHQ-9"]
    expected = 0
    for answer in answers:
        expected += answer
    total = phq9.total(answers)
    assert total.value == expected
    starts = {0: "minimal", 5: "mild", 10: "moderate", 15: "moderately severe", 20: "severe"}
    last_start = max(start for start in starts if start <= expected)
    assert phq9.band(total.value).label == starts[last_start]


@given(st.lists(st.none() | st.integers(0, 3), min_size=9, max_size=9))
def test_a_prorated_total_lies_between_the_blanks_at_worst_and_at_best(answers):
    total = catalogue()["PHQ-9"].total(answers)
    blanks = answers.count(None)
    known = sum(answer for answer in answers if answer is not None)
    if blanks > 2:
        assert total.value is None
    else:
        assert known <= total.value <= known + 3 * blanks
        assert total.is_prorated == (blanks > 0)


@given(st.integers(1, 27), st.integers(0, 27))
def test_half_is_exact_in_whole_numbers(baseline, value):
    """The rule in integers, 2 x value <= baseline, with no fraction to round."""
    assert catalogue()["PHQ-9"].is_responding(baseline, value) is (2 * value <= baseline)


@given(st.integers(1, 10), st.integers(0, 10))
def test_thirty_percent_is_exact_in_whole_numbers(baseline, value):
    assert catalogue()["NRS-11"].is_responding(baseline, value) is (
        10 * (baseline - value) >= 3 * baseline
    )
