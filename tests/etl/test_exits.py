from __future__ import annotations

import errno
import os

import pytest

from etl.exits import trouble


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space there and run again"),
        (errno.EROFS, "make it writable for the user who runs this, or give another place"),
        (errno.EIO, "see whether that disk is sound, and run again"),
        (errno.ENOENT, "mend that, and run again"),
    ],
)
def test_trouble_with_files_says_what_where_and_what_to_do(number: int, remedy: str) -> None:
    error = OSError(number, os.strerror(number), "out.json")
    assert trouble(error) == f"out.json: {os.strerror(number)}; {remedy}"


def test_where_the_system_does_not_say_where_whoever_asked_does() -> None:
    assert trouble(OSError(errno.EIO, "broken"), "here").startswith("here: broken; ")


def test_what_is_not_the_systems_own_word_is_not_told() -> None:
    """A library's may quote what it was given."""
    assert trouble(OSError("?token=x")) == "OSError; mend that, and run again"
