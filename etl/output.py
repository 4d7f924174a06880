"""The output: spliced company by company from the bytes the readers made, hashed in
passing, whole or absent.

The hash stands in the metadata, before the bytes it covers: room is left for the
metadata, and filled with blanks, which JSON allows, where it turns out shorter.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from etl import placing
from etl.closing import Ledger, messages_in
from etl.files import replacing
from etl.marking import with_our_authors
from etl.state import State
from etl.written import Front, Written
from sources.records import CONVERSATION_KINDS, KINDS, Finding, Record

_BLOCK = 2**18
_SLACK = 512
"""Room for metadata that grows while the output is written (times, counts)."""


class _Common(Record, frozen=True, kw_only=True, gc=False):
    """What every item of the output begins with."""

    key: str
    source: str
    archive: str
    findings: tuple[Finding, ...]


def write(
    path: Path,
    content: Iterable[bytes],
    metadata: Callable[[str], Mapping[str, Any]],
    intact_sha256: str | None,
    before_replacing: Callable[[Path, str], None] | None = None,
) -> Written:
    """Write the output, unless the one on disk, intact, has the same content.

    ``metadata`` is asked twice: for room at first, then, with the hash, for good.
    ``before_replacing`` is called with the new hash when the new one is whole and on the disk.
    Raises ``OSError``; then the previous output is still there.
    """
    sha256 = hashlib.sha256()
    with replacing(path) as new, ThreadPoolExecutor(1, "writer") as writer:
        room = len(_metadata(metadata("0" * 64))) + _SLACK
        new.stream.write(b" " * room)

        def put(block: bytes) -> None:
            sha256.update(block)
            new.stream.write(block)

        # While one block is hashed and written, the next is made.
        under_way: Future[None] | None = None
        for block in _blocks(content):
            if under_way is not None:
                under_way.result()
            under_way = writer.submit(put, block)
        if under_way is not None:
            under_way.result()
        content_sha256 = sha256.hexdigest()
        new.unwanted = content_sha256 == intact_sha256
        front = _metadata(metadata(content_sha256)).ljust(room - 1) + b"\n"
        if len(front) != room:
            raise ValueError("the metadata grew beyond the room left for it")
        new.stream.seek(0)
        new.stream.write(front)
        if before_replacing is not None and not new.unwanted:
            new.stream.flush()
            os.fsync(new.stream.fileno())
            before_replacing(path, content_sha256)
        said = None if new.unwanted else Front(room, hashlib.sha256(front).hexdigest())
    return Written(content_sha256, said)


def content(
    state: State,
    statistics: Mapping[str, Any],
    companies: Mapping[str, Any],
    *,
    include_unmatched: bool,
    ledger: Ledger | None = None,
) -> Iterator[bytes]:
    """The bytes from ``"statistics"`` to the final brace; ``ledger`` notes what they hold."""
    ledger = ledger or Ledger()
    yield b'"statistics":' + _encode(statistics) + b',\n"companies":{'
    for number, (company, info) in enumerate(sorted(companies.items())):
        yield b",\n" if number else b"\n"
        yield _encode(company) + b':{"company_info":' + _encode(info) + b","
        yield from _arrays(state, "companies", company, ledger, with_messages=True)
        yield b"}"
    for bucket in ("review", "unmatched"):
        yield b'\n},\n"' + bucket.encode() + b'":{'
        yield from _arrays(state, bucket, "", ledger, with_messages=include_unmatched)
    yield b"\n}}"


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield b"".join(block)
            block, size = [], 0
    yield b"".join(block)


def _arrays(
    state: State, bucket: str, company: str, ledger: Ledger, *, with_messages: bool
) -> Iterator[bytes]:
    for number, kind in enumerate(KINDS):
        yield (b",\n" if number else b"\n") + _encode(kind) + b":["
        messages = with_messages and kind in CONVERSATION_KINDS
        for place, placement in enumerate(placing.placed(state, bucket, company, kind)):
            yield b",\n" if place else b"\n"
            yield from _item(state, placement, ledger, with_messages=messages)
        yield b"]"


def _item(
    state: State, placement: placing.Placement, ledger: Ledger, *, with_messages: bool
) -> Iterator[bytes]:
    summary = placement.summary
    common = _Common(
        key=summary.key, source=summary.source, archive=summary.archive, findings=summary.findings
    )
    front = _encode(common)[:-1] + b"," + placement.head[1:-1]
    if not with_messages:
        ledger.note(summary.kind, summary.key, placement.head, None)
        yield front + b"," + placement.said[1:]
        return
    yield front + b',"messages":['
    messages = 0
    for number, chunk in enumerate(state.chunks(placement.item)):
        if number:
            yield b","
        written = with_our_authors(chunk, placement.ours)
        messages += messages_in(written)
        yield written
    ledger.note(summary.kind, summary.key, placement.head, messages)
    yield b"]," + placement.said[1:]


def _metadata(metadata: Mapping[str, Any]) -> bytes:
    return b'{"metadata":' + _encode(metadata) + b","


_encode = msgspec.json.encode
