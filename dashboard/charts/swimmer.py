"""Many courses under each other, shortest first: the lane "held" with one row a course."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.bars import draw_mark
from dashboard.charts.curves import weekly_ticks
from dashboard.charts.hover import escape
from dashboard.charts.marks import Look, Mark
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper
from dashboard.charts.traces import Trace
from models.outcomes.ending import EndReason

MOST_ROWS = 60
ROW = 15
# How far a stretch without a known end is drawn; its hover says that it is open.
OPEN_DAYS = 7
ENDS = {
    EndReason.LOST: "lost",
    EndReason.GAP: "not seen for too long to say when",
    EndReason.NEXT_COURSE: "next course given while responding",
    EndReason.POSSIBLE_LOSS: "possible loss, one score",
    EndReason.LEFT: "left while responding",
    EndReason.SILENT: "no recent check-in",
    EndReason.HOLDING: "still holding",
}


def draw_swimmer(frame: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Responded courses: label, course_no, kind, lower_days, upper_days, end_reason, start_on.

    Of more than MOST_ROWS, evenly spaced ones are drawn, so that the shape of the whole remains;
    `wording.durations.how_many` says how many are not.
    """
    palette = choose_palette(dark=dark)
    rows = sort_courses(frame)
    drawn = thin_out(rows)
    figure = open_paper(palette, height=70 + ROW * max(1, len(drawn)), left=130, top=8, bottom=48)
    longest = float(pd.to_numeric(rows["upper_days"]).fillna(rows["lower_days"]).max() or 0)
    reach = max(28.0, longest) + OPEN_DAYS
    figure.update_xaxes(
        range=[0, reach], tickvals=weekly_ticks(reach), title_text="days since the last infusion"
    )
    figure.update_yaxes(
        range=[len(drawn) - 0.4, -0.6],
        tickvals=list(range(len(drawn))),
        ticktext=[_shorten(label) for label in drawn["label"]],
        tickfont={"size": 10},
    )
    figure.add_traces(_draw_rows(drawn, palette))
    return figure


def _draw_rows(drawn: pd.DataFrame, palette: Palette) -> list[Trace]:
    traces = []
    for y, row in enumerate(drawn.itertuples()):
        text = _describe(row)
        for mark in mark_row(row):
            trace = draw_mark(mark, palette, y=y, thick=0.62, text=text, day_zero=None)
            traces.append(_fit(trace))
    return traces


def sort_courses(frame: pd.DataFrame) -> pd.DataFrame:
    """Shortest first by the last day seen responding, then by the day seen lost."""
    ended = pd.to_numeric(frame["upper_days"]).fillna(float("inf"))
    order = frame.assign(_ended=ended).sort_values(["lower_days", "_ended", "label"], kind="stable")
    return order.drop(columns="_ended").reset_index(drop=True)


def thin_out(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) <= MOST_ROWS:
        return rows
    kept = [round(number * (len(rows) - 1) / (MOST_ROWS - 1)) for number in range(MOST_ROWS)]
    return rows.iloc[kept].reset_index(drop=True)


def mark_row(row: Any) -> list[Mark]:
    """The marks of one row; where it shows no end, a short stretch or a sign does."""
    held = float(row.lower_days)
    marks = [Mark(Look.HELD, 0, held)]
    beyond = held + OPEN_DAYS
    match EndReason(row.end_reason):
        case EndReason.LOST:
            marks.append(Mark(Look.FADING, held, float(row.upper_days)))
        case EndReason.GAP:
            marks.append(Mark(Look.UNSEEN, held, beyond))
        case EndReason.POSSIBLE_LOSS:
            marks += [Mark(Look.POSSIBLE, held, beyond), Mark(Look.DOUBT, beyond, beyond)]
        case EndReason.NEXT_COURSE:
            marks.append(Mark(Look.CAP, held, held))
        case EndReason.LEFT:
            marks.append(Mark(Look.STOP, held, held))
        case EndReason.SILENT:
            marks.append(Mark(Look.SILENT, held, beyond))
        case EndReason.HOLDING:
            marks.append(Mark(Look.ARROW, held, held))
    return marks


def _fit(trace: Trace) -> Trace:
    """Signs made for the lane are too tall for a row."""
    if trace.get("mode") == "markers":
        size = 8 if trace["marker"]["symbol"] == "square" else 11
        return trace | {"marker": trace["marker"] | {"size": size}}
    if trace.get("mode") == "text":
        return trace | {"textfont": trace["textfont"] | {"size": 11}}
    return trace


def _shorten(label: Any) -> str:
    text = str(label)
    return escape(text if len(text) <= 20 else text[:19] + "…")


def _describe(row: Any) -> str:
    reason = EndReason(row.end_reason)
    upper = row.upper_days if reason is EndReason.LOST else None
    held = formats.day_range(row.lower_days, upper)
    began = f"{escape(row.kind)}, began {formats.day(row.start_on)}"
    return f"<b>{escape(row.label)}</b><br>held {held}: {ENDS[reason]}<br>{began}"
