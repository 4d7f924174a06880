"""Quotes that somebody forgot to close: what follows them is no cell, but rows."""

from __future__ import annotations

import csv
import io

# With fewer columns, a group's name with commas would be taken for a row.
_FEWEST_COLUMNS = 4


def forgotten_quote(text: str, line: int, delimiter: str, columns: int) -> str | None:
    """What to say of the record that begins on ``line`` when a quote in it seems to swallow
    rows of ``columns`` cells; ``None`` of any other.
    """
    if '"' not in text:
        return None
    bare = text.rstrip("\r\n")
    cells = _cells(bare, delimiter) or []
    last = line + len(list(io.StringIO(bare, newline=""))) - 1
    lines = f"lines {line} to {last} are" if last > line else "the rest of the line is"
    if _cells(bare + delimiter, delimiter) != [*cells, ""]:
        return f"a quote opened here is never closed: {lines} read as one cell"
    if last > line and (
        _cells(bare, delimiter, strict=True) is None or _holds_row(cells, delimiter, columns)
    ):
        return f"a quote opened here seems to be closed too late: {lines} read as one row"
    return None


def _cells(text: str, delimiter: str, *, strict: bool = False) -> list[str] | None:
    """The cells of one record; ``None`` when they cannot be read so."""
    lines = io.StringIO(text, newline="")
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=strict), None)
    except csv.Error:
        return None


def _holds_row(cells: list[str], delimiter: str, columns: int) -> bool:
    """Whether a cell has a line, behind its first, with as many delimiters as a row."""
    return columns >= _FEWEST_COLUMNS and any(
        line.count(delimiter) >= columns - 1 for cell in cells for line in cell.splitlines()[1:]
    )
