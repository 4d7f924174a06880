"""What every test finds: a log as nobody has set it up; a tally of faults for those that want one,
and their table at the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from tests.faults.tally import FULL, Counts, Tally, added, table

_counted: list[Counts] = []


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A run in this process sets the log up, and leaves that to the process to take down."""
    log = logging.getLogger("etl")
    handlers, level, propagate = list(log.handlers), log.level, log.propagate
    yield
    for handler in set(log.handlers) - set(handlers):
        log.removeHandler(handler)
        handler.close()
    log.setLevel(level)
    log.propagate = propagate


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Where to count what was tried; fails the test that broke a promise."""
    tally = Tally()
    yield tally
    record_property("faults", tally.counts)
    if tally.broken:
        shown = "\n".join(tally.broken[:20])
        pytest.fail(f"{len(tally.broken)} promises broken:\n{shown}", pytrace=False)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        _counted.extend(value for name, value in report.user_properties if name == "faults")  # type: ignore[misc]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FULL and _counted:
        terminalreporter.section("what was tried, and what broke")
        for line in table(added(_counted)):
            terminalreporter.write_line(line)
