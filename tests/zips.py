"""Honest zips, and zips put together byte by byte: what these say of themselves need not be so."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sources._opening import open_tree
from sources._zip import ZipTree

STORED, DEFLATED = 0, 8
LINK = 0o120777 << 16
_MOST = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member, and what is said of it; what is not given is true."""

    name: bytes
    data: bytes = b""
    method: int = STORED
    said_method: int | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    flags: int = 0
    attributes: int = 0
    comment: bytes = b""
    extra: bytes = b""
    at: int | None = None
    """Where its header is said to be."""
    inner_name: bytes | None = None
    """Its name where it stands itself."""
    long: bool = False
    """Whether its numbers are told the zip64 way."""


def zip_of(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest zip of these names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def write_zip(folder: Path, data: bytes, name: str = "export.zip") -> tuple[str, str]:
    """A zip on disk, as the locator that names it."""
    (folder / name).write_bytes(data)
    return str(folder), name


def opened(folder: Path, data: bytes) -> ZipTree:
    """What reads a zip, once it is on disk."""
    tree = open_tree(write_zip(folder, data))
    assert isinstance(tree, ZipTree)
    return tree


def zipped(members: Sequence[Member], comment: bytes = b"", long: bool = False) -> bytes:
    """A zip; ``long``: with the end that zip64 has."""
    body, directory = bytearray(), bytearray()
    for member in members:
        here = len(body)
        body += _local(member)
        directory += _central(member, here)
    start = len(body)
    count, size = len(members), len(directory)
    end = b""
    if long:
        numbers = (45, 45, 0, 0, count, count, size, start)
        end = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, *numbers)
        end += b"PK\x06\x07" + struct.pack("<IQI", 0, start + size, 1)
        count, size, start = 0xFFFF, _MOST, _MOST
    end += b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, start, len(comment))
    return bytes(body + directory + end + comment)


def deflated(data: bytes) -> bytes:
    """As zips hold it."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(data) + packing.flush()


def zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros, deflated; made without holding them."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(2**20)
    return b"".join(packing.compress(piece) for _ in range(megabytes)) + packing.flush()


def _packed(member: Member) -> bytes:
    return deflated(member.data) if member.method == DEFLATED else member.data


def _said(member: Member) -> tuple[int, int, int, int, int]:
    packed = _packed(member)
    method = member.method if member.said_method is None else member.said_method
    crc = zlib.crc32(member.data) if member.crc is None else member.crc
    packed_size = len(packed) if member.packed_size is None else member.packed_size
    size = len(member.data) if member.size is None else member.size
    return member.flags, method, crc, packed_size, size


def _local(member: Member) -> bytes:
    flags, method, crc, packed_size, size = _said(member)
    name = member.name if member.inner_name is None else member.inner_name
    sizes = min(packed_size, _MOST), min(size, _MOST)
    head = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, crc, *sizes, len(name), 0)
    return b"PK\x03\x04" + head + name + _packed(member)


def _central(member: Member, here: int) -> bytes:
    flags, method, crc, packed_size, size = _said(member)
    at = here if member.at is None else member.at
    extra = member.extra
    if member.long:
        extra += struct.pack("<HHQQQ", 1, 24, size, packed_size, at)
        size = packed_size = at = _MOST
    lengths = len(member.name), len(extra), len(member.comment)
    numbers = (20, 20, flags, method, 0, 33, crc, packed_size, size, *lengths, 0, 0)
    head = struct.pack("<HHHHHHIIIHHHHHII", *numbers, member.attributes, at)
    return b"PK\x01\x02" + head + member.name + extra + member.comment
