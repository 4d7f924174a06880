from __future__ import annotations

import os
from pathlib import Path

import pytest

from sources._regular import is_replaced, regular


def test_a_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with open(tmp_path / "a", "rb", opener=regular) as stream:
        assert stream.read() == b"x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes with names")
@pytest.mark.parametrize("what", ["pipe", "link", "folder", "device"])
def test_nothing_else_is_opened_or_waited_for(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path = Path(os.devnull) if what == "device" else path
    if what == "link":
        path.symlink_to(__file__)
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(OSError) as caught:  # noqa: PT011 - every system has words of its own
        regular(os.fspath(path), os.O_RDONLY)
    assert is_replaced(caught.value)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_what_else_the_system_says_is_no_replacement(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        regular(os.fspath(tmp_path / "gone"), os.O_RDONLY)
    assert not is_replaced(caught.value)
