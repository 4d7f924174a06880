"""Landing: answers to segments, whole or absent after any kill.

A segment and the cursor that follows it are one file, written beside and renamed, so no
answer is ever without its cursor, nor a cursor without its answers. Segments are never
written to again. Nothing to land: no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from sources._durable import TEMPORARY, make_folder, write_whole
from sources.errors import ArchiveError
from sources.live.calling import Clock
from sources.live.segments import (
    Segment,
    file_name,
    number_of,
    pack_said,
    pack_segment,
    parse_segment,
)

Told = tuple[Mapping[str, Any], Any]
"""What was asked, and the answer."""

LAND_BYTES = 8 * 2**20
LAND_SECONDS = 60.0
"""What is held in memory at most before it is landed: what a kill can cost."""


class Landing:
    """Where the answers of one service go. ``account``, once the fetcher sets it, stands in
    every segment; ``segments`` and ``size`` count what was landed since.
    """

    def __init__(self, folder: Path, service: str, clock: Clock) -> None:
        self.account: Mapping[str, Any] = {}
        self.segments = 0
        self.size = 0
        self.service = service
        self.clock = clock
        self._folder = folder / service

    def clean(self) -> None:
        """Remove what a killed fetch left. Nobody else may be landing."""
        for leftover in self._folder.glob(f"*/.*{TEMPORARY}"):
            with suppress(OSError):
                leftover.unlink()

    def streams(self) -> list[str]:
        """The names of the streams that have segments, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _numbers(path))

    def cursor(self, stream: str) -> dict[str, Any] | None:
        """Where a stream goes on: what its newest readable segment says."""
        folder = self._folder / stream
        for number in reversed(_numbers(folder)):
            path = folder / file_name(number)
            with suppress(ArchiveError):
                return parse_segment(path.read_bytes(), path.as_posix()).cursor
        return None

    def landed(self, stream: str) -> Iterator[tuple[int, Segment | None]]:
        """The segments of a stream with their numbers, oldest first; ``None`` for one that
        cannot be read.
        """
        folder = self._folder / stream
        for number in _numbers(folder):
            path = folder / file_name(number)
            try:
                yield number, parse_segment(path.read_bytes(), path.as_posix())
            except ArchiveError:
                yield number, None

    def stream(self, name: str) -> Stream:
        """A stream to append to, in a ``with`` statement; at its end all is landed."""
        return Stream(self, self._folder / name, self.cursor(name))

    def stamp(self) -> str:
        """This moment, RFC 3339."""
        now = datetime.fromtimestamp(self.clock.time(), UTC)
        return now.isoformat(timespec="seconds").replace("+00:00", "Z")


class Stream:
    """Answers about one thing, in the order in which they were given."""

    def __init__(self, landing: Landing, folder: Path, cursor: dict[str, Any] | None) -> None:
        self.cursor: Any = cursor
        self.number = max(_numbers(folder), default=0) + 1
        """Of the segment that comes next."""
        self._landing = landing
        self._folder = folder
        self._lines: list[bytes] = []
        self._bytes = 0
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        # Whatever happened next: what was said was said, and its cursor fits it.
        self.land()

    def append(
        self, asked: Mapping[str, Any], answer: Any, cursor: Mapping[str, Any] | msgspec.Struct
    ) -> None:
        """Take an answer, and the cursor that is right once it is landed. A struct, which may
        be large, is looked at when that happens: it must be right until the next append.
        """
        self.extend([(asked, answer)], cursor)

    def extend(
        self,
        told: Iterable[Told],
        cursor: Mapping[str, Any] | msgspec.Struct,
    ) -> None:
        """Take answers that belong together: all of them are landed at once, or none is."""
        now = self._landing.clock.monotonic()
        self._since = self._since if self._lines else now
        for asked, answer in told:
            line = pack_said(asked, answer)
            self._lines.append(line)
            self._bytes += len(line)
        self.cursor = cursor if isinstance(cursor, msgspec.Struct) else dict(cursor)
        if self._bytes >= LAND_BYTES or now - self._since >= LAND_SECONDS:
            self.land()

    def land(self) -> None:
        """Land what was appended, if anything was. Raises ``OSError``."""
        if not self._lines:
            return
        landing = self._landing
        data = pack_segment(
            service=landing.service,
            stream=self._folder.name,
            fetched_at=landing.stamp(),
            account=landing.account,
            lines=self._lines,
            cursor=msgspec.to_builtins(self.cursor),
        )
        make_folder(self._folder)
        write_whole(self._folder / file_name(self.number), data)
        self.number += 1
        landing.segments += 1
        landing.size += len(data)
        self._lines, self._bytes = [], 0


def _numbers(folder: Path) -> list[int]:
    """The numbers of a stream's segments, ascending."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return sorted(filter(None, (number_of(path.name) for path in folder.iterdir())))
    return []
