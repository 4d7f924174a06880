"""``company_mapping.csv``, read and complained about by line number. Pure, but for
`load_mapping`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from etl.mapping import cells as mapping_cells
from etl.mapping.lint import lint
from etl.mapping.quoting import forgotten_quote
from etl.mapping.rows import IGNORE, NAME, WORD, MappedCompany, Mapping, MappingIssue, MappingRow

__all__ = ["MappedCompany", "Mapping", "MappingIssue", "MappingRow", "load_mapping", "read_mapping"]

_DELIMITERS = ",;\t"


def load_mapping(path: str | Path, *, our_domains: Iterable[str] = ()) -> Mapping:
    """The mapping in a file. Raises `FileNotFoundError` when there is none."""
    return read_mapping(Path(path).read_bytes(), our_domains=our_domains)


def read_mapping(data: bytes, *, our_domains: Iterable[str] = ()) -> Mapping:
    """The mapping in these bytes, whatever they are; what looks wrong is in its issues."""
    issues: list[MappingIssue] = []
    text = _without_excel_hint(_decode(data, issues))
    delimiter = _delimiter(text)
    records = list(_records(text, delimiter, issues))
    header = _columns(records[0], issues) if records else []
    issues.extend(_swallowed(records, delimiter))
    rows = [_row(record, header, issues) for record in records[1:]] if any(header) else []
    mapping = _by_company([row for row in rows if row is not None])
    issues.extend(lint(mapping, our_domains))
    ordered = sorted(issues, key=lambda i: (i.line, i.column or "", i.kind, i.detail))
    return msgspec.structs.replace(mapping, issues=tuple(ordered))


class _Record(NamedTuple):
    line: int
    cells: list[str]
    text: str


def _decode(data: bytes, issues: list[MappingIssue]) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "cp1252"
    text = data.decode(encoding, errors="replace")
    if "\ufffd" in text:
        detail = f"neither UTF-8 nor {encoding}; save the file as UTF-8"
        line = text[: text.index("\ufffd")].count("\n") + 1
        issues.append(MappingIssue(line=line, column=None, kind="encoding", detail=detail))
    return text


def _without_excel_hint(text: str) -> str:
    """Excel's ``sep=;`` in the first line says what the delimiter is; we see that."""
    return re.sub(r"\A\"?sep=.\"?(?=\r?\n)", "", text, flags=re.IGNORECASE)


def _delimiter(text: str) -> str:
    """The one under which the header makes most sense."""

    def known(delimiter: str) -> int:
        header = next(_records(text, delimiter, []), _Record(1, [], ""))
        return sum(mapping_cells.column(cell) is not None for cell in header.cells)

    return max(_DELIMITERS, key=known)


def _records(text: str, delimiter: str, issues: list[MappingIssue]) -> Iterator[_Record]:
    """Those that hold anything, each with the physical line on which it begins."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            detail = f"cannot be read as CSV ({error})"
            issues.append(MappingIssue(line=line, column=None, kind="unreadable", detail=detail))
            continue
        if any(cell.strip() for cell in cells):
            yield _Record(line, cells, "".join(lines[line - 1 : reader.line_num]))


def _swallowed(records: Sequence[_Record], delimiter: str) -> Iterator[MappingIssue]:
    """Records in which a quote goes on over what was meant to be rows."""
    for record in records:
        detail = forgotten_quote(record.text, record.line, delimiter, columns=len(records[0].cells))
        if detail:
            yield _issue(record, None, "unreadable", detail)


def _columns(header: _Record, issues: list[MappingIssue]) -> list[str | None]:
    columns: list[str | None] = []
    for cell in header.cells:
        column = mapping_cells.column(mapping_cells.tidy(cell))
        if column is None:
            detail = f"column {mapping_cells.tidy(cell)!r} is not known and not read"
            issues.append(_issue(header, None, "unknown_column", detail))
        elif column in columns:
            detail = f"column {cell!r} stands there twice; the first is read"
            issues.append(_issue(header, column, "repeated_column", detail))
            column = None
        columns.append(column)
    if "base_company" not in columns:
        detail = "there is no column base_company, so no row can be read"
        issues.append(_issue(header, "base_company", "missing_column", detail))
        return []
    return columns


def _row(
    record: _Record, header: Sequence[str | None], issues: list[MappingIssue]
) -> MappingRow | None:
    _check_length(record, header, issues)
    cells = {column: cell for column, cell in zip(header, record.cells, strict=False) if column}
    found = {column: _values(record, column, cell, issues) for column, cell in cells.items()}
    single = ("base_company", "variant_name", "variant_type")
    base, variant, kind = (" ".join(found.get(column, ())) for column in single)
    row = MappingRow(
        line=record.line,
        base_company=base,
        variant_name=variant or None,
        slack_groups=_unique(map(mapping_cells.group_name, found.get("slack_group", ()))),
        telegram_groups=_unique(map(mapping_cells.group_name, found.get("telegram_group", ()))),
        calendar_domains=_unique(map(mapping_cells.domain_text, found.get("calendar_domain", ()))),
        node_addresses=_unique(found.get("full_node_address", ())),
        variant_type=kind or None,
    )
    if base or row.ignored or row.says:
        return row
    detail = (
        f"no base_company, so the row is not read; for what is nobody's, write {IGNORE}, for what"
        f" is no name {WORD}, for somebody's name {NAME}"
    )
    issues.append(_issue(record, "base_company", "no_base_company", detail))
    return None


def _check_length(
    record: _Record, header: Sequence[str | None], issues: list[MappingIssue]
) -> None:
    cells, columns = len(record.cells), len(header)
    if any(header[cells:]):
        count = "1 cell" if cells == 1 else f"{cells} cells"
        detail = f"{count} where the header has {columns}; the rest is read as empty"
        issues.append(_issue(record, None, "short_row", detail))
    elif any(cell.strip() for cell in record.cells[columns:]):
        detail = f"{cells} cells where the header has {columns}; the rest is not read"
        issues.append(_issue(record, None, "long_row", detail))


def _values(record: _Record, column: str, cell: str, issues: list[MappingIssue]) -> list[str]:
    found = mapping_cells.values(cell)
    for value in found:
        if mapping_cells.is_placeholder(value):
            detail = f"{value!r} is read as empty; leave the cell empty"
            issues.append(_issue(record, column, "placeholder", detail))
    return [value for value in found if not mapping_cells.is_placeholder(value)]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _issue(record: _Record, column: str | None, kind: str, detail: str) -> MappingIssue:
    return MappingIssue(line=record.line, column=column, kind=kind, detail=detail)


def _by_company(rows: Sequence[MappingRow]) -> Mapping:
    of: dict[str, list[MappingRow]] = {}
    for row in rows:
        if not row.ignored and not row.says:
            of.setdefault(row.base_company, []).append(row)
    companies = {name: MappedCompany(name=name, rows=tuple(of[name])) for name in sorted(of)}
    return Mapping(
        companies=companies,
        ignored=tuple(row for row in rows if row.ignored),
        words=tuple(row for row in rows if row.says),
    )
