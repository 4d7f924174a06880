r"""A JSON text of any length, read value by value as it streams in.

Only one value is held at a time. Forgiving on purpose: commas and colons count as
space, any closing bracket closes, and a value that is not JSON is handed over as
`BROKEN` without costing its neighbours. tdesktop writes control characters as ``\xNN``
(export_output_json.cpp), which is not JSON, and once forgot quotes: that is put right, and counted.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator

BLOCK = 2**20
LARGEST = 32 * 2**20
"""Beyond so many characters something is no value, but a bracket or a quote gone astray."""

_SPACE = re.compile(r"[ \t\r\n,:]*+")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BARE = re.compile(r'[^ \t\r\n,:\[\]{}"]++')
# The place of a custom emoji's picture, without quotes in releases of summer 2022.
_UNQUOTED = re.compile(r'^([ \t]*+"document_id": )([^"\n]++)$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_decode = json.JSONDecoder(strict=False).raw_decode


class Broken:
    """Stands for a value that is not JSON."""


BROKEN = Broken()


class Cut(Exception):
    """The text ended, or ran astray, in the middle of something."""


def text_blocks(blocks: Iterable[bytes]) -> Iterator[str]:
    """Bytes as text. What is not UTF-8 becomes lone surrogates."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


class JsonText:
    """A place in a JSON text. What it steps over is forgotten."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text = ""
        self._at = 0
        self._start: int | None = None
        self._torn = False
        self.repaired = 0
        """Values in which escapes were put right, so far."""
        self.replaced = 0
        """Values in which characters had to be replaced, so far."""

    def peek(self) -> str:
        """The character the next value, or the closing bracket, begins with.

        Raises `Cut` at the end.
        """
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise Cut

    def items(self) -> Iterator[None]:
        """Step through an array: read or skip each value as it is offered."""
        if self.peek() != "[":
            self.skip()
            return
        self._at += 1
        while self.peek() not in "]}":
            yield
        self._at += 1

    def members(self) -> Iterator[str]:
        """Step through an object: read or skip each value as its name is given."""
        if self.peek() != "{":
            self.skip()
            return
        self._at += 1
        while self.peek() not in "]}":
            name = self.value()
            if self.peek() in "]}":
                break
            yield name if isinstance(name, str) else ""
        self._at += 1

    def value(self) -> object:
        """The next value, `BROKEN` when it is not JSON. Raises `Cut`."""
        if self.peek() in '{["':
            start = self._at
            try:
                found, self._at = _decode(self._text, start)
            except (ValueError, RecursionError):
                pass
            else:
                escaped = self._text.find("\\u", start, self._at) >= 0
                return self._clean(found) if escaped or self._torn else found
        self._start = self._at
        try:
            self.skip()
            text = self._text[self._start : self._at]
        finally:
            self._start = None
        return self._repair(text)

    def skip(self) -> None:
        """Step over the next value. Raises `Cut`."""
        depth = 0
        while True:
            first = self.peek()
            if first in "{[":
                depth += 1
                self._at += 1
            elif first in "}]":
                depth -= 1
                self._at += depth >= 0
            else:
                self._token(_STRING if first == '"' else _BARE)
            if depth <= 0:
                return

    def _token(self, pattern: re.Pattern[str]) -> None:
        while True:
            match = pattern.match(self._text, self._at)
            if match and (match.end() < len(self._text) or pattern is _STRING):
                self._at = match.end()
                return
            if not self._more():
                if match is None:
                    raise Cut
                self._at = match.end()
                return

    def _more(self) -> bool:
        """Take in more text, twice as much as is held; false at the end."""
        start = self._at if self._start is None else self._start
        held = self._text[start:]
        if len(held) > LARGEST:
            raise Cut
        taken, size = [held], 0
        for block in self._blocks:
            taken.append(block)
            self._torn = self._torn or not _is_whole(block)
            size += len(block)
            if size >= max(len(held), 1):
                break
        self._text = "".join(taken)
        self._at -= start
        if self._start is not None:
            self._start = 0
        return size > 0

    def _repair(self, text: str) -> object:
        fixed = _ESCAPE.sub(lambda m: m[0] if m[1] is None else f"\\u00{m[1]}", text)
        fixed = _UNQUOTED.sub(r'\1"\2"', fixed)
        try:
            found, _ = _decode(fixed)
        except (ValueError, RecursionError):
            return BROKEN
        self.repaired += fixed != text
        return self._clean(found)

    def _clean(self, found: object) -> object:
        """Without halves of characters, which nobody could write again."""
        try:
            whole = json.dumps(found, ensure_ascii=False)
            if _is_whole(whole):
                return found
            self.replaced += 1
            cleaned: object = json.loads(_SURROGATE.sub("\ufffd", whole), strict=False)
        except (ValueError, RecursionError):
            return BROKEN
        return cleaned


def _is_whole(text: str) -> bool:
    """Whether the text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
