"""The rules of the house, read from the code itself: who may import whom, and where SQL may live.

A rule that is broken names its file and line. A remark made twice in review belongs here.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "data", "dashboard")

# Imports run dashboard -> data -> models; sqlalchemy stays out of the statistics and the screens.
MAY_NOT_IMPORT = {
    "models": ("data", "dashboard", "streamlit", "plotly", "starlette"),
    "models/outcomes": ("sqlalchemy", "models.tables"),
    "data": ("dashboard", "streamlit", "plotly", "starlette"),
    "data/queries": ("data.actions",),
    "data/actions": ("data.queries",),
    "dashboard": ("sqlalchemy", "models.tables", "psycopg", "sqlite3", "alembic"),
    "dashboard/charts": ("streamlit",),
    "dashboard/web": ("dashboard.views",),
}
LONGEST_MODULE = 250
LONGEST_VIEW = 60
# Words that say nothing about what is inside.
NO_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
# What puts a query together. Mapped classes (models/tables) need columns and types, never these.
QUERY_WORDS = {"select", "insert", "update", "delete", "text", "union_all"}
SQL_START = re.compile(
    r"\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|WITH\s+\S+\s+AS"
    r"|CREATE\s+(TABLE|INDEX)|ALTER\s+TABLE|DROP\s+(TABLE|INDEX))\b",
    re.DOTALL,
)
# Folders of a developer's machine. Spelled apart, or this line would break its own rule.
PATHS_OUTSIDE = re.compile(r"(?<![\w.])/(" + "work|root|home|Users" + r")/\w|\.\./" + r"shared")


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below some folders; a dashboard/charts.py counts as the folder."""
    found: set[Path] = set()
    for folder in folders:
        found.update((ROOT / folder).rglob("*.py"))
        found.update(path for path in [ROOT / f"{folder}.py"] if path.exists())
    return sorted(found)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of every import, `from a import b` as both `a` and `a.b`."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def imported_query_words(path: Path) -> Iterator[int]:
    for line, name in imports(path):
        if is_within(name, "sqlalchemy") and name.rsplit(".", 1)[-1] in QUERY_WORDS:
            yield line


def literal_start(node: ast.expr) -> str:
    """Return what an f-string, `%`, `+` or `.format` builds upon; empty where that is no text."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return literal_start(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return literal_start(node.func.value) if node.func.attr == "format" else ""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


def built_sql(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a statement is put together from pieces of text."""
    for node in ast.walk(tree):
        is_composed = isinstance(node, ast.JoinedStr) and len(node.values) > 1
        is_composed |= isinstance(node, ast.BinOp | ast.Call)
        if is_composed and SQL_START.match(literal_start(node) + " "):
            yield node.lineno


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(("folder", "forbidden"), MAY_NOT_IMPORT.items(), ids=MAY_NOT_IMPORT)
def test_imports_run_one_way(folder, forbidden):
    broken = [
        f"{place(path, line)} imports {name}"
        for path in python_files(folder)
        for line, name in imports(path)
        if any(is_within(name, package) for package in forbidden)
    ]

    assert broken == []


def test_queries_are_written_in_data_only():
    broken = [
        place(path, line)
        for path in python_files("models", "dashboard")
        for line in imported_query_words(path)
    ]

    assert broken == []


def test_no_statement_is_put_together_from_text():
    broken = [place(path, line) for path in python_files(*ROOMS) for line in built_sql(parse(path))]

    assert broken == []


def test_modules_are_short():
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in python_files(*ROOMS)
        if "migrations/versions" not in path.as_posix()
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]

    assert long == []


def test_a_view_only_arranges():
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in python_files("dashboard/views")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_VIEW
    ]

    assert long == []


def test_modules_are_named_after_what_they_hold():
    vague = [
        str(path.relative_to(ROOT))
        for path in python_files(*ROOMS, "tests")
        if NO_NAMES & {*path.relative_to(ROOT).with_suffix("").parts}
    ]

    assert vague == []


@pytest.mark.parametrize("name", ["dashboard/models.py", "dashboard/data.py", "dashboard/pages"])
def test_nothing_in_dashboard_shadows_another_room_or_escapes_sign_in(name):
    # Streamlit puts dashboard/ itself on sys.path, and would serve the files of dashboard/pages/
    # by address without ever running the script that asks who is there.
    assert not (ROOT / name).exists()


def test_only_the_entry_point_touches_the_search_path():
    broken = [
        place(path, node.lineno)
        for path in python_files(*ROOMS)
        if path != ROOT / "dashboard" / "app.py"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path"
    ]

    assert broken == []


def test_the_project_names_no_path_outside_itself():
    broken = [
        place(path, number)
        for path in tracked_files()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".sh", ".yml", ".html", ".css", ""}
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if PATHS_OUTSIDE.search(line)
    ]

    assert broken == []


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_requirements_are_pinned(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [text for line in lines if (text := line.split("#")[0].strip())]

    assert wanted
    assert [text for text in wanted if not re.fullmatch(r"[\w.\-\[\]]+==[\w.]+", text)] == []


@pytest.mark.parametrize(
    ("code", "is_built"),
    [
        ('f"SELECT total FROM {table}"', True),
        ('"DELETE FROM assessment WHERE id = %s" % key', True),
        ('"DELETE FROM assessment WHERE id = " + key', True),
        ('"INSERT INTO {} VALUES (1)".format(table)', True),
        ('text("SELECT total FROM assessment WHERE id = :key")', False),
        ('f"Select a patient from {site}"', False),
        ('f"update of {day}"', False),
    ],
)
def test_the_rule_on_statements_knows_one_when_it_sees_it(code, is_built):
    assert bool([*built_sql(ast.parse(code))]) is is_built


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import data.queries.courses", {"data.queries.courses"}),
        ("from models import tables", {"models", "models.tables"}),
        ("from . import courses", {"models.outcomes", "models.outcomes.courses"}),
        ("from ..tables import Patient", {"models.tables", "models.tables.Patient"}),
    ],
)
def test_the_rule_on_imports_sees_every_way_to_write_one(code, names, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    module = tmp_path / "models" / "outcomes" / "ending.py"
    module.parent.mkdir(parents=True)
    module.write_text(code)

    assert {name for _, name in imports(module)} == names
