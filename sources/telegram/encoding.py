"""The encoding of a page. tdesktop writes UTF-8 without a byte order mark; other programs
save such a page again in whatever they please, rarely saying so.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where the zeros stand in the first letters of markup, which are ASCII.
_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]++")
# Two and more of those side by side, no letter of ASCII beside them but one of JSON's escapes.
_APART = re.compile(rb"(?:(?<![A-Za-z\x80-\xff])|(?<=\\[nrt]))[\x80-\xff]{2,}+(?![A-Za-z])")


def is_wide(data: bytes) -> bool:
    """Whether these (first) bytes are in an encoding of two or four bytes a letter."""
    return declared(data)[0] != "utf-8"


class Damaged(bytes):
    """UTF-8 made of bytes that were no letters in the encoding they declare."""


def transcoded(data: bytes) -> bytes:
    """The page without byte order mark, in UTF-8 if it declares another encoding. What
    declares none is not looked at: see `repaired`.
    """
    encoding, start = declared(data)
    data = data[start:] if start else data
    if encoding == "utf-8":
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError as error:
        if _is_cut(error, data):
            return data[: error.start].decode(encoding).encode()
        return Damaged(data.decode(encoding, "replace").encode())


def repaired(data: bytes) -> tuple[bytes, str | None]:
    """The page in UTF-8, and what had to be assumed for it: nothing, `encoding_guessed`, or
    `text_damaged` when single bytes of it are no letters.
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if _is_cut(error, data):
            return data[: error.start], None
        guess = guessed(data)
        if guess is None:
            return data.decode("utf-8", "replace").encode(), "text_damaged"
        return data.decode(guess, "replace").encode(), "encoding_guessed"
    return data, "text_damaged" if isinstance(data, Damaged) else None


def _is_cut(error: UnicodeDecodeError, data: bytes) -> bool:
    """Whether it ends in the middle of a letter."""
    return error.start >= len(data) - 4


def guessed(data: bytes) -> str | None:
    """The encoding of one byte a letter that bytes are in which are not UTF-8; none when they
    are damaged UTF-8.
    """
    if not _is_one_byte(data.decode("utf-8", "replace")):
        return None
    return "cp1251" if _is_cyrillic(data) else "cp1252"


def declared(data: bytes) -> tuple[str, int]:
    """The encoding by byte order mark or by where zeros stand, and the mark's length."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    if b"\0" not in data[:8]:
        return "utf-8", 0
    first, second = (tuple(not byte for byte in data[at : at + 4]) for at in (0, 4))
    return (_ZEROS.get(first, "utf-8"), 0) if first == second else ("utf-8", 0)


def _is_one_byte(text: str) -> bool:
    """Whether most of the letters beyond ASCII were none in UTF-8."""
    wrong = text.count("\ufffd")
    return wrong > sum(1 for letter in text if letter > "\x7f") - wrong


def _is_cyrillic(data: bytes) -> bool:
    """Whether letters beyond ASCII mostly make words of their own: in the languages that
    are written in cp1252 they mostly stand beside letters of ASCII, or alone.
    """
    apart, all_of_them = (
        sum(map(len, pattern.findall(data))) for pattern in (_APART, _BEYOND_ASCII)
    )
    return 2 * apart > all_of_them
