from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sources._archive import FolderTree
from sources.errors import ArchiveError
from sources.live import landing as module
from sources.live.landing import Landing
from sources.live.segments import segments, streams
from tests.live.clock import FakeClock
from tests.running import PROJECT

CALLS = ("mkdir", "open", "write", "fsync", "close", "replace")
"""What is asked of the system while a segment lands."""

CHILD = """
import os, signal, sys
from pathlib import Path
from tests.sources.live.test_landing import failing_at, two_segments
def kill(_):
    os.kill(os.getpid(), signal.SIGKILL)
failing_at(int(sys.argv[2]), kill)
two_segments(Path(sys.argv[1]))
"""


def landing_in(folder: Path, clock: FakeClock | None = None) -> Landing:
    return Landing(folder / "live", "slack", clock or FakeClock())


def told(folder: Path) -> list[tuple[list[Any], dict[str, Any]]]:
    """Answers and cursor of every segment there is; a damaged one fails the test."""
    tree = FolderTree(folder)
    found = []
    for stream in streams(tree, "slack"):
        for segment in segments(tree, stream.files):
            assert not isinstance(segment, ArchiveError), segment
            found.append(([said.answer for said in segment.said], segment.cursor))
    return found


def two_segments(folder: Path) -> None:
    landing = landing_in(folder)
    for number in (1, 2):
        with landing.stream("users") as stream:
            stream.append({}, number, {"after": number})


FIRST, SECOND = ([1], {"after": 1}), ([2], {"after": 2})


def test_answers_and_their_cursor_land_together(tmp_path: Path) -> None:
    landing = landing_in(tmp_path)
    with landing.stream("users") as stream:
        assert stream.cursor is None
        stream.append({"n": 1}, "one", {"after": 1})
        stream.append({"n": 2}, "two", {"after": 2})
        assert landing.cursor("users") is None, "not yet"
    assert told(tmp_path) == [(["one", "two"], {"after": 2})]
    assert landing.cursor("users") == {"after": 2}
    assert landing.streams() == ["users"]
    assert (landing.segments, landing.size > 0) == (1, True)


def test_nothing_said_lands_nothing(tmp_path: Path) -> None:
    with landing_in(tmp_path).stream("users"):
        pass
    assert not (tmp_path / "live").exists()


def test_what_was_said_before_an_error_is_landed(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), landing_in(tmp_path).stream("users") as stream:
        stream.append({}, 1, {"after": 1})
        raise ZeroDivisionError
    assert told(tmp_path) == [FIRST]


def test_much_is_landed_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAND_BYTES", 100)
    with landing_in(tmp_path).stream("users") as stream:
        for number in range(10):
            stream.append({}, "x" * 40, {"after": number})
        assert 3 <= len(told(tmp_path)) <= 5


def test_what_comes_slowly_does_not_wait_long(tmp_path: Path) -> None:
    clock = FakeClock()
    clock.now = 10 * module.LAND_SECONDS
    with landing_in(tmp_path, clock).stream("users") as stream:
        stream.append({}, 1, {"after": 1})
        assert told(tmp_path) == []
        clock.now += module.LAND_SECONDS
        stream.append({}, 2, {"after": 2})
        assert told(tmp_path) == [([1, 2], {"after": 2})]


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        two_segments(tmp_path)
    finally:
        os.umask(before)
    for path in (tmp_path / "live").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    assert stat.S_IMODE((tmp_path / "live").stat().st_mode) == 0o700


def test_cursor_is_that_of_the_newest_segment_that_can_be_read(tmp_path: Path) -> None:
    two_segments(tmp_path)
    newest = tmp_path / "live/slack/users/00000002.jsonl.zst"
    newest.write_bytes(newest.read_bytes()[:-1])
    landing = landing_in(tmp_path)
    assert landing.cursor("users") == {"after": 1}
    with landing.stream("users") as stream:
        stream.append({}, 3, {"after": 3})
    assert sorted(path.name[:8] for path in newest.parent.iterdir()) == [
        "00000001",
        "00000002",
        "00000003",
    ]


# What must hold whatever the system does, and whenever.


def failing_at(number: int, fail: Callable[[str], None]) -> Callable[[str, Any], Any]:
    """Make the call of that number, of all that landing makes, fail before it is made."""
    count = 0

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                fail(name)
            if name == "write":  # a system may take less than it is given
                return real(arguments[0], bytes(arguments[1])[:70])
            return real(*arguments, **named)

        return call

    def install(name: str, real: Any) -> Any:
        return wrapped(name, real)

    for name in CALLS:
        setattr(os, name, install(name, getattr(os, name)))
    return install


def test_every_write_fsync_and_rename_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise OSError(28, "No space left on device", name)

    real = {name: getattr(os, name) for name in CALLS}
    reached = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        failed = False
        try:
            failing_at(number, fail)
            two_segments(folder)
        except OSError:
            failed = True
        finally:
            for name, function in real.items():
                setattr(os, name, function)
        assert told(folder) in ([], [FIRST], [FIRST, SECOND])
        assert not list(folder.rglob("*.tmp")), "it cleans up after itself"
        if not failed:
            break
        reached += 1
        two_segments(folder)
        assert told(folder)[-1] == SECOND, "the next one goes on"
    assert reached > 15, "this did not meet the calls it is about"


def test_these_tests_see_a_writer_that_writes_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_place(path: Path, data: bytes) -> None:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, data[:20])
        os.write(descriptor, data[20:])
        os.close(descriptor)

    monkeypatch.setattr(module, "write_whole", in_place)
    with pytest.raises(AssertionError, match="no whole segment"):
        test_every_write_fsync_and_rename_may_fail(tmp_path, monkeypatch)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_at_every_write_fsync_and_rename_leaves_whole_segments(tmp_path: Path) -> None:
    ends = []
    for number in range(1, 40):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(folder), str(number)], cwd=PROJECT, check=False
        )
        assert told(folder) in ([], [FIRST], [FIRST, SECOND])
        landing_in(folder).clean()
        assert not list(folder.rglob("*.tmp"))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        ends.append(len(told(folder)))
    assert set(ends) == {0, 1, 2}, "kills before, between and after the renames"
    assert done.returncode == 0
