"""Several instruments on one axis: what is left of each one's own baseline.

100 % is the baseline of the latest induction, 0 % the best possible value, whichever way the
instrument points, so that mood, pain and sleep can be told apart at a glance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.episodes import Episode, read_episodes
from dashboard.charts.hover import escape
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.paper import open_paper, spread_labels
from data.queries.chart import Chart
from models.instrument import Instrument
from models.outcomes.courses import Kind

HEIGHT, TOP, BOTTOM = 320, 16, 40
LEAST_TOP = 110.0  # the axis reaches at least this, so that the baseline is never at the edge
LABEL_PIXELS = 15
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


class NotDrawn(StrEnum):
    """Why an instrument that was answered has no line."""

    NO_RULE = "no_rule"
    NO_BASELINE = "no_baseline"
    LOW_BASELINE = "low_baseline"
    NOTHING_LATER = "nothing_later"


@dataclass(frozen=True, slots=True)
class Domain:
    """One instrument from the baseline of the latest induction on; days strictly in order."""

    instrument: Instrument
    baseline: float
    baseline_on: date
    days: tuple[date, ...]
    values: tuple[float, ...]
    latest: Episode  # the latest course's episode

    @property
    def left(self) -> list[float]:
        """Per cent of the baseline left at each day."""
        gained = [self.instrument.improvement(self.baseline, value) or 0.0 for value in self.values]
        return [100 * (1 - share) for share in gained]


def read_domains(chart: Chart, instruments: Mapping[str, Instrument]) -> list[Domain]:
    """The instruments with a response rule, a usable baseline and a value after it."""
    codes = [code for code in dict.fromkeys(chart.scores["instrument"]) if code in instruments]
    found = [_read_domain(chart, instruments[code]) for code in sorted(codes)]
    return [domain for domain in found if isinstance(domain, Domain)]


def read_not_drawn(
    chart: Chart, instruments: Mapping[str, Instrument]
) -> list[tuple[Instrument, NotDrawn, float | None]]:
    """The recorded instruments that `read_domains` leaves out: why, and the baseline if any."""
    codes = [code for code in dict.fromkeys(chart.scores["instrument"]) if code in instruments]
    found = [(instruments[code], _read_domain(chart, instruments[code])) for code in sorted(codes)]
    return [(instrument, *domain) for instrument, domain in found if not isinstance(domain, Domain)]


def _read_domain(chart: Chart, instrument: Instrument) -> Domain | tuple[NotDrawn, float | None]:
    episodes = read_episodes(chart, instrument.code)
    started = [e for e in episodes if e.kind == Kind.INDUCTION and e.baseline is not None]
    if instrument.response_drop is None:
        return NotDrawn.NO_RULE, None
    if not started:
        return NotDrawn.NO_BASELINE, None
    baseline, on = started[-1].baseline, started[-1].baseline_on
    if baseline is None or on is None:
        return NotDrawn.NO_BASELINE, None
    if not instrument.allows_baseline(baseline):
        return NotDrawn.LOW_BASELINE, baseline
    rows = chart.scores[
        (chart.scores["instrument"] == instrument.code) & chart.scores["total"].notna()
    ]
    by_day = {row.day: float(row.total) for row in rows.itertuples() if row.day >= on}
    if instrument.improvement(baseline, baseline) is None:
        return NotDrawn.LOW_BASELINE, baseline
    if len(by_day) < 2:
        return NotDrawn.NOTHING_LATER, baseline
    return Domain(instrument, baseline, on, tuple(by_day), tuple(by_day.values()), episodes[-1])


def draw_domains(
    chart: Chart, instruments: Mapping[str, Instrument], *, dark: bool = False
) -> go.Figure | None:
    """Lines labelled at their ends; None where no instrument has a baseline and a later value."""
    domains = read_domains(chart, instruments)
    if not domains:
        return None
    palette = choose_palette(dark=dark)
    figure = open_paper(palette, height=HEIGHT, top=TOP, bottom=BOTTOM, right=128)
    highest = max([LEAST_TOP, *(value + 5 for domain in domains for value in domain.left)])
    figure.update_yaxes(range=[-3, highest], ticksuffix=" %", title_text="left of own baseline")
    figure.update_xaxes(range=_ends(chart, domains), nticks=6)
    figure.update_xaxes(tickangle=0, tickformat="%b\n%Y")
    figure.add_hline(y=100, line={"width": 1, "color": palette.line}, layer="below")
    for number, domain in enumerate(domains):
        color = palette.groups[number % len(palette.groups)]
        figure.add_traces(_draw_domain(domain, color, SYMBOLS[number % len(SYMBOLS)], chart))
    _label_ends(figure, domains, palette, highest)
    _draw_infusions(figure, chart, palette)
    return figure


def _ends(chart: Chart, domains: Sequence[Domain]) -> list[date]:
    first = min(domain.baseline_on for domain in domains)
    return [first - timedelta(days=3), chart.today + timedelta(days=3)]


def _draw_domain(domain: Domain, color: str, symbol: str, chart: Chart) -> list[go.Scatter]:
    """Points, joined where the follow-up is close enough to say what happened between them."""
    left = domain.left
    joined_x: list[date | None] = [domain.days[0]]
    joined_y: list[float | None] = [left[0]]
    for (day, _), (other, value) in pairwise(zip(domain.days, left, strict=True)):
        if (other - day).days > chart.rules.widest_gap:
            joined_x.append(None)
            joined_y.append(None)
        joined_x.append(other)
        joined_y.append(value)
    line = {"width": 1.6, "color": color}
    name = domain.instrument.code
    return [
        go.Scatter(name=name, x=joined_x, y=joined_y, mode="lines", line=line, hoverinfo="skip"),
        go.Scatter(
            name=f"{name} values",
            x=list(domain.days),
            y=left,
            mode="markers",
            marker={"size": 7, "color": color, "symbol": symbol, "opacity": 1},
            hovertext=_describe(domain),
            hoverinfo="text",
        ),
    ]


def _describe(domain: Domain) -> list[str]:
    drop = formats.share(1 - (domain.instrument.response_drop or 0))
    rule = f"response: {drop} or less of the baseline of {formats.number(domain.baseline)}"
    return [
        f"<b>{escape(domain.instrument.code)} {formats.number(value)}</b>, "
        f"{formats.weekday(day)} {day.year}<br>{formats.share(left / 100)} left<br>{rule}"
        for day, value, left in zip(domain.days, domain.values, domain.left, strict=True)
    ]


def _label_ends(
    figure: go.Figure, domains: Sequence[Domain], palette: Palette, highest: float
) -> None:
    apart = LABEL_PIXELS * (highest + 3) / (HEIGHT - TOP - BOTTOM)
    places = spread_labels([domain.left[-1] for domain in domains], apart)
    for number, (domain, y) in enumerate(zip(domains, places, strict=True)):
        share = formats.share(domain.left[-1] / 100)
        figure.add_annotation(
            x=1.0,
            xref="paper",
            y=y,
            text=f"{escape(domain.instrument.code)} {share}",
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": 12, "color": palette.groups[number % len(palette.groups)]},
        )


def _draw_infusions(figure: go.Figure, chart: Chart, palette: Palette) -> None:
    for day in chart.infusions["day"].unique():
        line = {"width": 1, "color": f"rgba({palette.band}, 0.12)"}
        figure.add_shape(
            type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", line=line, layer="below"
        )
