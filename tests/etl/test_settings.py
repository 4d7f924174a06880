from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from etl.settings import Settings, Tolerance


def test_what_is_tolerated() -> None:
    assert Settings().max_errors == Tolerance(10, True)
    assert Tolerance(1) == Tolerance(1, True)
    assert not Tolerance(10, True).exceeded(1, 10)
    assert Tolerance(10, True).exceeded(2, 10)
    assert Tolerance(10, True).exceeded(1, 0)
    assert not Tolerance(0, True).exceeded(0, 0)
    assert not Tolerance(2, False).exceeded(2, 2)
    assert Tolerance(2, False).exceeded(3, 1000)


def test_a_narrowed_run_writes_into_a_folder_of_its_own() -> None:
    whole = Settings(output=Path("/out/x.json"))
    assert not whole.partial
    assert whole.written_output == Path("/out/x.json")
    assert whole.run_json == Path("/out/run.json")
    for narrowed in (
        replace(whole, limit=1),
        replace(whole, sources=("slack",)),
    ):
        assert narrowed.partial
        assert narrowed.written_output == Path("/out/partial/x.json")
        assert narrowed.run_json == Path("/out/partial/run.json")
