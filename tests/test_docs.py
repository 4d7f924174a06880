"""The documentation says what the code does: neither says what the other does not."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from etl import cli, exits
from etl.credentials import SUBJECT, VARIABLES
from etl.given import resolve
from etl.settings import HOME, Settings
from sources import errors, registry
from tests.running import PROJECT, environment

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
MODULES = sorted(chain(PROJECT.glob("sources/**/*.py"), PROJECT.glob("etl/**/*.py")))


def named(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def section(text: str, heading: str) -> str:
    """What stands under the heading that begins so."""
    found = re.search(rf"^## {heading}[^\n]*$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in a text, but for their heads."""
    lines = [line.strip() for line in text.splitlines()]
    rulers = {n for n, line in enumerate(lines) if re.fullmatch(r"\|[|\-: ]*-[|\-: ]*", line)}
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for n, line in enumerate(lines)
        if line.startswith("|") and n not in rulers and n + 1 not in rulers
    ]


def quoted(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


# Settings.

ACTIONS = {
    action.option_strings[-1]: action for action in cli._parser()._actions if action.option_strings
}
SETTINGS = {quoted(row[0])[0].split()[0]: row for row in rows(section(README, "Settings"))}
LASTING = {flag: quoted(row[1])[0] for flag, row in SETTINGS.items() if row[1]}


def test_every_flag_stands_in_the_settings_and_no_other() -> None:
    shown = {part.split()[0] for row in SETTINGS.values() for part in quoted(row[0])}
    assert shown == {flag for action in ACTIONS.values() for flag in action.option_strings}


@pytest.mark.parametrize("flag", ACTIONS)
def test_flag_takes_a_value_when_the_settings_say_so(flag: str) -> None:
    assert len(quoted(SETTINGS[flag][0])[0].split()) == (1 if ACTIONS[flag].nargs == 0 else 2)


def test_every_variable_stands_in_the_settings_and_no_other() -> None:
    code = ast.parse((PROJECT / "etl" / "given.py").read_bytes())
    read = {
        node.value
        for node in ast.walk(code)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[A-Z]+(_[A-Z]+)+", node.value)
    }
    assert sorted(LASTING.values()) == sorted(read)


def test_env_example_holds_every_variable_and_no_other() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    shown = re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE)
    assert sorted(shown) == sorted([*LASTING.values(), *SECRETS])


def test_every_credential_stands_in_the_readme_and_no_other() -> None:
    told = quoted(" ".join(row[1] for row in rows(section(README, "Live services"))))
    assert set(told) == {*VARIABLES.values(), SUBJECT}


SECRETS = {*VARIABLES.values(), *(f"{name}_FILE" for name in VARIABLES.values()), SUBJECT}

GIVEN = {
    "our_domain": "ours.example",
    "telegram_timezone": "Europe/Berlin",
    "hubspot_timezone": "Europe/Berlin",
    "hubspot_date_order": "dmy",
    "hubspot_labels": str(PROJECT / "tests" / "data" / "hubspot_labels.toml"),
}


def value_for(action: argparse.Action) -> tuple[str, Any]:
    """A value as a variable holds it, and as the parser hands it on."""
    text = GIVEN.get(action.dest, "7")
    return text, [text] if isinstance(action, argparse._AppendAction) else text


@pytest.mark.parametrize("flag", LASTING)
def test_variable_does_what_its_flag_does(flag: str) -> None:
    text, value = value_for(ACTIONS[flag])
    by_flag = resolve({ACTIONS[flag].dest: value}, {})
    assert by_flag != resolve({}, {})
    assert resolve({}, {LASTING[flag]: text}) == by_flag


def default_of(dest: str) -> object:
    """What a setting is when nothing is said; nothing for what is no setting."""
    for holder in (Settings(), Settings().readers):
        for name in (dest, f"{dest}s"):
            if hasattr(holder, name):
                return getattr(holder, name)
    return None


@pytest.mark.parametrize("flag", SETTINGS)
def test_default_is_the_one_the_settings_say(flag: str) -> None:
    said, default = SETTINGS[flag][2], default_of(ACTIONS[flag].dest)
    if isinstance(default, Path):
        default = default.relative_to(HOME).as_posix()
    if said.startswith("`"):
        assert said == f"`{default}`"
    else:
        assert said in {"", "all", "none", "off", "from content"}
        assert not default


# The command line.


def test_every_command_is_explained_and_no_other() -> None:
    (command,) = (a for a in cli._parser()._actions if a.dest == "command")
    explained = {
        word
        for row in rows(section(README, "Commands"))
        for line in quoted(" ".join(row))
        for word in line.split()
        if re.fullmatch("[a-z]+", word)
    } - {"python"}
    assert explained == set(command.choices or ())


def statuses() -> dict[int, str]:
    """Every way to end that the code knows."""
    found = {value: name for name, value in vars(exits).items() if type(value) is int}
    kinds = [kind for kind in vars(exits).values() if isinstance(kind, type)]
    found |= {k.exit_status: k.__name__ for k in kinds if issubclass(k, exits.EtlError)}
    return found | {128 + number: "Interrupted" for number in (2, 15)}


def test_every_exit_status_is_explained_and_no_other() -> None:
    said = [row[0] for row in rows(section(README, "Exit status"))]
    assert sorted(int(n) for text in said for n in re.findall(r"\d+", text)) == sorted(statuses())


def test_help_names_every_exit_status() -> None:
    told = cli.EXAMPLES.partition("exit status:")[2]
    assert {int(number) for number in re.findall(r"\d+", told)} == set(statuses())


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of every call of ours in a page's blocks and tables."""
    for line in re.findall(r"^ *python run_etl\.py(?! FILE)([^\n#]*)", text, re.MULTILINE):
        yield shlex.split(line)
    for line in re.findall(r"`[^`\n]*python3? run_etl\.py([^`\n]*)`", text):
        yield shlex.split(line)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_of_a_page_are_understood(page: Path) -> None:
    for arguments in commands(page.read_text(encoding="utf-8")):
        if not {"--help", "--version"} & {*arguments}:
            cli.parse(arguments)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a fresh clone has it, as far as a run needs it."""
    root = tmp_path_factory.mktemp("clone")
    for folder in ("etl", "sources", "data/sample"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / folder, root / folder, ignore=ignored)
    for file in ("run_etl.py", "data/company_mapping.csv"):
        shutil.copy(PROJECT / file, root / file)
    return root


def ran(clone: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=clone,
        env=environment(PYTHONUTF8="1"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lasting(lines: list[str]) -> list[str]:
    """A summary's lines, of those that name times and places their beginning."""
    return [re.sub(r"^(Time|Run|Output) .*", r"\1", line).rstrip() for line in lines if line]


def test_first_commands_do_what_the_readme_shows(clone: Path) -> None:
    assert "exit status:" in ran(clone, "run_etl.py", "--help")
    assert "8 companies in 12 rows" in ran(clone, "run_etl.py", "check")
    assert not (clone / "output").exists(), "check writes nothing"
    printed = ran(clone, "run_etl.py")
    (shown,) = re.findall(r"<!-- sample run.*?```text\n(.*?)```", README, re.DOTALL)
    assert lasting(shown.splitlines()) == lasting(printed.splitlines())
    assert "keeps the contract" in ran(
        clone, "run_etl.py", "validate", "output/sample/etl_output.json"
    )


def test_python_example_lists_the_chats_of_the_sample(clone: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert "Cobaltmoor Energy <> Fernhollow 15" in ran(clone, "-c", example)


def test_command_that_prints_the_figures_exists() -> None:
    (command,) = re.findall(r"^python (-m benchmarks .*)$", README, re.MULTILINE)
    call = [sys.executable, *command.split(), "--help"]
    subprocess.run(call, cwd=PROJECT, capture_output=True, timeout=60, check=True)


# Sources, findings, quarantine.


@pytest.mark.parametrize("name", registry.SOURCES)
def test_source_has_a_page_that_the_readme_links(name: str) -> None:
    assert (PROJECT / "docs" / "sources" / f"{name}.md").is_file()
    assert f"(docs/sources/{name}.md)" in README


def words(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from words(value.body)
        yield from words(value.orelse)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((kw.value for kw in node.keywords if kw.arg == name), None)


def finding_kinds(module: Path) -> Iterator[str]:
    """The kinds a module names: where it makes a `Finding`, notes one (``notes["kind"]``,
    ``note("kind", ...)``), or has a table of what each kind means.
    """
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.Call) and called(node) == "Finding":
            yield from words(keyword(node, "kind"))
        elif isinstance(node, ast.Call) and called(node) in {"note", "finding"}:
            yield from words(node.args[0])
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("notes"):
            yield from words(node.slice)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {
            "_DETAILS",
            "_WORDS",
        }:
            assert isinstance(node.value, ast.Dict)
            yield from chain.from_iterable(map(words, node.value.keys))


def problem_reasons(module: Path) -> Iterator[str]:
    """The reasons a module gives for what goes to quarantine, where they are plain."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.Call) and called(node) in {"Problem", "Refusal"}:
            yield from words(keyword(node, "reason"))


def page_of(module: Path) -> str:
    """The page that tells what a module may find."""
    package = module.relative_to(PROJECT).parts[1]
    page = PROJECT / "docs" / "sources" / f"{package}.md"
    return page.read_text(encoding="utf-8") if page.is_file() else README


@pytest.mark.parametrize("name", registry.SOURCES)
def test_every_finding_of_a_source_is_explained_and_no_other(name: str) -> None:
    modules = (PROJECT / "sources" / name).glob("*.py")
    known = {kind for module in modules for kind in finding_kinds(module)}
    page = (PROJECT / "docs" / "sources" / f"{name}.md").read_text(encoding="utf-8")
    told = {kind for row in rows(section(page, "Findings")) for kind in quoted(row[0])}
    assert told == known


def test_only_sources_report_findings() -> None:
    elsewhere = [m for m in MODULES if len(m.relative_to(PROJECT).parts) == 2 or "etl" in m.parts]
    calls = {named(m) for m in elsewhere if re.search(r"\bFinding\(kind", m.read_text("utf-8"))}
    assert calls == set()


def test_every_reason_for_quarantine_is_explained() -> None:
    unexplained = [
        f"{named(module)}: {reason}"
        for module in MODULES
        for reason in problem_reasons(module)
        if f"`{reason}`" not in page_of(module) + README
    ]
    assert unexplained == []


def test_every_reason_an_archive_gives_is_explained() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    reasons = {kind.reason for kind in kinds if issubclass(kind, errors.ArchiveError)}
    told = [row[0] for row in rows(section(README, "Troubleshooting"))]
    assert {reason for reason in reasons if f"`{reason}`" not in told} == set()


def test_every_word_of_the_lint_is_explained() -> None:
    known = set()
    for module in (PROJECT / "etl" / "mapping").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_bytes())):
            if isinstance(node, ast.Call) and called(node) == "MappingIssue":
                known |= {*words(keyword(node, "kind"))}
    page = (PROJECT / "docs" / "mapping.md").read_text(encoding="utf-8")
    assert known
    assert {kind for kind in known if f"`{kind}`" not in page} == set()


# Places.


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        place = (page.parent / target).resolve() if target else page
        assert place.exists(), link
        assert place.is_relative_to(PROJECT), link
        assert not anchor or anchor in anchors(place), link


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_modules_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"(?<![\w/])(?:sources|etl|tests|benchmarks)/[\w/.]*\.(?:py|sql|md)", text)
    assert [path for path in paths if not (PROJECT / path).is_file()] == []


def test_architecture_gives_every_module_of_the_pipeline_its_layer() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    layers = " ".join(row[0] for row in rows(section(page, "Modules")))
    told = re.findall(r"(\w+)(?:\.py|/)", layers.replace("etl/", " ").replace("sources/", " "))
    there = [p for place in ("etl", "sources") for p in (PROJECT / place).iterdir()]
    modules = [p.stem for p in there if p.suffix == ".py" or (p / "__init__.py").is_file()]
    assert sorted(told) == sorted({*modules} - {"__init__"} | {"run_etl"})


MEANT = {"tests/etl/contract/test_document.py"}
"""Files that name a foreign absolute path so that it is refused."""


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("no git repository here: what is tracked cannot be told")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True)
    return [PROJECT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_tracked_text_names_a_place_on_somebodys_machine() -> None:
    place = r"(?<![\w.:/-])/(?:home|Users|root|tmp|mnt|opt|srv)/\w|[A-Z]:\\+Users\\"
    pattern = re.compile(f"{place}|{re.escape(str(PROJECT))}\\b".encode())
    files = [path for path in tracked() if path.is_file() and named(path) not in MEANT]
    texts = {named(path): path.read_bytes() for path in files}
    assert [name for name, text in texts.items() if pattern.search(text)] == []
