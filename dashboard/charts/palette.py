"""The colours of every figure, for a light and a dark page.

Teal holds; amber may be wearing off; slate blue: the next course ended it; grey is unknown; red is
safety and nothing else. Teal, amber and blue also differ in lightness, so that they stay apart for
the colour-blind and on a black-and-white printer; where something is uncertain it is hatched as
well. The page colours are those of .streamlit/config.toml: texts here stand at least 4.5:1 and
marks at least 3:1 on them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    page: str  # the page's own background; figures are transparent over it
    text: str
    quiet: str  # secondary text
    line: str  # axes and hairlines
    holds: str
    bar: str  # teal over a large area, calmer than `holds` on a dark page
    holds_faint: str
    fading: str
    fading_faint: str
    unknown: str
    unknown_faint: str
    next_course: str
    next_course_faint: str
    safety: str
    on_safety: str  # text on a red square
    band: str  # severity tint as "r, g, b"; opacity grows with severity
    groups: tuple[str, ...]  # several groups in one figure; amber last, it means something


LIGHT = Palette(
    page="#fbfbf9",
    text="#1d2b2f",
    quiet="#55646a",
    line="#d5dbd8",
    holds="#0f6b6b",
    bar="#0f6b6b",
    holds_faint="#a9cfcb",
    fading="#a35c00",
    fading_faint="#f7e6c8",
    unknown="#7b8a8e",
    unknown_faint="#e3e8e6",
    next_course="#3f5f94",
    next_course_faint="#c9d6ea",
    safety="#a8322a",
    on_safety="#ffffff",
    band="29, 43, 47",
    groups=("#0f6b6b", "#3f6fb0", "#8f4a7d", "#5b7a1e", "#62737a", "#a35c00"),
)

DARK = Palette(
    page="#12191b",
    text="#e4ecec",
    quiet="#a3b1b4",
    line="#334246",
    holds="#4fb3ad",
    bar="#2f8f89",
    holds_faint="#1f5250",
    fading="#e0a24a",
    fading_faint="#44361d",
    unknown="#7f9095",
    unknown_faint="#2a373a",
    next_course="#8ab4e8",
    next_course_faint="#2b3f59",
    safety="#e5796f",
    on_safety="#12191b",
    band="228, 236, 236",
    groups=("#4fb3ad", "#8ab4e8", "#d195c2", "#a9c46c", "#a3b1b4", "#e0a24a"),
)

# Streamlit's own font where the page has it, else the system's.
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", system-ui, sans-serif'


def choose_palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT
