from __future__ import annotations

import pytest
import zstandard

from etl.frames import expanded
from etl.seals import chained, seal

RAW = b'{"text":"one"},{"text":"two"}'
PACKED = zstandard.ZstdCompressor(-1, write_checksum=True).compress(RAW * 100)


def flipped(blob: bytes, place: int, mask: int = 1) -> bytes:
    return blob[:place] + bytes((blob[place] ^ mask,)) + blob[place + 1 :]


def test_a_row_with_any_column_changed_has_another_seal() -> None:
    seals = {
        seal((1, None, "a", "b"), b"x", b"y"),
        seal((2, None, "a", "b"), b"x", b"y"),
        seal((1, 0, "a", "b"), b"x", b"y"),
        seal((1, None, "ab", ""), b"x", b"y"),
        seal((1, None, "a", b"b"), b"x", b"y"),
        seal((1, None, "a", "b"), b"x", b"z"),
        seal((1, None, "a", "b"), b"y", b"x"),
    }
    assert len(seals) == 7


def test_a_column_that_became_no_blob_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        seal((1,), "text")  # type: ignore[arg-type]


@pytest.mark.parametrize("blob", [RAW, PACKED], ids=["raw", "packed"])
def test_no_bit_of_a_chunk_changes_unnoticed(blob: bytes) -> None:
    whole, written = expanded(blob), chained(blob)
    for place in range(len(blob)):
        for bit in range(8):
            spoilt = flipped(blob, place, 1 << bit)
            try:
                same = expanded(spoilt) == whole
            except (zstandard.ZstdError, MemoryError):  # the latter for the size it says it has
                continue
            assert same or chained(spoilt) != written, (place, bit)


def test_a_chain_knows_the_order_and_the_number_of_its_chunks() -> None:
    def chain(*blobs: bytes) -> int:
        total = 0
        for blob in blobs:
            total = chained(blob, total)
        return total

    several = [(), (RAW,), (PACKED,), (RAW, PACKED), (PACKED, RAW), (PACKED, PACKED)]
    assert len({chain(*blobs) for blobs in several}) == len(several)
    assert chain() == 0


def test_of_what_is_compressed_only_the_end_is_summed() -> None:
    """It is zstd that holds the rest to it."""
    other = PACKED[:4] + bytes(PACKED[4:5]) + b"x" * (len(PACKED) - 9) + PACKED[-4:]
    assert chained(other) == chained(PACKED)
    with pytest.raises(zstandard.ZstdError):
        expanded(other)
