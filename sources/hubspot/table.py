"""A CSV file as rows, streamed, whoever saved it last.

Rows are lists, because headers repeat. Quoting is read strictly: text after a closing
quote means that something was lost before it.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from sources.hubspot.count import BLANK
from sources.hubspot.utf16 import utf_16

DELIMITERS = (",", ";", "\t")
HEADER_BYTES = 2**18
"""Some exports have 950 columns; their header fits in here."""

_CELL_LIMIT = 2**31 - 1
# An "Associated Email" cell alone may hold 180 KB; the csv module stops at 128 KB.
_RUN = 256
_LIMIT = threading.Lock()


class Torn:
    """A record that could not be split into cells."""


class Rows:
    """The rows of an open file, each with the physical line (from 1) that it ends on."""

    def __init__(
        self, stream: BinaryIO, encoding: str, delimiter: str, before: int | None = None
    ) -> None:
        """Read up to the physical line ``before``, that line excluded."""
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        lines = text if before is None else islice(text, before - 1)
        self._text = text
        self.resaved = delimiter != ","
        """HubSpot itself puts commas between cells."""
        self._delimiter = delimiter
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)

    def tail(self) -> Iterator[list[str]]:
        """What ``before`` left out, line by line: the cells of those without a quote."""
        for line in self._text:
            if '"' not in line and line.endswith(("\r", "\n")):
                yield line.rstrip("\r\n").split(self._delimiter)

    def __iter__(self) -> Iterator[tuple[int, list[str] | Torn]]:
        while run := self._run():
            yield from run

    def _run(self) -> list[tuple[int, list[str] | Torn]]:
        """The next rows. The csv module's limit belongs to the whole process: it is
        raised for these few rows only, by one thread at a time.
        """
        run: list[tuple[int, list[str] | Torn]] = []
        reader = self._reader
        with _LIMIT:
            usual = csv.field_size_limit(_CELL_LIMIT)
            try:
                while len(run) < _RUN:
                    try:
                        for row in reader:
                            run.append((reader.line_num, row))
                            if len(run) >= _RUN:
                                break
                        else:
                            break
                    except csv.Error:
                        run.append((reader.line_num, Torn()))
            finally:
                csv.field_size_limit(usual)
        return run


def is_blank(row: list[str]) -> bool:
    """Whether a row holds nothing but spaces, quotes and separators."""
    return not "".join(row).strip(BLANK)


def header_of(head: bytes) -> tuple[str, list[str]]:
    """Delimiter and header of a file, from its first bytes: the first record that holds
    anything, split the way that gives most cells.
    """
    text = _decoded(head)
    candidates = [(delimiter, _first_record(text, delimiter)) for delimiter in DELIMITERS]
    return max(candidates, key=lambda candidate: len(candidate[1]))


def _decoded(head: bytes) -> str:
    if codec := utf_16(head):
        return head.decode(codec, "replace")
    # The last line may be cut within a character.
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        return whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        return whole.decode("cp1252", "replace")


def _first_record(text: str, delimiter: str) -> list[str]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if not is_blank(row):
                return row
    except csv.Error:
        pass
    return []
