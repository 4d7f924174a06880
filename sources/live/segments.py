"""Landed segments, read back: what a service said, in its own shape.

A segment is ``live/<service>/<stream>/<seq>.jsonl.zst``: zstd over JSON lines. The first
says of what and when, the last holds the cursor; each line between them is one answer
beside what had been asked. A segment is whole or it is damaged: there is no half.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import msgspec
import orjson
import zstandard

from sources._archive import File, Tree
from sources.errors import ArchiveError, Damaged
from sources.live.scope import FOLDER
from sources.protocol import Ignored
from sources.records import Record

SUFFIX = ".jsonl.zst"
FORMAT = 1

MOST_BYTES = 512 * 2**20
"""What a segment may expand to: many times what is landed at once."""
REMEDY = "Restore it from a copy; or run fetch with --full, for all of it anew, and remove this."

_NAME = rf"([0-9]{{8}}){re.escape(SUFFIX)}"
_numbered = re.compile(_NAME).fullmatch
_segment = re.compile(rf"((?:.*/)?{FOLDER}/([a-z]+)/)([^/]+)/{_NAME}", re.DOTALL).fullmatch
_inside = re.compile(rf"(?:.*/)?{FOLDER}/([a-z]+)/[^/]+/[^/]+", re.DOTALL).fullmatch


class LandedStream(Record, frozen=True, kw_only=True, gc=False):
    """The segments of one stream, oldest first. ``root`` is the service's folder in the
    tree, with a trailing slash.
    """

    root: str
    name: str
    files: tuple[File, ...]


class Said(NamedTuple):
    """What was asked, and the answer as JSON."""

    asked: Mapping[str, Any]
    raw: bytes

    @property
    def answer(self) -> Any:
        """The answer, decoded."""
        return orjson.loads(self.raw)


class Segment(NamedTuple):
    """One segment. ``account`` is whom the service took us for."""

    fetched_at: str
    account: Mapping[str, Any]
    said: list[Said]
    cursor: dict[str, Any]


class _Head(msgspec.Struct):
    segment: int
    service: str
    stream: str
    fetched_at: str
    account: dict[str, Any]


class _Said(msgspec.Struct):
    asked: dict[str, Any]
    answer: msgspec.Raw


class _End(msgspec.Struct):
    cursor: dict[str, Any]


_head = msgspec.json.Decoder(_Head).decode
_said = msgspec.json.Decoder(_Said).decode
_end = msgspec.json.Decoder(_End).decode


def quoted(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="@+ ")


def unquoted(name: str) -> str:
    """What `quoted` made that part of."""
    return unquote(name)


def file_name(number: int) -> str:
    """What the segment of that number is called; they are counted from 1."""
    return f"{number:08d}{SUFFIX}"


def number_of(path: str) -> int:
    """The number of the segment with that path, or name; 0 for what is called like none."""
    match = _numbered(path.rpartition("/")[2])
    return int(match[1]) if match else 0


def stream_of(path: str) -> str:
    """The stream of the segment with that path."""
    return path.rsplit("/", 2)[-2]


def streams(tree: Tree, service: str) -> list[LandedStream]:
    """What was landed of a service, anywhere in a tree, by root and name."""
    found: dict[tuple[str, str], list[File]] = defaultdict(list)
    for file in tree.files:
        match = file.path.endswith(SUFFIX) and _segment(file.path)
        if match and match[2] == service:
            found[match[1], match[3]].append(file)
    return [
        LandedStream(root=root, name=name, files=tuple(files))
        for (root, name), files in sorted(found.items())
    ]


def leftovers(tree: Tree, service: str) -> Iterator[Ignored]:
    """What a killed fetch left beside segments; the next one removes it."""
    for file in tree.files:
        match = f"{FOLDER}/" in file.path and _inside(file.path)
        if match and match[1] == service and not file.path.endswith(SUFFIX):
            yield Ignored(path=tree.display(file.path), reason="left behind by a killed fetch")


def segments(tree: Tree, files: Iterable[File]) -> Iterator[Segment | ArchiveError]:
    """Segments in order; for one that cannot be read, what is wrong with it."""
    for file in files:
        try:
            yield read_segment(tree, file.path)
        except ArchiveError as error:
            yield error


def missing(files: Iterable[File], anew: int = 1) -> Iterator[str]:
    """The paths of segments that must have been there, for they are counted without a gap.
    Those before ``anew`` are not missed: with that one all was asked for anew.
    """
    for file in files:
        number = number_of(file.path)
        for lost in range(anew, number):
            yield f"{file.path.rpartition('/')[0]}/{file_name(lost)}"
        anew = max(anew, number + 1)


def read_segment(tree: Tree, path: str) -> Segment:
    """A whole segment. Raises `ArchiveError`."""
    return parse_segment(tree.read(path), tree.display(path))


def parse_segment(data: bytes, path: str) -> Segment:
    """The segment in these bytes; ``path`` is for complaints. Raises `Damaged`."""
    try:
        head, *answers, end = _unpacked(data).split(b"\n")
        told, lines, last = _head(head), list(map(_said, answers)), _end(end)
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Damaged(path, f"no whole segment ({type(error).__name__})", REMEDY) from error
    if told.segment != FORMAT:
        detail = f"a segment of format {told.segment}, which this version does not know"
        raise Damaged(path, detail, "Read it with the version that fetched it, or a newer one.")
    if not path.rpartition("/")[0].endswith(f"{told.service}/{told.stream}"):
        raise Damaged(path, "a segment of another stream", "Put it back where it was.")
    return Segment(
        fetched_at=told.fetched_at,
        account=told.account,
        said=[Said(line.asked, bytes(line.answer)) for line in lines],
        cursor=last.cursor,
    )


def pack_segment(
    *,
    service: str,
    stream: str,
    fetched_at: str,
    account: Mapping[str, Any],
    lines: Iterable[bytes],
    cursor: Mapping[str, Any],
) -> bytes:
    """The bytes of a segment; the lines are answers, packed by `pack_said`."""
    head = _Head(FORMAT, service, stream, fetched_at, dict(account))
    whole = b"\n".join((msgspec.json.encode(head), *lines, _packed({"cursor": cursor})))
    return zstandard.ZstdCompressor(level=6, write_checksum=True).compress(whole)


def pack_said(asked: Mapping[str, Any], answer: Any) -> bytes:
    """One line of a segment."""
    return _packed({"asked": asked, "answer": answer})


def _packed(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # half a character, which no file can hold; a number beyond 64 bits
        text = json.dumps(value, ensure_ascii=False)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _unpacked(data: bytes) -> bytes:
    # What it says it expands to, which it must say, is looked at before any memory is taken.
    if zstandard.frame_content_size(data) > MOST_BYTES:
        raise ValueError("a size that no segment has")
    return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
