"""The lane "held": one bar a course, from its last infusion to where the response was lost.

Solid: seen responding. Hatched amber: lost some day in here. Hatched or dotted grey: not seen.
Slate blue: the next course was given while responding, so nothing was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dashboard import formats
from dashboard.charts.bars import DAY, draw_mark
from dashboard.charts.canvas import Canvas
from dashboard.charts.episodes import Episode
from dashboard.charts.hover import escape, stack, wrap
from dashboard.charts.marks import mark_episode
from dashboard.charts.traces import Trace, bar
from dashboard.wording.episodes import held_in_short, held_in_words, name_course
from data.queries.chart import Chart
from models.instrument import Instrument

# The lane's own axis, 0 to 1: bars above, words below.
MIDDLE, THICK, COURSE, WORDS = 0.68, 0.36, 0.10, 0.16


def draw_lane(
    canvas: Canvas, chart: Chart, episodes: Sequence[Episode], instrument: Instrument
) -> None:
    """Draw the lane of one instrument's episodes."""
    canvas.set_strip("held")
    for course in chart.courses.itertuples():
        canvas.add("held", _course_band(canvas, course))
    left_on = chart.patient.left_on
    for episode in episodes:
        words = held_in_words(episode, chart.rules, instrument, left_on=left_on, today=chart.today)
        text = stack([f"<b>{escape(name_course(episode))}</b>", wrap(words)])
        marks = mark_episode(
            episode,
            today=chart.today,
            left_on=left_on,
            late_window=chart.rules.late_response_window,
        )
        for mark in marks:
            trace = draw_mark(
                mark,
                canvas.palette,
                y=MIDDLE,
                thick=THICK,
                text=text,
                day_zero=episode.end_on,
            )
            canvas.add("held", trace)
    _write_labels(canvas, chart, episodes)


def _course_band(canvas: Canvas, course: Any) -> Trace:
    """The days of the course itself: thin and neutral, a sliver for a single infusion."""
    length = max((course.end_on - course.start_on).days, 0.5)
    dates = formats.day(course.start_on)
    if course.end_on != course.start_on:
        dates += f" to {formats.day(course.end_on)}"
    infusions = formats.count(int(course.infusions), "infusion")
    name = f"<b>course {course.course_no}</b>, {escape(course.kind)}"
    return bar(
        name="course",
        orientation="h",
        base=[course.start_on],
        x=[length * DAY],
        y=[MIDDLE],
        width=[COURSE],
        marker={"color": canvas.palette.unknown, "line": {"width": 0}},
        hovertext=f"{name}<br>{infusions}, {dates}",
        hoverinfo="text",
    )


def _write_labels(canvas: Canvas, chart: Chart, episodes: Sequence[Episode]) -> None:
    """Say under each bar how long it held, in as many words as there is room for."""
    begins = [episode.end_on for episode in episodes]
    for episode, following in zip(episodes, [*begins[1:], None], strict=False):
        end = following or canvas.shown_to + timedelta(
            days=(canvas.shown_to - canvas.shown_from).days // 9
        )
        room = (end - episode.end_on).days
        short = held_in_short(episode, chart.rules, today=chart.today)
        texts = [short, short.removeprefix("held "), short.split(",")[0]]
        fitting = [text for text in texts if canvas.days_wide(text + " ") <= room]
        if fitting:
            canvas.write("held", fitting[0], x=episode.end_on, y=WORDS)
        elif following is None:
            canvas.write("held", texts[-1], x=1.0, y=WORDS, xanchor="right")
