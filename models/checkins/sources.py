"""Where the defaults of a plan, and what is told from it, come from."""

from __future__ import annotations

SOURCES = {
    "baseline_every": "A weekly form from registration on, so that a baseline of at most a week "
    "stands before the first infusion (clinics' own practice; PHQ-9 looks back two weeks).",
    "full_within": "PHQ-9 looks back two weeks: infusions closer than a week, each of which starts "
    "the count anew, must not leave item 9 unasked for longer.",
    "pulse": "Days 1 and 3: the effect of one infusion is largest within the first days "
    "(Salloum 2019 called response on day 3); one question, open two days, because an answer "
    "given later describes other days.",
    "weekly": "Weekly forms are what outcome programmes keep up best (92 % of weeks in True "
    "Colours); durations are read from them.",
    "fortnightly": "From week 10 every two weeks: a system that counts from the treatment does "
    "7 days for 28, then 14; about half of fortnightly forms come back elsewhere (NCT04972474).",
    "open_days": "A form is open for a week at most, so that two weeks never overlap.",
    "farthest_move": "A wished weekday is never more than three days away; further, it would "
    "describe another week.",
    "main": "PHQ-9 for everybody, because item 9 is asked in no other; beside it the instrument of "
    "the complaint whose text may be shown.",
    "missed": "Two full forms missed in a row are two weeks of silence, from which on a patient "
    "counts as unknown.",
}
