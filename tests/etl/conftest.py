from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import current
from etl.state import State
from sources import registry
from tests.etl import fake_source


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the fake source known, for one test."""
    monkeypatch.setitem(registry.SOURCES, "fake", fake_source.PLACE)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state, ready for a run."""
    opened = State.open(tmp_path / "state" / "state.db")
    current.begin(opened)
    yield opened
    opened.close()
