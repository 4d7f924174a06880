"""``--keep N``: earlier outputs, packed, beside the one that took their place.

One is named for the moment it was written, so that names sort as they were made; and for how
it begins, which holds its hash. So the same output is kept once, however often a run that
was killed comes back to it, and no other takes its name.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import zstandard

from etl.files import replacing

_LEVEL = 3
_HEAD = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = r"\.\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}"

log = logging.getLogger("etl")


def keep(output: Path, new_sha256: str) -> None:
    """Keep the output that stands there, before another takes its place, unless that has the
    same content. Where it cannot be done, the log says why: it is no reason to go without
    the new one.
    """
    try:
        head = _head(output)
        if not head or new_sha256.encode() in head or (kept := _named(output, head)).exists():
            return
        packer = zstandard.ZstdCompressor(_LEVEL, write_checksum=True)
        with output.open("rb") as earlier, replacing(kept, leftover_of=output) as new:
            packer.copy_stream(earlier, new.stream)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        log.warning("%s: the earlier output is not kept (%s)", output, why)


def kept_outputs(output: Path) -> list[Path]:
    """What is kept of an output, the oldest first."""
    name = re.compile(re.escape(output.stem) + _NAME + re.escape(output.suffix) + r"\.zst")
    try:
        beside = list(output.parent.iterdir())
    except OSError:
        return []
    return sorted(path for path in beside if name.fullmatch(path.name))


def prune(output: Path, most: int) -> None:
    """Remove the oldest of what is kept, but for so many."""
    for path in kept_outputs(output)[:-most]:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s: cannot be removed (%s)", path, error.strerror)


def _head(output: Path) -> bytes:
    """How it begins; it says the hash of its content there. Nothing, where there is none."""
    if not output.is_file():
        return b""
    with output.open("rb") as stream:
        return stream.read(_HEAD)


def _named(output: Path, head: bytes) -> Path:
    moment = _EPOCH + timedelta(microseconds=output.stat().st_mtime_ns // 1000)
    name = f"{output.stem}.{moment:%Y%m%dT%H%M%S.%fZ}-{crc32(head):08x}{output.suffix}.zst"
    return output.with_name(name)
