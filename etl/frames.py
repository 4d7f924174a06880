"""How what a worker read travels to the one writer: a stream of frames, in memory while
it is small, in a spool file beside the state when it is not.

A conversation's messages become chunks of JSON without brackets, at most `CHUNK_BYTES`
each before compression, so that an output is made by laying them end to end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

import msgspec
import zstandard

from sources.records import Item, Message, Summary

CHUNK_BYTES = 2**20
SPOOL_BYTES = 2**19
"""Frames beyond this size leave memory."""

SPOOL_SUFFIX = ".spool"
_SMALL_BYTES = 2048
"""Up to this size compressing costs more time than it saves room."""
_PACKING = zstandard.ZstdCompressionParameters.from_level(
    -1, hash_log=13, min_match=6, write_checksum=True, write_content_size=True
)
"""Larger than with level 1, sooner packed, sooner read back."""
_LENGTH = 4
_COMMA = ord(",")
_MAGIC = zstandard.FRAME_HEADER

_json = msgspec.json.Encoder()
_msgpack = msgspec.msgpack.Encoder()


class _Own(threading.local):
    """What every thread has one of."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()


_own = _Own()


class Chunk(msgspec.Struct, frozen=True, tag="c", array_like=True):
    """A run of messages, compressed; belongs to the next item."""

    data: bytes


class ItemFrame(msgspec.Struct, frozen=True, tag="i", array_like=True):
    """An item: what the state keeps of it. ``summary`` is msgpack, ``head`` JSON."""

    kind: str
    key: str
    identity: tuple[str, ...]
    records: int
    summary: bytes
    head: bytes


class UnitEnd(msgspec.Struct, frozen=True, tag="u", array_like=True):
    """The items before this belong to the unit at that index of the batch."""

    index: int


Frame = Chunk | ItemFrame | UnitEnd
_decoder = msgspec.msgpack.Decoder(Frame)


class Frames(msgspec.Struct, frozen=True, kw_only=True):
    """Encoded frames, here or in the spool file at ``path``."""

    data: bytes = b""
    path: str | None = None

    def __iter__(self) -> Iterator[Frame]:
        if self.path is None:
            yield from _decoded_bytes(self.data)
            return
        with _spool_trouble_told(self.path), open(self.path, "rb") as stream:
            yield from _decoded_stream(stream)

    def discard(self) -> None:
        """Remove the spool file, if there is one. What stays goes with its folder."""
        if self.path is not None:
            with suppress(OSError):
                os.unlink(self.path)


class SpoolTrouble(OSError):
    """The disk would not take a spool, or give it back: no fault of what is being read."""


@contextmanager
def _spool_trouble_told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolTrouble(error.errno, error.strerror, path) from error


class FrameWriter:
    """Packs items into frames; what was written since a `mark` can be taken back."""

    def __init__(self, spool_dir: str) -> None:
        self._spool_dir = spool_dir
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._path: str | None = None
        self._pending = bytearray()
        """Messages of a chunk to be, behind a bracket."""
        self._compressor = zstandard.ZstdCompressor(compression_params=_PACKING)
        self.dangling = False
        """Whether messages were written that no item closed."""

    def messages(self, run: list[Message]) -> None:
        """Take a run of messages of the item to come."""
        if not run:
            return
        self.dangling = True
        pending, had = self._pending, len(self._pending)
        _json.encode_into(run, pending, had)
        size = len(pending) - had
        if size > CHUNK_BYTES and len(run) > 1:
            del pending[had:]
            self.messages(run[: len(run) // 2])
            self.messages(run[len(run) // 2 :])
            return
        if had and had + size > CHUNK_BYTES:
            data = pending[had:]
            del pending[had:]
            self._flush()
            pending += data
        elif had:
            pending[had] = _COMMA
        del pending[-1]

    def item(self, item: Item) -> None:
        """Close an item."""
        self._flush()
        self.dangling = False
        self._put_item(item.summary, self._packed(_json.encode(item.head)))

    def kept(self, summary: Summary, head: bytes, chunks: Iterable[bytes]) -> None:
        """An item of head and chunks as they were packed before."""
        for data in chunks:
            self._write(Chunk(data=data))
        self._put_item(summary, head)

    def unit_end(self, index: int) -> None:
        """Close a unit."""
        self._write(UnitEnd(index=index))

    def mark(self) -> int:
        """A place to come back to, between two items."""
        return self._file.tell() if self._file else len(self._memory)

    def rewind(self, mark: int) -> None:
        """Take back everything since that mark."""
        self._pending.clear()
        self.dangling = False
        if self._file:
            with _spool_trouble_told(self._spool_dir):
                self._file.seek(mark)
                self._file.truncate()
        else:
            del self._memory[mark:]

    def close(self) -> Frames:
        """Everything written."""
        if self._file is None:
            return Frames(data=bytes(self._memory))
        with _spool_trouble_told(self._spool_dir):
            self._file.close()
        return Frames(path=self._path)

    def discard(self) -> None:
        """Leave nothing of it on the disk."""
        if self._file is not None and self._path is not None:
            with suppress(OSError):
                self._file.close()
            with suppress(FileNotFoundError):
                os.unlink(self._path)

    def _put_item(self, summary: Summary, head: bytes) -> None:
        self._write(
            ItemFrame(
                kind=summary.kind,
                key=summary.key,
                identity=summary.identity,
                records=summary.records,
                summary=_msgpack.encode(summary),
                head=head,
            )
        )

    def _flush(self) -> None:
        if self._pending:
            with memoryview(self._pending) as all_of_it, all_of_it[1:] as messages:
                self._write(Chunk(data=self._packed(messages)))
            self._pending.clear()

    def _packed(self, data: bytes | memoryview) -> bytes:
        return self._compressor.compress(data) if len(data) > _SMALL_BYTES else bytes(data)

    def _write(self, frame: Frame) -> None:
        try:  # once per frame: a context manager would be felt
            self._put(_msgpack.encode(frame))
        except OSError as error:
            raise SpoolTrouble(error.errno, error.strerror, self._spool_dir) from error

    def _put(self, data: bytes) -> None:
        if self._file is None and len(self._memory) + len(data) > SPOOL_BYTES:
            import tempfile  # not above: few results are as large, and each reader would wait

            descriptor, self._path = tempfile.mkstemp(SPOOL_SUFFIX, dir=self._spool_dir)
            self._file = os.fdopen(descriptor, "w+b")
            self._file.write(self._memory)
            self._memory.clear()
        length = len(data).to_bytes(_LENGTH, "big")
        if self._file is None:
            self._memory += length + data
        else:
            self._file.write(length + data)


def expanded(blob: bytes) -> bytes:
    """A chunk or a head as JSON, whether it was compressed or not."""
    return _own.decompressor.decompress(blob) if blob.startswith(_MAGIC) else blob


def _decoded_bytes(data: bytes) -> Iterator[Frame]:
    view, place = memoryview(data), 0
    while place < len(data):
        start = place + _LENGTH
        place = start + int.from_bytes(view[start - _LENGTH : start], "big")
        yield _decoder.decode(view[start:place])


def _decoded_stream(stream: BinaryIO) -> Iterator[Frame]:
    while length := stream.read(_LENGTH):
        yield _decoder.decode(stream.read(int.from_bytes(length, "big")))
