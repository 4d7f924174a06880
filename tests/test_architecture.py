"""Imports point one way, stay lazy where it counts, and every module stands alone."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from etl.cli import COMMANDS
from etl.parent import lean
from sources import registry
from sources._compiled import INTERPRETED
from tests.running import PROJECT, Workplace, environment

PACKAGES = ("sources", "etl")
FILES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))

SHARED = (
    *("_compiled", "records", "errors", "_durable", "_hostile", "_regular", "_archive"),
    *("_zip", "_opening", "_endless", "protocol", "_conversation", "live"),
)
"""What sources stand on; each may import what comes before it."""

KNOWN_TO_ETL = {"sources.records", "sources.errors", "sources._archive", "sources._opening"}
KNOWN_TO_ETL |= {"sources.protocol", "sources._conversation"}
KNOWN_TO_ETL |= {"sources.registry", "sources", "sources._compiled", "sources._durable"}
KNOWN_TO_ETL |= {f"sources.live.{name}" for name in ("calling", "fetcher", "landing", "scope")}
KNOWN_TO_ETL |= {"sources.live.segments"}

PURE = ("etl.names", "etl.mapping", "etl.matching")
"""Packages of ``etl`` that hold no state; each may import what comes before it."""

PARSERS = {"selectolax", "lxml", "icalendar", "bs4", "pydantic"}
SDKS = {"slack_sdk", "googleapiclient", "hubspot"}
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}

REPORTING = """
import json, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    tops = {name.partition(".")[0] for name in sys.modules}
    print("\\n" + json.dumps(sorted(tops | {*sys.modules})))
"""
ALONE = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for module in sys.argv[2:]:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("etl", "sources")]:
        del sys.modules[name]
    try:
        importlib.import_module(module)
    except Exception as error:
        print(f"{module}: {type(error).__name__}: {error}")
"""


def module_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


@cache
def imports_of(module: str, *, at_import: bool = False) -> frozenset[str]:
    """What a module imports; `at_import`: no more than what importing it imports."""
    tree = ast.parse(MODULES[module].read_bytes())
    names = _imported(tree.body) if at_import else _imported(ast.walk(tree))
    return frozenset(names)


def _imported(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from _imported(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While | ast.ClassDef):
            yield from _imported(list(_inside(node)))


def _inside(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            yield from child.body
        elif isinstance(child, ast.stmt):
            yield child


def ours(names: frozenset[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] in PACKAGES}


# Direction.


def test_nothing_in_sources_imports_the_pipeline() -> None:
    assert _wrong("sources", lambda module, name: name.partition(".")[0] == "etl") == []


def test_sources_import_only_what_comes_before_them() -> None:
    def wrong(module: str, name: str) -> bool:
        own, other = _part(module), _part(name)
        return bool(own) and own != other and _rank(other) >= _rank(own)

    assert _wrong("sources", wrong) == []


def _wrong(package: str, is_wrong: Callable[[str, str], bool]) -> list[str]:
    """The imports of ours, anywhere in a package, that are wrong."""
    return [
        f"{module} imports {name}"
        for module in MODULES
        if module.partition(".")[0] == package
        for name in sorted(ours(imports_of(module)))
        if is_wrong(module, name)
    ]


def _part(module: str) -> str:
    """``slack`` of ``sources.slack.parse``; nothing for the package itself."""
    return module.split(".")[1] if "." in module else ""


def _rank(part: str) -> int:
    """Where a part of ``sources`` stands; all sources stand side by side."""
    if not part:
        return -1
    if part in SHARED:
        return SHARED.index(part)
    return len(SHARED) + (part == "registry")


def test_every_part_of_sources_has_its_place() -> None:
    parts = {module.split(".")[1] for module in MODULES if module.startswith("sources.")}
    homes = {path.partition(":")[0].split(".")[1] for path in registry.SOURCES.values()}
    assert parts == {*SHARED, *homes, "registry"}


def test_pipeline_knows_sources_by_their_contract_only() -> None:
    def wrong(_: str, name: str) -> bool:
        return name.partition(".")[0] == "sources" and name not in KNOWN_TO_ETL

    assert _wrong("etl", wrong) == []


def test_pure_packages_import_only_what_comes_before_them() -> None:
    def wrong(module: str, name: str) -> bool:
        places = [place for place, package in enumerate(PURE) if module.startswith(package)]
        return any(name.startswith("etl") and not name.startswith(PURE[: n + 1]) for n in places)

    assert all(any(module.startswith(package) for module in MODULES) for package in PURE)
    assert _wrong("etl", wrong) == []


def test_pure_code_knows_no_clock_no_chance_and_no_log() -> None:
    impure = {"logging", "random", "secrets", "time", "uuid"}
    pure = [module for module in MODULES if module.startswith(("sources", *PURE))]
    assert [module for module in pure if imports_of(module) & impure] == []


def test_command_line_is_imported_by_the_door_alone() -> None:
    assert [m for m in MODULES if "etl.cli" in imports_of(m)] == []
    assert [m for m in MODULES if "etl.data_etl" in imports_of(m)] == ["etl.commands.run"]


def test_commands_are_imported_by_the_command_line_and_each_other_alone() -> None:
    importers = [m for m in MODULES if any(n.startswith("etl.commands") for n in imports_of(m))]
    assert [m for m in importers if not m.startswith("etl.commands")] == []
    modules = {m.rpartition(".")[2] for m in MODULES if m.startswith("etl.commands.")}
    assert modules == {*COMMANDS}


def test_no_module_imports_itself_through_others() -> None:
    graph = {module: ours(imports_of(module, at_import=True)) for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_module_imports_alone() -> None:
    modules = [module for module in MODULES if not module.endswith("__main__")]
    shares = [modules[number::4] for number in range(4)]
    commands = [
        [sys.executable, "-I", "-W", "error", "-c", ALONE, str(PROJECT), *s] for s in shares
    ]
    # What is compiled cannot be imported anew in the same process.
    as_python = {**os.environ, INTERPRETED: "1"}
    pipe, same = subprocess.PIPE, subprocess.STDOUT
    running = [
        subprocess.Popen(command, stdout=pipe, stderr=same, text=True, env=as_python)
        for command in commands
    ]
    assert [process.communicate(timeout=60)[0] for process in running] == [""] * len(running)
    assert [process.returncode for process in running] == [0] * len(running)


# Names and systems.


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    names = {module: module.rpartition(".")[2].strip("_") for module in MODULES}
    assert [m for m, name in names.items() if name in drawers or name.startswith("manager")] == []


def test_no_module_needs_one_system_to_be_imported() -> None:
    assert [m for m in MODULES if POSIX_ONLY & imports_of(m, at_import=True)] == []


# Laziness.


def loaded(arguments: list[str], status: int = 0) -> set[str]:
    """The modules a process of its own ends up with, and the packages they are of."""
    done = subprocess.run(
        [sys.executable, "-c", REPORTING, *arguments],
        env=environment(),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


STARTED = """
import json, etl.child
from sources import registry
from sources.protocol import ReaderOptions
registry.load("telegram", ReaderOptions())
loaded = sorted(sys.modules)
import typing_extensions
print(json.dumps(loaded))
"""
SELDOM = {"zipfile", "shutil", "tempfile", "pathlib", "logging", "inspect", "traceback"}
SELDOM |= {"typing_extensions"}


def test_a_reader_of_pages_starts_without_what_it_seldom_needs() -> None:
    python, *command = lean(STARTED)
    # Cut off from its surroundings: so it is not measured either, which would load some of these.
    command = [python, "-I", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    modules = set(json.loads(done.stdout))
    assert "etl.reading" in modules
    assert modules & {*SELDOM, "sources._zip"} == set()


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_answers_without_anything_heavy(argument: str) -> None:
    modules = loaded([str(PROJECT / "run_etl.py"), argument])
    assert "etl" in modules
    assert not modules & {*PARSERS, *SDKS, "pandas"}


def test_run_imports_no_sdk_and_an_unchanged_one_no_parser(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path).with_sample()
    arguments = workplace.command("--executor", "thread")[1:]
    first, second = loaded(arguments), loaded(arguments)
    assert workplace.report["status"] == "unchanged"
    matching = {"etl.matching.matcher", "etl.output"}
    assert {"selectolax", "icalendar", *matching} <= first, "this would not see a parser"
    assert not first & SDKS
    assert not second & {*PARSERS, *SDKS, *matching}
