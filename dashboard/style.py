"""The style sheet Streamlit's theme cannot express. No data ever goes through here."""

from __future__ import annotations

from pathlib import Path

PICTURES = Path(__file__).parent / "pictures"
LOGO = (PICTURES / "logo.svg").read_text(encoding="utf-8")

STYLE = """<style>
:root { --ag-link: #0f6b6b; }
.block-container { padding-top: 4.2rem; padding-bottom: 2rem; max-width: 1320px; }
.ag-strip { font-size: .85rem; padding: .4rem .8rem; border-left: 3px solid #b36a00;
  background: color-mix(in srgb, currentColor 5%, transparent); border-radius: 2px; }
.ag-who { display: flex; flex-wrap: wrap; gap: 0 1.1rem; justify-content: flex-end;
  align-items: center; font-size: .85rem; margin-bottom: .35rem; }
.ag-links a { margin-right: 1.2rem; }
.ag-who a, .ag-strip a, .ag-links a { color: var(--ag-link); }
.ag-who a { display: inline-flex; align-items: center; min-height: 24px; }
.ag-foot { font-size: .78rem; line-height: 1.5; opacity: .82; max-width: 78ch;
  margin-top: 2.5rem; padding-top: .8rem;
  border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
.ag-counts { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; font-size: .95rem; margin: 0; }
.ag-counts b { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.ag-tag { display: inline-block; font-size: .72rem; font-weight: 650; letter-spacing: .05em;
  padding: .12rem .45rem; border-radius: 2px; border: 1px solid currentColor;
  white-space: nowrap; text-transform: uppercase; }
.ag-safety { color: #a8322a; } .ag-off { color: #8a4e00; } .ag-quiet { color: #55646a; }
.ag-holds { color: #0f6b6b; }
.ag-line { line-height: 1.5; } .ag-line small { opacity: .85; font-size: .85rem; }
.ag-num { font-variant-numeric: tabular-nums; white-space: nowrap; }
.ag-courses { width: 100%; border-collapse: collapse; font-size: .92rem; }
.ag-courses th { text-align: left; font-weight: 600; font-size: .8rem; opacity: .85; }
.ag-courses th, .ag-courses td { padding: .4rem .7rem .4rem 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ag-note { font-size: .85rem; line-height: 1.5; opacity: .88; max-width: 90ch; margin: .2rem 0; }
.ag-legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .82rem; opacity: .9; }
.ag-legend span { display: inline-flex; align-items: center; gap: .4rem; }
.ag-legend i { display: inline-block; width: 1.5rem; height: .7rem; border-radius: 1px; }
.ag-legend .seen { background: #17807a; }
.ag-legend .lost { border: 1px solid #b36a00; background: repeating-linear-gradient(
  135deg, transparent 0 3px, #b36a00 3px 4.5px); }
.ag-legend .next { width: 3px; background: #4b6bb5; }
.ag-legend .silent { height: 0; border-top: 2px dotted #7d8b8f; }
.ag-legend .maybe { border: 1px dashed #b36a00; }
.ag-legend .left { width: 4px; background: #7d8b8f; }
.ag-legend .course { height: .25rem; background: #7d8b8f; }
.ag-legend .booked { width: .55rem; height: .55rem; border: 1.5px solid #7d8b8f;
  transform: rotate(45deg) skew(12deg, 12deg); }
.ag-legend .unscored { width: .45rem; height: .45rem; border: 1.5px solid #7d8b8f; }
.ag-legend .none { border: 1px solid #7d8b8f; }
.ag-legend .outlook { width: 2.4rem; background: linear-gradient(90deg, transparent,
  color-mix(in srgb, #b36a00 45%, transparent) 45%, transparent);
  border-top: 1.5px solid currentColor; }
:is(.ag-outlook, .ag-basis) h2 { display: inline; font-size: inherit; line-height: inherit;
  letter-spacing: 0; margin: 0 .5rem 0 0; padding: 0; }
.ag-basis { font-size: .9rem; line-height: 1.5; max-width: 90ch; }
.ag-basis ul { margin: .2rem 0 0 0; padding-left: 1.1rem; }
.ag-basis li { margin: .1rem 0; font-size: .88rem; }
.ag-emergency { border-left-color: #a8322a; font-size: .95rem; font-weight: 600; }
.ag-crisis { max-width: 78ch; font-size: .95rem; } .ag-crisis p { margin: .3rem 0; }
.ag-due { font-size: 1.05rem; margin: .4rem 0; }
.ag-due a { display: inline-block; min-height: 48px; line-height: 48px; padding: 0 1.2rem;
  border-radius: .5rem; background: #0f6b6b; color: #fff !important; text-decoration: none; }
.ag-narrow { max-width: 46rem; }
.ag-way { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center;
  max-width: 46rem; } .ag-way > div { flex: 1 1 16rem; } .ag-way p { margin: .2rem 0; }
.ag-square { width: 11rem; height: 11rem; background: #fff; }
.ag-code { font-size: 2.4rem; font-weight: 650; letter-spacing: .08em; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.ag-typed { white-space: pre-wrap; overflow-wrap: anywhere; }
.ag-own { max-width: 34rem; } .ag-own td:last-child, .ag-own th:last-child { width: 60%; }
.ag-bar { vertical-align: middle !important; }
.ag-bar i { display: block; height: .55rem; border-radius: 1px; background: #17807a; }
.ag-words p { margin: .1rem 0 .5rem 0; line-height: 1.5; }
.ag-head { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; }
.ag-head h1 { padding: 0; margin: 0; }
[class*="st-key-morning"] [class*="st-key-row-"] { padding: .55rem 0 .5rem 0;
  border-top: 1px solid color-mix(in srgb, currentColor 13%, transparent); }
:is([class*="st-key-morning"], .st-key-how-far) .stPageLink a { padding: 0; min-height: 0; }
.st-key-how-far .stPageLink a p { font-size: .9rem; color: var(--ag-link);
  text-decoration: underline; text-underline-offset: 3px; }
[class*="st-key-morning"] .stPageLink a p { font-size: 1rem; font-weight: 600;
  color: var(--ag-link); }
.stApp a:focus-visible { outline: 2px solid var(--ag-link) !important; outline-offset: 2px; }
[class*="st-key-morning"] .stPageLink a:hover p { text-decoration: underline; }
[class*="st-key-morning"] [class*="st-key-row-"] > div:last-child { flex: 1 1 0; min-width: 0; }
[class*="st-key-on-chart-"] > div:last-child { flex: 1 1 0; min-width: 0; }
:is([class*="st-key-morning"], [class*="st-key-on-chart-"]) button[kind="tertiary"] {
  padding: 0; min-height: 24px; opacity: .85;
  text-decoration: underline; text-underline-offset: 3px; }
:is([class*="st-key-morning"], [class*="st-key-on-chart-"]) button p span {
  position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
/* What to do stands after the sentence; on a phone's Today beside the name, which saves a line. */
[class*="st-key-on-chart-"] > div:nth-child(2):not(:last-child) { order: 1; }
@media (min-width: 641px) {
  [class*="st-key-morning"] [class*="st-key-row-"] > div:nth-child(3):not(:last-child) {
    order: 1; } }
@media (max-width: 640px) {
  /* Always shown where nothing hovers, it would lie on the field above a table. */
  [data-testid="stElementToolbar"] { display: none; }
  :is([class*="st-key-morning"] [class*="st-key-row-"], [class*="st-key-on-chart-"]) {
    gap: .2rem .8rem; }
  :is([class*="st-key-morning"] [class*="st-key-row-"], [class*="st-key-on-chart-"]) > div {
    width: auto !important; flex: 0 1 auto !important; }
  [class*="st-key-morning"] [class*="st-key-row-"] > div:nth-last-child(2):has(button) {
    margin-left: auto; }
  :is([class*="st-key-morning"] [class*="st-key-row-"], [class*="st-key-on-chart-"])
    > div:last-child { flex: 1 0 100% !important; } }
[class*="st-key-answers"] button { min-height: 48px; }
@media (prefers-color-scheme: dark) {
  :root { --ag-link: #6cc7c1; }
  .ag-safety { color: #f0948b; } .ag-off { color: #e6b066; } .ag-quiet { color: #a3b1b4; }
  .ag-holds { color: #6cc7c1; } .ag-strip { border-left-color: #e0a24a; }
  :is([data-variant="segmented_control"], [data-variant="pills"]):is(
    [aria-checked="true"], [aria-pressed="true"], [data-selected]),
  [data-testid="stTab"][aria-selected="true"] p,
  [data-testid="stSliderThumbValue"] { color: #6cc7c1 !important; }
}
.st-key-narrow-picture { display: none; }
@media (max-width: 640px) {
  .st-key-filters > div { min-width: 0; flex: 1 1 calc(50% - 1rem) !important;
    width: auto !important; }
  .st-key-filters [data-testid="stColumn"] { min-width: 0; flex: 1 1 calc(50% - 1rem); }
  .ag-courses.ag-stack thead { display: none; }
  .ag-courses.ag-stack tr { display: block; padding: .5rem 0;
    border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
  .ag-courses.ag-stack td { display: inline-block; border: 0; padding: 0 .5rem 0 0; }
  .ag-courses.ag-stack td:first-child, .ag-courses.ag-stack td:last-child { display: block; }
  .ag-courses.ag-stack td:first-child { font-weight: 600; }
  .ag-courses.ag-stack td[data-label]:not(:empty)::before {
    content: attr(data-label) " "; opacity: .8; }
  .st-key-wide-picture { display: none; } .st-key-narrow-picture { display: flex; }
  .block-container { padding-left: 1rem; padding-right: 1rem; } }
</style>"""
