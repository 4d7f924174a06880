"""Whether somebody who can answer is asked, and what is made of a list that changes meanwhile."""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path

import pytest

from etl.cli import main
from etl.commands import forget
from etl.privacy.suppressed import Entry, Suppressed, list_of, load, save
from etl.settings import SUGGESTIONS
from tests.running import MAPPING, Workplace


@pytest.mark.parametrize(
    ("terminal", "yes", "answer", "goes"),
    [
        (False, False, "", True),
        (True, True, "", True),
        (True, False, "y", True),
        (True, False, "Yes", True),
        (True, False, "", False),
        (True, False, "no", False),
        (True, False, None, False),
    ],
)
def test_who_sits_at_a_terminal_is_asked(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, yes: bool, answer: str | None, goes: bool
) -> None:
    stdin = io.StringIO("" if answer is None else answer + "\n")
    monkeypatch.setattr(stdin, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stdin", stdin)
    assert forget._agreed(argparse.Namespace(yes=yes)) is goes


def test_mapping_that_would_be_swept_away_is_refused(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path).with_sample()
    assert workplace.run().returncode == 0
    mapping = workplace.output.with_name(SUGGESTIONS)
    shutil.copy(MAPPING, mapping)
    done = workplace.run("forget", "--chat", "general", "--mapping", str(mapping))
    assert done.returncode == 78
    assert "is both --mapping and" in done.stderr
    assert mapping.read_bytes() == MAPPING.read_bytes()
    assert workplace.output.exists()


@pytest.mark.parametrize("asked", [("--chat", "general"), ("--undo", "--chat", "random")])
def test_list_that_another_run_changed_meanwhile_is_left_to_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[str, ...],
) -> None:
    workplace = Workplace(tmp_path).with_sample()
    assert workplace.run().returncode == 0
    assert workplace.run("forget", "--chat", "random").returncode == 3  # it is nowhere
    path = list_of(workplace.state)
    listed = load(path)
    assert listed is not None
    more = Entry(what="chat", given="another", since="2026-01-01")
    theirs = Suppressed(salt=listed.salt, entries=(*listed.entries, more))

    def agreed(_: argparse.Namespace) -> bool:
        save(path, theirs)
        return True

    monkeypatch.setattr(forget, "_agreed", agreed)
    assert main([*workplace.command()[2:], "forget", *asked]) == 75
    assert "another run changed it meanwhile; run again" in capsys.readouterr().err
    assert load(path) == theirs
    assert workplace.output.exists()
