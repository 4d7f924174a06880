from __future__ import annotations

import subprocess
import sys

import pytest

from etl.memory import peak_bytes
from tests.running import PROJECT

ABOUT = 2**20


def test_the_peak_is_in_bytes_and_never_falls() -> None:
    before = peak_bytes()
    assert 2**20 < before < 2**40
    held = bytearray(b"x") * (before + 32 * 2**20)
    after = peak_bytes()
    assert after >= len(held) - ABOUT
    del held
    assert peak_bytes() >= after - ABOUT


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system says it by itself")
def test_the_peak_is_not_that_of_whoever_started_the_process() -> None:
    held = bytearray(b"x") * (256 * 2**20)
    code = "from etl.memory import peak_bytes; print(peak_bytes())"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=True
    )
    assert int(said.stdout) < len(held)
