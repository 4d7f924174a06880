from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl.exits import trouble


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space there and run again"),
        (
            errno.EROFS,
            "make it readable and writable for the user who runs this, or give another place",
        ),
        (errno.EIO, "see whether that disk is sound, and run again"),
        (errno.ENOENT, "mend that, and run again"),
    ],
)
def test_trouble_with_files_says_what_where_and_what_to_do(number: int, remedy: str) -> None:
    error = OSError(number, os.strerror(number), "out.json")
    assert trouble(error) == f"out.json: {os.strerror(number)}; {remedy}"


def test_full_disk_is_told_with_what_is_needed_and_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=65_536))
    full = OSError(errno.ENOSPC, "full", str(tmp_path / "o.json"))
    assert trouble(full) == (
        f"{tmp_path / 'o.json'}: full (65,536 bytes are free); free some space there and run again"
    )
    said = trouble(full, needed=lambda path: 1_000_000 if path == tmp_path / "o.json" else 0)
    assert "full (about 1,000,000 bytes are needed there, 65,536 are free); free" in said
    assert "full (65,536 bytes are free); free" in trouble(full, needed=lambda _: None)


def test_terminal_that_takes_no_more_is_no_disk() -> None:
    assert "bytes" not in trouble(OSError(errno.ENOSPC, "full", "standard output"))


def test_where_the_system_does_not_say_where_whoever_asked_does() -> None:
    assert trouble(OSError(errno.EIO, "broken"), "here").startswith("here: broken; ")


def test_what_is_not_the_systems_own_word_is_not_told() -> None:
    """A library's may quote what it was given."""
    assert trouble(OSError("?token=x")) == "OSError; mend that, and run again"
