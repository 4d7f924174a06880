"""A result, read as a stream: our output of any version, or somebody else's JSON, JSON lines
or CSV.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ijson

from etl.audit.columns import Columns
from etl.audit.rows import Item, Named, Row, row_of
from etl.audit.walking import Preamble, Walk
from etl.exits import Malformed


def read(path: Path, columns: Columns) -> Iterator[Row | Item | Preamble]:
    """Rows, each before the `Item` it belongs to. Raises `Malformed`."""
    with open(path, "rb") as stream:
        start = stream.read(4096).lstrip(b"\xef\xbb\xbf").lstrip()
        stream.seek(0)
        try:
            if path.suffix.lower() in (".csv", ".tsv"):
                yield from _flat(_csv_rows(path), columns)
            elif path.suffix.lower() in (".jsonl", ".ndjson") or _is_lines(start):
                yield from _flat((json.loads(line) for line in stream if line.strip()), columns)
            else:
                yield from Walk(columns).read(stream)
        except (ijson.JSONError, ValueError) as error:
            raise Malformed(f"{path}: not a result as JSON, JSON lines or CSV") from error


def _is_lines(start: bytes) -> bool:
    first, line, second = start.partition(b"\n")
    return bool(line) and first.rstrip().endswith(b"}") and second.startswith(b"{")


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)  # all that every system takes
    with open(path, "rb") as stream:
        wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if wide else "utf-8-sig"
    with open(path, encoding=encoding, errors="replace", newline="") as text:
        first = text.readline()
        text.seek(0)
        for row in csv.DictReader(text, delimiter=max(",;\t", key=first.count)):
            yield {name: value for name, value in row.items() if isinstance(name, str)}


def _flat(lines: Iterable[Any], columns: Columns) -> Iterator[Row | Item]:
    """Of a table: a row for each line, an item for each chat that it names."""
    named = Named(itertools.count())
    for line in lines:
        if not isinstance(line, dict):
            raise ValueError("a line is no object")  # noqa: TRY004 - the file's fault
        at = columns.of(line)
        columns.use({what: at[what] for what in at if what != "title"})
        yield row_of(named.of(line, at), line, at)
    yield from named.items()
