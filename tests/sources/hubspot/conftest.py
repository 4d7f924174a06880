from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reading import Reading, read_archive, source

DATA = Path(__file__).parents[2] / "data" / "hubspot"

ReadFile = Callable[..., Reading]


@pytest.fixture
def read_csv(tmp_path: Path) -> ReadFile:
    """Write a file as given and read the folder it lies in."""

    def read(content: str | bytes, name: str = "export.csv", **options: str) -> Reading:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return read_archive(source("hubspot", **options), tmp_path)

    return read


@pytest.fixture
def case() -> Callable[..., Reading]:
    """Read one of the exports beside the tests."""

    def read(name: str, **options: str) -> Reading:
        return read_archive(source("hubspot", **options), DATA / name)

    return read
