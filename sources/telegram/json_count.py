"""How many messages a ``result.json`` holds, told from its bytes alone.

Shares nothing with the parser, on purpose: it is what the parser is measured against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# A quote inside a string stands behind a backslash: text cannot look like this.
_MARKED = re.compile(rb'"type"[ \t\r\n]*:[ \t\r\n]*"(?:message|service|unsupported)"')
_LONGEST_MARK = 64
_LARGEST = 32 * 2**20
_SPACE = re.compile(rb"[ \t\r\n,:]*+")
_TOKEN = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}])|[^ \t\r\n,:\[\]{}"]++', re.DOTALL)
_ROLES = {
    ("", b"{", b""): "root",
    ("root", b"[", b'"messages"'): "messages",
    ("root", b"{", b'"chats"'): "section",
    ("root", b"{", b'"left_chats"'): "section",
    ("section", b"[", b'"list"'): "list",
    ("list", b"{", b""): "chat",
    ("chat", b"[", b'"messages"'): "messages",
}


class Marks:
    """Counts the objects that say of themselves what kind of message they are."""

    def __init__(self) -> None:
        self.count = 0
        self._rest = b""

    def add(self, block: bytes) -> None:
        """Take the next bytes into account."""
        data = self._rest + block
        end = 0
        for match in _MARKED.finditer(data):
            self.count += 1
            end = match.end()
        self._rest = data[max(end, len(data) - _LONGEST_MARK) :]


def count_elements(blocks: Iterable[bytes]) -> int:
    """Values of any kind that stand in the lists of messages, by brackets and quotes."""
    counter = _Elements()
    for token in _tokens(blocks):
        counter.take(token)
    return counter.count


class _Elements:
    """Where in the document a token stands: role and name of every open bracket."""

    def __init__(self) -> None:
        self.count = 0
        self._open: list[tuple[str, bool]] = []
        self._name: list[bytes | None] = []

    def take(self, token: bytes) -> None:
        first = token[:1]
        if first in b"]}":
            if self._open:
                self._open.pop()
                self._name.pop()
            return
        role, named = self._open[-1] if self._open else ("", False)
        name = b""
        if named:
            name = self._name[-1] or b""
            is_name = self._name[-1] is None
            self._name[-1] = token if is_name else None
            if is_name:
                role = "name"
        self.count += role == "messages"
        if first in b"[{":
            inner = _ROLES.get((role, first, name), "inside")
            self._open.append((inner, first == b"{" and inner != "inside"))
            self._name.append(None)


def _tokens(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Strings, brackets and bare words, one by one."""
    held, size = b"", 0
    waiting: list[bytes] = []
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size < len(held):
            continue  # a token longer than what is held: take in twice as much
        held, waiting, size = held + b"".join(waiting), [], 0
        at = 0
        while (match := _next(held, at)) and (match.lastindex or match.end() < len(held)):
            yield match[0]
            at = match.end()
        held = held[at:]
        if len(held) > _LARGEST:
            break
    held += b"".join(waiting)
    at = 0
    while match := _next(held, at):
        yield match[0]
        at = match.end()
    if rest := held[at:].lstrip(b" \t\r\n,:")[:1]:
        yield rest  # a string without an end


def _next(data: bytes, at: int) -> re.Match[bytes] | None:
    space = _SPACE.match(data, at)
    return _TOKEN.match(data, space.end() if space else at)
