"""How many records a CSV holds, counted apart from the parser, and what its bytes say.

One pass over the file as single bytes, a physical line at a time. A record is broken
when a quoted cell is followed by anything but a separator or the end of its line, or is
never closed; either way it counts as one record. In what follows a quote that is never closed,
every line that is a record by itself (no quotes, as many
cells as the header, digits for an id) counts as one more.
"""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from sources.records import Record

BLANK = ' \t\r\n",;'
"""A record of nothing but these holds nothing."""

SURE_WIDTH = 4
"""With fewer cells, a line of a long text could look like a record."""

_WHOLE, _OPEN, _BROKEN = range(3)
_BOM = "\xef\xbb\xbf"


class Scan(Record, frozen=True, kw_only=True, gc=False):
    """What one pass over the bytes tells.

    ``records`` counts those that are not blank, the header included. ``lines`` are
    physical; ``open_line`` is the one (from 1) where a record begins with a quoted cell that
    never ends; ``longest`` counts the characters of the longest that spans lines. ``ended``: the
    last line has its line break. ``guessed``: not UTF-8, so read as Windows-1252.
    ``damaged``: UTF-8, but for a few bytes.
    """

    records: int
    lines: int
    open_line: int | None
    longest: int = 0
    ended: bool
    guessed: bool
    damaged: bool

    @property
    def encoding(self) -> str:
        """The name of the codec to read the text with, errors replaced."""
        return "cp1252" if self.guessed else "utf-8-sig"


def scan(stream: BinaryIO, delimiter: str, width: int = 0, id_at: int = 0) -> Scan:
    """Read to the end, keeping one line at a time. ``width`` and ``id_at`` tell how many
    cells a record has and which of them is its id.
    """
    records, lines = _Records(delimiter, width, id_at), _Encoding()
    line = ""
    with io.TextIOWrapper(stream, encoding="latin-1", newline="") as text:
        for line in text:
            if not line.isascii():
                lines.add(line)
            records.add(line if records.lines else line.removeprefix(_BOM))
    return Scan(
        records=records.count + (1 + records.behind if records.state == _OPEN else 0),
        lines=records.lines,
        open_line=records.began if records.state == _OPEN else None,
        longest=records.longest,
        ended=line.endswith(("\r", "\n")),
        guessed=lines.guessed,
        damaged=lines.invalid > 0 and not lines.guessed,
    )


class _Encoding:
    """Is it UTF-8? Text in Windows-1252 is hardly ever valid UTF-8 by chance."""

    def __init__(self) -> None:
        self.valid = 0
        self.invalid = 0

    def add(self, line: str) -> None:
        """Take a line that is not plain ASCII into account."""
        try:
            line.encode("latin-1").decode("utf-8")
            self.valid += 1
        except UnicodeDecodeError as error:
            # A file cut within a character is still UTF-8.
            self.invalid += error.reason != "unexpected end of data"

    @property
    def guessed(self) -> bool:
        return self.invalid > self.valid


class _Records:
    """Follows quotes from line to line."""

    def __init__(self, delimiter: str, width: int, id_at: int) -> None:
        self.count = 0
        self.behind = 0
        self._width = width
        self._id_at = id_at
        self.state = _WHOLE
        self.began = 0
        self.lines = 0
        self.longest = self._length = 0
        self._blank = True
        self._delimiter = delimiter
        cell = rf'(?:"[^"]*+(?:""[^"]*+)*+"(?![^{delimiter}\r\n])|(?!")[^{delimiter}\r\n]*+)'
        self._whole = re.compile(rf"{cell}(?:{delimiter}{cell})*+[\r\n]*+\Z")

    def add(self, line: str) -> None:
        """Take the next physical line into account."""
        self.lines += 1
        continued = self.state == _OPEN
        if continued:
            self._length += len(line)
            self.behind += self._stands_alone(line)
        else:
            self.began, self.behind, self._blank, self._length = self.lines, 0, True, len(line)
            if '"' not in line:
                self.count += bool(line.strip(BLANK))
                return
        self._blank = self._blank and not line.strip(BLANK)
        whole = not continued and self._whole.match(line)
        self.state = _WHOLE if whole else self._follow(line, quoted=continued)
        if continued and self.state != _OPEN:
            self.longest = max(self.longest, self._length)
        if self.state == _BROKEN:
            self.count += 1
        elif self.state == _WHOLE:
            self.count += not self._blank

    def _stands_alone(self, line: str) -> bool:
        if self._width < SURE_WIDTH or '"' in line or not line.endswith(("\r", "\n")):
            return False
        cells = line.rstrip("\r\n").split(self._delimiter)
        return (
            len(cells) == self._width
            and cells[self._id_at].isascii()
            and cells[self._id_at].isdigit()
        )

    def _follow(self, line: str, *, quoted: bool) -> int:
        position = 0
        while True:
            if not quoted:
                if line[position : position + 1] != '"':
                    position = line.find(self._delimiter, position) + 1
                    if not position:
                        return _WHOLE
                    continue
                position += 1
            position = line.find('"', position)
            if position < 0:
                return _OPEN
            after = line[position + 1 : position + 2]
            position += 2
            quoted = after == '"'
            if not quoted and after != self._delimiter:
                return _WHOLE if after in ("", "\r", "\n") else _BROKEN
