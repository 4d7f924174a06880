"""An earlier output is kept whole or not at all, and never costs the new one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import zstandard

from etl.keeping import kept_outputs
from tests.faults.injecting import KILL, Fault
from tests.faults.stage import FINE, KILLED, REFUSED, Ended, Stage
from tests.faults.tally import Tally, number


@pytest.mark.parametrize("how", [KILL, "ENOSPC", "EIO"])
def test_keeping_that_goes_wrong_at_any_operation(
    stage: Stage, tally: Tally, tmp_path: Path, how: str
) -> None:
    told, tried = tmp_path / "told", 0
    for at in count(1, number(3, 1)):
        stage.reset()
        old = stage.place.output.read_bytes()
        told.unlink(missing_ok=True)
        root = str(stage.place.root)
        fault = Fault(root=root, at=at, how=how, within="etl_output", told=str(told))
        ended = stage.run("--keep", "2", fault=fault)
        if not told.exists():
            break
        broken = [*_now(stage, ended, old), *_later(stage, ended, old)]
        what = told.read_text().splitlines()[0]
        said = "killed" if how == KILL else how
        tally.count(f"--keep, {said} at an operation", [f"{one} ({what})" for one in broken])
        tried += 1
    assert tried


def _now(stage: Stage, ended: Ended, old: bytes) -> Iterator[str]:
    if ended.status not in {KILLED, *FINE, *REFUSED}:
        yield f"other: exit status {ended.status}: {ended.said}"
    if "Traceback" in ended.said:
        yield f"traceback: {ended.said}"
    output = stage.contents()["etl_output.json"]
    if output not in {stage.old["etl_output.json"], stage.new["etl_output.json"]}:
        yield "tear: the output is neither the old nor the new one"
    if ended.status in FINE and output != stage.new["etl_output.json"]:
        yield "loss: the output is not the new one"
    yield from _kept(stage, old)


def _later(stage: Stage, ended: Ended, old: bytes) -> Iterator[str]:
    """After the next run, which nothing disturbs."""
    whole = stage.place.output.read_bytes() != old
    kept = len(kept_outputs(stage.place.output))
    after = stage.run("--keep", "2")
    if after.status or stage.contents()["etl_output.json"] != stage.new["etl_output.json"]:
        yield f"loss: the next run does not put it right: {after.said}"
    if not whole and len(kept_outputs(stage.place.output)) != 1:
        yield "other: the output that was replaced is not kept once"
    if whole and ended.status == KILLED and kept != 1:
        yield "other: a kill cost what was to be kept"
    if list(stage.place.output.parent.glob(".*.tmp")):
        yield "other: something is left over"
    yield from _kept(stage, old)


def _kept(stage: Stage, old: bytes) -> Iterator[str]:
    for path in kept_outputs(stage.place.output):
        try:
            with path.open("rb") as stream:
                whole = zstandard.ZstdDecompressor().stream_reader(stream).read()
            json.loads(whole)
        except (zstandard.ZstdError, ValueError) as error:
            yield f"tear: {path.name}: {error}"
        else:
            if whole != old:
                yield f"other: {path.name} is not the earlier output"
