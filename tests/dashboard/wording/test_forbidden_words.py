"""What Afterglow never says: an instruction, a promise, a word that frightens or that sells."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SPOKEN = sorted(
    path
    for folder in ("wording", "forms", "views", "charts", "web", ".")
    for path in (ROOT / "dashboard" / folder).glob("*.py")
)
INSTRUMENTS = sorted((ROOT / "data" / "instruments").glob("*.toml"))
FORBIDDEN = re.compile(
    r"""\b(
        (infusion|maintenance|booster|treatment|dose)s?\ (is|are)\ (now\ )?(due|overdue|needed)
      | (give|book|schedule|repeat|start|stop|increase|reduce|raise|lower)
        \ (an?|the|this|another)\ (infusion|dose|course|booster)
      | (you|clinician|patient)s?\ (should|must|ought|needs?\ to)
      | (we|is|are)\ (recommend(ed)?|advised?)
      | safe(ly)?\ (to|for)
      | relaps(e|ed|ing)s?
      | cur(e|es|ed|ing)
      | guarante\w+ | proven | effective(ness)? | optimal
      | predict(s|ed|ion|ions)? | diagnose[sd]?
      | suffer(s|ing|er|ers)? | addicts? | (non-?)?complian(t|ce) | non-?responders?
      | fail(ed|s)?\ (to\ respond|treatment)
      | medical\ emergency
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
ALLOWED = ("not a cure", "makes no diagnosis")


def spoken(path):
    """Return every text of a module but its docstrings: what a person could come to read."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


def written(value):
    """Return every text of a definition that is ours; questions and titles are the instrument's."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        ours = {k: v for k, v in value.items() if k not in ("text", "title", "source", "notice")}
        return [text for part in ours.values() for text in written(part)]
    return [text for part in value for text in written(part)] if isinstance(value, list) else []


def forbidden_in(text):
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    found = FORBIDDEN.search(" ".join(text.split()))
    return found.group() if found else None


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: str(path.relative_to(ROOT / "dashboard")))
def test_no_sentence_of_ours_instructs_or_promises(path):
    assert [(forbidden_in(text), text) for text in spoken(path) if forbidden_in(text)] == []


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_no_definition_of_ours_instructs_or_promises(path):
    texts = written(tomllib.loads(path.read_text("utf-8")))
    assert texts
    assert [(forbidden_in(text), text) for text in texts if forbidden_in(text)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Maintenance is due.",
        "A booster is now due on 3 May.",
        "Give an infusion this week.",
        "Book another infusion",
        "You should call the patient.",
        "It is safe to wait.",
        "Risk of relapse: high",
        "Ketamine cures depression.",
        "We recommend a dose of 40 mg.",
        "The patient failed treatment.",
        "Two non-responders",
        "The model predicts a loss.",
    ],
)
def test_the_rule_knows_a_forbidden_sentence(sentence):
    assert forbidden_in(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ketamine is not a cure.",
        "It makes no diagnosis and gives no instruction.",
        "The last score no longer meets the clinic's rule.",
        "This should never have been entered: take it out of the chart",
        "Record the infusion",
        "Secure, accurate and current",
    ],
)
def test_the_rule_lets_plain_statements_pass(sentence):
    assert forbidden_in(sentence) is None


def test_every_place_that_speaks_is_read():
    assert {path.name for path in SPOKEN} >= {"reasons.py", "notices.py", "infusion.py", "main.py"}
    assert len(INSTRUMENTS) >= 19
