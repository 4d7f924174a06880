"""Bytes of any encoding come out as UTF-8, however they are cut into blocks."""

import pytest

from sources.telegram.json_blocks import Utf8Blocks

TEXT = '{"name": "Zoë, Ада 🎉 и 漢字"}'


def blocks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def passed(data: bytes, size: int) -> bytes:
    return b"".join(Utf8Blocks(blocks(data, size)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("size", [8, 9, 11, 64])
def test_letters_may_be_cut_by_the_end_of_a_block(encoding: str, size: int) -> None:
    assert passed(TEXT.encode(encoding), size) == TEXT.encode()


@pytest.mark.parametrize("size", [5, 1000])
def test_undeclared_encoding_stays_the_one_guessed_first(size: int) -> None:
    made = Utf8Blocks(blocks("Привет, как дела? ".encode("cp1251") * 9, size))
    assert b"".join(made).decode() == "Привет, как дела? " * 9
    assert made.is_guessed


@pytest.mark.parametrize("end", [b"\xd0", b"\xe6\xbc", b"\xf0\x9f\x8e"])
def test_letter_without_its_end_is_passed_on_as_it_is(end: bytes) -> None:
    made = Utf8Blocks([TEXT.encode(), end])
    assert b"".join(made) == TEXT.encode() + end
    assert not made.is_guessed


def test_single_damaged_bytes_are_passed_on_as_they_are() -> None:
    data = TEXT.encode() + b"\xff" + TEXT.encode()
    assert passed(data, 1000) == data


def test_what_is_no_letter_becomes_no_letter() -> None:
    assert passed(b"a\x00b\x00c\x00d\x00\x3d\xd8e\x00", 100) == b"abcd\xffe"


def test_nothing_stays_nothing() -> None:
    assert passed(b"", 1) == b""


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_separators_lose_what_is_left_behind_of_their_bytes(size: int) -> None:
    written = rb'{"a": "one\u2028' + b"\x80\xa8" + rb"two\u2029" + b'\x80\xa9caf\xc3\xa9"}'
    made = Utf8Blocks(blocks(written, size))
    assert b"".join(made) == rb'{"a": "one\u2028two\u2029' + "café".encode() + b'"}'
    assert not made.is_guessed


def test_separator_at_the_very_end_is_passed_on() -> None:
    assert b"".join(Utf8Blocks([rb"x\u2028"])) == rb"x\u2028"
