from __future__ import annotations

import io

import pytest

from sources import _endless
from sources._endless import chunks
from sources.errors import TooLarge


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_endless, "LINE_BYTES", 100)
    monkeypatch.setattr(_endless, "_CHUNK", 30)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_stream_whose_lines_end_comes_as_it_is(end: bytes) -> None:
    data = (b"x" * 98 + end) * 9 + b"y" * 99
    assert b"".join(chunks(io.BytesIO(data), "a")) == data


@pytest.mark.parametrize("before", [b"", b"x\n", b"x\r\n" * 100])
def test_a_line_too_long_ends_the_reading_soon(before: bytes) -> None:
    stream = io.BytesIO(before + b"x" * 10_000)
    with pytest.raises(TooLarge, match=r"^a\.csv: a line of it has no end within 100 bytes"):
        list(chunks(stream, "a.csv"))
    assert stream.tell() < len(before) + 200
