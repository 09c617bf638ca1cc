"""Cells of an export: the unknown is empty, no spreadsheet runs any, no file is half-written."""

from __future__ import annotations

import csv
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exporters.sheets import say, write_frame, write_sheet
from data.formulas import FORMULA_STARTS, guard, unguard
from models.outcomes.ending import EndReason

CELLS = [
    (None, ""),
    (float("nan"), ""),
    (pd.NaT, ""),
    (True, "1"),
    (False, "0"),
    (np.bool_(True), "1"),
    (0, "0"),
    (-3, "-3"),
    (-1.5, "-1.5"),
    (20.0, "20"),
    (1 / 3, "0.3333333333"),
    (np.int64(7), "7"),
    (np.float64(7.0), "7"),
    (date(2026, 1, 5), "2026-01-05"),
    (datetime(2026, 1, 5, 8, 5), "2026-01-05T08:05:00"),  # noqa: DTZ001
    (EndReason.LOST, "lost"),
    ("plain", "plain"),
    ("=1+1", "'=1+1"),
    ("  =1+1", "'  =1+1"),
    ("\t=1", "'\t=1"),
    ("\uff1d1", "'\uff1d1"),
    ("O'Hara", "O'Hara"),
]


@pytest.mark.parametrize(("value", "text"), CELLS, ids=repr)
def test_a_cell_says(value, text):
    assert say(value) == text


TEXTS = st.text(st.sampled_from("=+-@'\t\r\n\x00 a1\uff1d\uff20"), max_size=6) | st.text()


@given(TEXTS)
def test_no_text_leaves_that_a_spreadsheet_would_run(text):
    written = guard(text)

    assert written[:1] not in FORMULA_STARTS
    assert written.lstrip(" ")[:1] not in FORMULA_STARTS


@given(TEXTS.filter(lambda text: not text.startswith("'")))
def test_what_was_guarded_reads_back_equal(text):
    assert unguard(guard(text)) == text


@given(st.lists(st.tuples(TEXTS, st.integers() | st.none()), max_size=5))
def test_a_sheet_has_the_rows_it_was_given(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheets") / "out.csv"

    assert write_sheet(path, ["text", "number"], rows) == len(rows)

    with path.open(newline="", encoding="utf-8") as file:
        back = [row for row in csv.reader(line.replace("\0", "") for line in file)]
    assert len(back) == len(rows) + 1


def test_a_sheet_that_fails_half_way_leaves_the_old_one(tmp_path):
    path = tmp_path / "out.csv"
    write_sheet(path, ["a"], [["old"]])

    def rows():
        yield ["new"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_sheet(path, ["a"], rows())

    assert path.read_text() == "a\nold\n"


def test_a_frame_is_written_with_its_columns(tmp_path):
    path = tmp_path / "out.csv"
    frame = pd.DataFrame({"n": [1, 2], "score": [1.5, None], "held": [True, False]})

    assert write_frame(path, frame) == 2
    assert path.read_text() == "n,score,held\n1,1.5,1\n2,,0\n"
