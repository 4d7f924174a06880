"""One stage, and one server of runs, for all tests of faults that a worker has."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.faults.stage import Server, Stage
from tests.running import UNMEASURED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults/" in item.path.as_posix():
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session", autouse=True)
def _unmeasured() -> Iterator[None]:
    """What is attacked here runs as it would run, also where coverage is measured."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in UNMEASURED.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not sys.platform.startswith("linux"):
        pytest.skip("faults are put in where Linux has them: forks, /proc")
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def stage(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("stage"), server)


@pytest.fixture(scope="session")
def long_stage(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """One whose run takes its time."""
    return Stage(tmp_path_factory.mktemp("long"), server, more=60)
