"""A funnel plot with one row a site: the more courses, the narrower what chance alone explains.

Each row carries the site's own limits, so nothing is read off a curve that is not quite its own.
Sites stand in order of their courses, never of their result.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts.hover import escape, stack
from dashboard.charts.palette import Palette, choose_palette
from dashboard.charts.rows import open_rows, say_nothing, shorten, write_at_right
from models.outcomes.sites.verdicts import Comparison, Reason, SiteResult, Verdict

NOTHING = "fewer than two sites have enough courses to be compared"
WHY = {
    None: "not shown",
    Reason.TOO_FEW: "too few",
    Reason.NONE: "no courses",
    Reason.NOT_FOLLOWED: "not followed",
}
# A shape each, so that no verdict hangs on a colour.
SYMBOLS = {
    Verdict.SAME: "circle",
    Verdict.WATCH: "diamond-open",
    Verdict.ABOVE: "triangle-right",
    Verdict.BELOW: "triangle-left",
}
WORDS = {
    Verdict.SAME: "within what chance explains",
    Verdict.WATCH: "outside 95 %: watch",
    Verdict.ABOVE: "above by more than chance",
    Verdict.BELOW: "below by more than chance",
}


def order_sites(results: Sequence[SiteResult]) -> list[SiteResult]:
    """Sites with most courses first, those that are hidden last."""
    return sorted(
        results, key=lambda r: (r.verdict is Verdict.HIDDEN, -(r.denominator or 0), r.site)
    )


def draw_site_funnel(
    comparison: Comparison, *, title: str, is_adjusted: bool = True, dark: bool = False
) -> go.Figure:
    """Every site's rate between its own limits around what the group lets expect."""
    palette = choose_palette(dark=dark)
    sites = order_sites(comparison.results)
    figure = open_rows(palette, [site.site for site in sites], title=title, row=36)
    figure.update_yaxes(ticktext=[_tick(site) for site in sites])
    if comparison.target is None:
        return say_nothing(figure, NOTHING, palette)
    figure.update_xaxes(
        range=[0, 1],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[formats.share(share) for share in (0, 0.25, 0.5, 0.75, 1)],
    )
    figure.update_layout(bargap=0)
    for place, site in enumerate(sites):
        _draw_limits(figure, place, site, palette, is_adjusted=is_adjusted)
    _draw_target(figure, comparison.target, palette)
    for place, site in enumerate(sites):
        _draw_rate(figure, place, site, palette, is_adjusted=is_adjusted)
    write_at_right(
        figure,
        [_beside(site, is_adjusted=is_adjusted) for site in sites],
        palette,
        quiet=[site.crude is None for site in sites],
    )
    return figure


def _tick(site: SiteResult) -> str:
    name = escape(shorten(site.site))
    return f"{name}<br>{formats.count(site.denominator, 'course')}" if site.denominator else name


def _rate(site: SiteResult, *, is_adjusted: bool) -> float | None:
    share = site.adjusted if is_adjusted else site.crude
    return None if share is None else share.value


def _beside(site: SiteResult, *, is_adjusted: bool) -> str:
    rate = _rate(site, is_adjusted=is_adjusted)
    if site.verdict is Verdict.HIDDEN:
        return f"hidden: {WHY[site.reason]}"
    if rate is None:
        return "rate hidden"
    mark = {Verdict.WATCH: " watch", Verdict.ABOVE: " above", Verdict.BELOW: " below"}
    return f"{formats.share(rate)}{mark.get(site.verdict, '')}"


def _draw_limits(
    figure: go.Figure, place: int, site: SiteResult, palette: Palette, *, is_adjusted: bool
) -> None:
    outer = site.differs if is_adjusted else site.crude_differs
    inner = site.watch if is_adjusted else site.crude_watch
    if outer is None or inner is None:
        return
    hatch = {
        "shape": "/",
        "fgcolor": palette.unknown,
        "bgcolor": "rgba(0,0,0,0)",
        "size": 6,
        "solidity": 0.16,
    }
    about = _describe(site, is_adjusted=is_adjusted)
    for name, (low, high), fill in (
        ("99.8 % limits", outer, {"color": "rgba(0,0,0,0)", "pattern": hatch}),
        ("95 % limits", inner, {"color": palette.unknown_faint}),
    ):
        figure.add_trace(
            go.Bar(
                name=f"{name} of {site.site}",
                orientation="h",
                base=[low],
                x=[high - low],
                y=[place],
                width=[1],
                marker={"line": {"width": 0}, **fill},
                hovertext=[about],
                hoverinfo="text",
            )
        )


def _draw_target(figure: go.Figure, target: float, palette: Palette) -> None:
    figure.add_vline(x=target, line={"width": 1.2, "dash": "dot", "color": palette.text})
    figure.add_annotation(
        text=f"group {formats.share(target)}",
        x=target,
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=2,
        showarrow=False,
        font={"size": 11, "color": palette.quiet},
    )


def _draw_rate(
    figure: go.Figure, place: int, site: SiteResult, palette: Palette, *, is_adjusted: bool
) -> None:
    rate = _rate(site, is_adjusted=is_adjusted)
    if rate is None or site.verdict is Verdict.HIDDEN:
        return
    colors = {Verdict.SAME: palette.text, Verdict.ABOVE: palette.holds}
    color = colors.get(site.verdict, palette.fading)
    figure.add_trace(
        go.Scatter(
            name=site.site,
            x=[rate],
            y=[place],
            mode="markers",
            marker={
                "symbol": SYMBOLS[site.verdict],
                "size": 9 if site.verdict is Verdict.SAME else 13,
                "color": color,
                "line": {"width": 2 if site.verdict is Verdict.WATCH else 0, "color": color},
                "opacity": 1,
            },
            hovertext=[_describe(site, is_adjusted=is_adjusted)],
            hoverinfo="text",
        )
    )


def _describe(site: SiteResult, *, is_adjusted: bool) -> str:
    rate = _rate(site, is_adjusted=is_adjusted)
    inner = site.watch if is_adjusted else site.crude_watch
    outer = site.differs if is_adjusted else site.crude_differs
    of = formats.count(site.denominator or 0, "course")
    return stack(
        [
            f"<b>{escape(site.site)}</b>, {WORDS[site.verdict]}",
            "rate hidden" if rate is None else f"{formats.share(rate)} of {of}",
            "" if inner is None else f"95 % limits {_range(inner)}",
            "" if outer is None else f"99.8 % limits {_range(outer)}",
        ]
    )


def _range(limits: tuple[float, float]) -> str:
    return f"{formats.number(limits[0] * 100, 0)} to {formats.share(limits[1])}"
