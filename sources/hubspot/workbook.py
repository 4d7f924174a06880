"""The XLSX form of an export: the rows of its only filled sheet, as text like that of a CSV.

``openpyxl`` is imported when a workbook is met. It keeps a workbook's text in memory.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from functools import partial
from importlib import import_module
from itertools import islice
from operator import attrgetter
from typing import IO, Any, Self, cast

from sources._archive import Tree
from sources._zip import ZipTree
from sources.errors import ArchiveError, Damaged, TooLarge
from sources.hubspot.count import Scan

_SPOOL_BYTES = 2 * 2**20
_CHUNK = 2**20
_ROWS = 2**20
"""A sheet has no more. The library fills what is left out before a row's number."""
_ROW_BYTES = 2**26
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")
_PART_BYTES = 32 * 2**20
"""What says how a workbook looks is taken in at once, and several times as large then."""
_TEXTS_BYTES = 128 * 2**20
_PIECE_BYTES = 8 * 2**20
"""More than a row has, or a text that cells share: the library holds each of them whole."""
_PIECE_END = re.compile(rb"</(?:\w+:)?(?:row|si)\s*>")
_EXACT = 10**15
"""A spreadsheet keeps 15 digits: a larger number is as good as ``1.2E+15``."""
_VALUE = attrgetter("value")
_REMEDY = "Export the view as CSV, one object per file."


class WorkbookRows:
    """The rows of an open sheet, each with its number (from 1): as wide as the first that
    holds anything, longer by what stands beyond, or empty.
    """

    def __init__(self, sheet: Any, shown: str, markup: tuple[Tree, str]) -> None:
        self._sheet = sheet
        self._shown = shown
        self._markup = markup

    resaved = False
    """Numbers are numbers in a workbook."""

    def scan(self) -> Scan:
        """What a scan tells of a CSV; rows are counted in the markup of the sheet."""
        records = sum(_counts(*self._markup, self._shown))
        return Scan(
            records=records, lines=0, open_line=None, ended=True, guessed=False, damaged=False
        )

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = 0
        with _whole(self._shown):
            for number, cells in enumerate(self._sheet.iter_rows(), 1):
                if number > _ROWS:
                    raise Damaged(self._shown, "a row of it is numbered beyond the last", _REMEDY)
                texts = [_text(cell) for cell in cells[: width or None]]
                while texts and not texts[-1]:
                    texts.pop()
                width = width or len(texts)
                beyond = [value for value in map(_VALUE, cells[width:]) if value is not None]
                if texts or beyond:
                    texts.extend([""] * (width - len(texts)))
                    texts.extend(map(str, beyond))
                yield number, texts

    def tail(self) -> Iterator[list[str]]:
        """Nothing: a workbook has no quotes to lose."""
        return iter(())


@contextmanager
def open_rows(tree: Tree, path: str, *, few: bool = False) -> Iterator[WorkbookRows]:
    """The rows of a workbook of one filled sheet; cheaper where a ``few`` are wanted. Raises
    `ArchiveError`.
    """
    shown = tree.display(path)
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as copy:
        with tree.open(path) as stream:
            shutil.copyfileobj(stream, copy, _CHUNK)
        copy.seek(0)
        inner = ZipTree(copy, (*tree.locator, path), f"{shown}!")
        if any(file.size > _TEXTS_BYTES for file in inner.files if not _SHEET.search(file.path)):
            raise TooLarge(shown, "a part of it that must be read at once is too large", _REMEDY)
        sheets = [file.path for file in inner.files if _SHEET.fullmatch(file.path)]
        if len(sheets) > 1:
            # People's spreadsheets put blank ones beside it.
            sheets = [path for path in sheets if any(_counts(inner, path, shown))]
        if len(sheets) != 1:
            raise Damaged(shown, f"a workbook of {len(sheets)} filled sheets, not one", _REMEDY)
        with closing(_load(copy, shown, few=few)) as book:
            yield WorkbookRows(_filled(book.worksheets, shown), shown, (inner, sheets[0]))


def _filled(sheets: list[Any], shown: str) -> Any:
    """The first sheet that holds anything, or the last."""
    for sheet in sheets:
        # Some writers state a size that is not that of the sheet.
        sheet.reset_dimensions()
    with _whole(shown):
        return next((each for each in sheets[:-1] if _holds_anything(each)), sheets[-1])


def _holds_anything(sheet: Any) -> bool:
    rows = islice(sheet.iter_rows(), _ROWS)
    return any(cell.value is not None for row in rows for cell in row)


def _load(copy: IO[bytes], shown: str, *, few: bool) -> Any:
    try:
        library = import_module("openpyxl.reader.excel")
    except ImportError as error:
        remedy = "Install openpyxl, or export the view as CSV."
        raise Damaged(shown, "openpyxl is needed to read it", remedy) from error
    with _whole(shown), warnings.catch_warnings():
        # It warns of styles, which do not matter here.
        warnings.simplefilter("ignore")
        reader = library.ExcelReader(copy, read_only=True, data_only=True)
        reader.archive = _Parts(copy)
        reader.read_chartsheet = lambda *_: None  # no rows, and all of it at once
        if few:
            reader.read_strings = partial(_follow_strings, reader)
        reader.read()
        return reader.wb


class _Parts(zipfile.ZipFile):
    """The parts of a workbook, of which none is unpacked whole that is large, or larger than
    it says.
    """

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if info.file_size > _PART_BYTES:
            raise ValueError
        with super().open(info, pwd=pwd) as part:
            return part.read(max(info.file_size, 1))

    def open(self, *args: Any, **named: Any) -> IO[bytes]:
        return cast("IO[bytes]", _Pieces(super().open(*args, **named)))


class _Pieces:
    """A part that is parsed while it is read, as long as its pieces end."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._since = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._part.close()

    def read(self, size: int) -> bytes:
        """The next bytes. Raises ``ValueError`` where a piece has no end."""
        data = self._part.read(size)
        self._since = 0 if _PIECE_END.search(data) else self._since + len(data)
        if self._since > _PIECE_BYTES:
            raise ValueError
        return data


class _Strings:
    """The texts that cells share, parsed as far as they are asked for: a header needs the
    first few, of what may be most of the workbook.
    """

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._known: list[str] = []

    def __getitem__(self, index: int) -> str:
        known = self._known
        if index >= len(known):
            known.extend(islice(self._texts, index + 1 - len(known)))
        return known[index]


def _follow_strings(reader: Any) -> None:
    """In the place of the reader's own method, which parses all of them at once."""
    part = reader.package.find(import_module("openpyxl.xml.constants").SHARED_STRINGS)
    if part is not None:
        reader.shared_strings = _Strings(_shared_texts(reader.archive.open(part.PartName[1:])))


def _shared_texts(stream: IO[bytes]) -> Iterator[str]:
    text = import_module("openpyxl.cell.text").Text
    tag = f"{{{import_module('openpyxl.xml.constants').SHEET_MAIN_NS}}}si"
    with stream:
        for _, node in import_module("openpyxl.xml.functions").iterparse(stream):
            if node.tag == tag:
                yield text.from_tree(node).content.replace("x005F_", "")
                node.clear()


@contextmanager
def _whole(shown: str) -> Iterator[None]:
    try:
        yield
    except (ArchiveError, MemoryError):
        raise
    except Exception as error:
        # What a library raises over a workbook that is not whole is anybody's guess.
        detail = f"not a whole workbook ({type(error).__name__})"
        raise Damaged(shown, detail, _REMEDY) from error


def first_row(tree: Tree, path: str) -> list[str]:
    """The first row that holds anything. Raises `ArchiveError`."""
    with open_rows(tree, path, few=True) as rows:
        return next((cells for _, cells in rows if any(cells)), [])


def _counts(workbook: Tree, sheet: str, shown: str) -> Iterator[int]:
    """How many rows hold anything, piece by piece."""
    rest = b""
    with workbook.open(sheet) as stream:
        while chunk := stream.read(_CHUNK):
            *rows, rest = _ROW_END.split(rest + chunk)
            yield sum(1 for row in rows if _FILLED.search(row))
            if len(rest) > _ROW_BYTES:
                raise Damaged(shown, "a row of it has no end", _REMEDY)


def _text(cell: Any) -> str:
    """A cell as HubSpot writes it in a CSV."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        whole_day = "h" not in cell.number_format.lower()
        return (value.date() if whole_day else value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
