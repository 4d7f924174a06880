"""Content lines: unfolded, decoded, split into name, parameters and value.

Read here rather than by ``icalendar``, which looks at every character of every line
and refuses a component for one line it cannot read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A fold may stand anywhere, also inside a UTF-8 sequence (RFC 5545 section 3.1), so it
# goes before decoding. The look-behind keeps long runs of empty lines linear.
_FOLD = re.compile(rb"(?<![\r\n])[\r\n]+[ \t]")
_BREAK = re.compile(r"[\r\n]+")
_LINE = re.compile(r'[ \t]*([A-Za-z0-9-]+)[ \t]*((?:;[^:";]*(?:"[^"]*"[^:";]*)*)*):(.*)', re.DOTALL)
_PARAM = re.compile(r';\s*([A-Za-z0-9-]+)\s*=((?:"[^"]*"|[^";])*)')
_TIMES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
_TEXTS = frozenset({"DESCRIPTION", "SUMMARY", "LOCATION"})
_STRAY = re.compile("[\udc80-\udcff]+")
_ESCAPE = re.compile(r"\\([nN,;\\:\"])")


class Line(NamedTuple):
    """``name`` and the parameters' names are upper case; ``value`` is as written."""

    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value with its escapes undone."""
        return unescape(self.value)


Properties = dict[str, list[Line]]


def unescape(value: str) -> str:
    r"""TEXT escapes undone: ``\n``, ``\N``, ``\,``, ``\;``, ``\\``."""
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def decode(data: bytes) -> tuple[str, bool]:
    """Unfolded text, and whether it was UTF-8 (bytes that are not are read as cp1252)."""
    plain = _FOLD.sub(b"", data)
    try:
        return plain.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text = plain.decode("utf-8-sig", "surrogateescape")
        return _STRAY.sub(lambda found: _in_cp1252(found[0]), text), False


def _in_cp1252(stray: str) -> str:
    return stray.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def properties(text: str) -> Properties:
    """The lines of one component by name, those of nested components left out.

    A line that is no content line goes on with the text before it: some programs
    write line breaks into a text as they are.
    """
    found: Properties = {}
    depth = 0
    last: list[Line] | None = None
    for raw in _BREAK.split(text):
        line = _parse(raw)
        if line is None:
            if last and last[-1].name in _TEXTS and raw.strip() and depth <= 1:
                last[-1] = last[-1]._replace(value=f"{last[-1].value}\n{raw}")
        elif line.name == "BEGIN":
            depth += 1
        elif line.name == "END":
            depth -= 1
        elif depth <= 1:
            last = found.setdefault(line.name, [])
            last.append(line)
    return found


def _parse(raw: str) -> Line | None:
    found = _LINE.match(raw)
    if found:
        name, section, value = found.groups()
        params = {}
        if section:
            params = {
                key.upper(): text.replace('"', "").strip() for key, text in _PARAM.findall(section)
            }
        if name.upper() in _TIMES and "TZID" in params and ":" in value:
            # The name of the zone has a colon and no quotes.
            zone, _, value = value.rpartition(":")
            params["TZID"] += f":{zone}"
        return Line(name.upper(), params, value)
    head, colon, value = raw.partition(":")
    name = head.partition(";")[0].strip()
    if colon and ";" in head and re.fullmatch(r"[A-Za-z0-9-]+", name):
        return Line(name.upper(), {}, value)
    return None
