"""From infusion to infusion within one course: where the score stood before each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.bands import ticks
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper
from data.queries.chart import Chart
from models.instrument import Instrument
from models.outcomes.history import Moment, Score
from models.outcomes.steps import Step, infusion_steps

HEIGHT, MARGINS, LABEL = 270, 68, 24  # pixels: the figure, its two margins, a number


def course_steps(chart: Chart, instrument: Instrument, course_no: int) -> list[Step]:
    """The steps of one course of a chart on one instrument."""
    given = chart.infusions[chart.infusions["course_no"] == course_no]
    scored = chart.scores[chart.scores["instrument"] == instrument.code]
    scored = scored[scored["total"].notna()]
    return infusion_steps(
        [_moment(row) for row in given.itertuples()],
        [Score(_moment(row), row.total) for row in scored.itertuples()],
        before=chart.rules.baseline_window,
        after=chart.rules.response_window,
    )


def draw_steps(
    chart: Chart, instrument: Instrument, course_no: int, *, dark: bool = False
) -> go.Figure | None:
    """Steps with the change written between them; None where fewer than two have a value."""
    steps = course_steps(chart, instrument, course_no)
    known = [step for step in steps if step.value is not None]
    if len(known) < 2:
        return None
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=HEIGHT)
    # Room for a number over the highest possible value, and under the lowest.
    air = (instrument.highest - instrument.lowest) * LABEL / (HEIGHT - MARGINS - 2 * LABEL)
    figure.update_yaxes(
        range=[instrument.lowest - air, instrument.highest + air],
        title_text=instrument.code,
        tickvals=ticks(instrument),
    )
    figure.update_xaxes(
        tickvals=[step.number for step in steps],
        ticktext=[name_step(step) for step in steps],
        range=[0.5, len(steps) + 0.5],
        title_text="last value before each infusion, first value after the last",
    )
    figure.add_trace(_stairs(known, palette))
    figure.add_trace(_dots(known, instrument, palette))
    for one, other in pairwise(known):
        _write_change(figure, one, other, instrument, palette)
    return figure


def name_step(step: Step) -> str:
    return "after" if step.infusion is None else str(step.number)


def _moment(row: object) -> Moment:
    at = row.at  # type: ignore[attr-defined]
    return Moment(row.day, None if formats.is_blank(at) else at.time())  # type: ignore[attr-defined]


def _stairs(known: Sequence[Step], palette: Palette) -> go.Scatter:
    return go.Scatter(
        name="steps",
        x=[step.number for step in known],
        y=[step.value for step in known],
        mode="lines",
        line={"shape": "hv", "width": 1.4, "color": palette.unknown},
        hoverinfo="skip",
    )


def _dots(known: Sequence[Step], instrument: Instrument, palette: Palette) -> go.Scatter:
    return go.Scatter(
        name="values",
        x=[step.number for step in known],
        y=[step.value for step in known],
        mode="markers+text",
        marker={"size": 9, "color": palette.text},
        text=[formats.number(step.value) for step in known],
        textposition=["bottom center" if (s.change or 0) < 0 else "top center" for s in known],
        textfont={"size": 12, "color": palette.text},
        cliponaxis=False,
        hovertext=[_describe(step, instrument) for step in known],
        hoverinfo="text",
    )


def _write_change(
    figure: go.Figure, one: Step, other: Step, instrument: Instrument, palette: Palette
) -> None:
    """The change in points on the riser, teal where it is for the better."""
    if one.value is None or other.value is None or other.change in (None, 0):
        return
    towards_best = (other.value - one.value) * (instrument.best - instrument.worst) > 0
    figure.add_annotation(
        x=other.number,
        y=(one.value + other.value) / 2,
        text=formats.change(other.change),
        xanchor="right",
        xshift=-4,
        showarrow=False,
        font={"size": 11, "color": palette.holds if towards_best else palette.quiet},
    )


def _describe(step: Step, instrument: Instrument) -> str:
    taken = "" if step.taken is None else formats.weekday(step.taken.day)
    where = "after the last infusion" if step.infusion is None else f"before infusion {step.number}"
    lines = [f"<b>{instrument.code} {formats.number(step.value)}</b>, {taken}", where]
    if step.change is not None:
        lines.append(f"{formats.change(step.change)} since the step before")
    return "<br>".join(lines)
