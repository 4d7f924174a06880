from __future__ import annotations

from etl.memory import peak_bytes


def test_the_peak_is_in_bytes_and_never_falls() -> None:
    before = peak_bytes()
    assert 2**20 < before < 2**40
    held = bytearray(b"x") * (before + 32 * 2**20)
    after = peak_bytes()
    assert after >= len(held)
    del held
    assert peak_bytes() >= after
