"""Whether somebody who can answer is asked."""

from __future__ import annotations

import argparse
import io

import pytest

from etl.commands import forget


@pytest.mark.parametrize(
    ("terminal", "yes", "answer", "goes"),
    [
        (False, False, "", True),
        (True, True, "", True),
        (True, False, "y", True),
        (True, False, "Yes", True),
        (True, False, "", False),
        (True, False, "no", False),
    ],
)
def test_who_sits_at_a_terminal_is_asked(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, yes: bool, answer: str, goes: bool
) -> None:
    stdin = io.StringIO(answer + "\n")
    monkeypatch.setattr(stdin, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stdin", stdin)
    assert forget._agreed(argparse.Namespace(yes=yes)) is goes
