"""A large file of messages, some entries at a time: decoded as a whole, it would take many
times its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sources.slack.arrays import Array, decode, told, unnested

LARGE = 4 * 2**20
"""Bytes up to which a file is decoded as a whole."""

_PIECE = 1000


class _Dump(msgspec.Struct):
    messages: list[msgspec.Raw] | None
    name: Any = None
    channel_info: Any = None


_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_dump = msgspec.json.Decoder(_Dump).decode


def pieces(data: bytes) -> Iterator[Array]:
    """What `decode` makes of it, in one piece or in several; a broken file in one."""
    split = _split(data) if len(data) > LARGE else None
    if split is None:
        yield decode(data)
        return
    raws, info = split
    for start in range(0, max(len(raws), 1), _PIECE):
        piece = decode(b"[%b]" % b",".join(map(bytes, raws[start : start + _PIECE])))
        entries = piece.entries if info is None else [*unnested(piece.entries)]
        yield piece._replace(entries=entries, info=info or {})


def _split(data: bytes) -> tuple[list[msgspec.Raw], Mapping[str, object] | None] | None:
    try:
        if data.lstrip()[:1] != b"{":
            return _list(data), None
        dump = _dump(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return dump.messages or [], told({"name": dump.name, "channel_info": dump.channel_info})
