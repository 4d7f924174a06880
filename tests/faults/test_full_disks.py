"""Disks that are really too small, and where the output goes then."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.contract.validation import validate_file
from tests.faults.injecting import Fault
from tests.faults.stage import REFUSED, Stage, ended, unclear
from tests.faults.tally import Tally, number

FALLBACK = "etl_output.fallback.json"
WARNED = re.compile(r"WARNING - .*: about [\d,]+ bytes will be written, [\d,]+ are free")
FIGURES = re.compile(r"\(about ([\d,]+) bytes are needed there, ([\d,]+) are free\)")
LIMITED = ("bash", "-c", 'trap "" XFSZ; ulimit -f {}; exec "$0" "$@"')


@pytest.mark.parametrize("blocks", [1, 30, 90, 150])
@pytest.mark.parametrize("option", ["--output", "--db-path"])
def test_file_that_may_not_grow_is_said(
    stage: Stage, tally: Tally, option: str, blocks: int
) -> None:
    stage.reset()
    elsewhere = stage.place.root / "elsewhere" / "file.json"
    under = [word.format(blocks) for word in LIMITED]
    end = ended(stage.start("--fresh", option, str(elsewhere), under=under))
    shutil.rmtree(elsewhere.parent, ignore_errors=True)
    tally.count("D1 limit on the size of files", stage.broken(end, (0, *REFUSED)))


@pytest.mark.parametrize("kilobytes", [4, 16, 64, 512])
def test_disk_that_is_too_small_is_said(stage: Stage, tally: Tally, kilobytes: int) -> None:
    small = stage.place.root / "small"
    stage.reset()
    small.mkdir()
    under = mounting(small, kilobytes)
    end = ended(stage.start("--output", str(small / "etl_output.json"), under=under))
    broken = list(unclear(end.said, small)) if end.status else []
    if end.status == 74:
        broken += without_figures(stage, end.said, kilobytes)
    if (end.status == 0) != (kilobytes > 300):
        broken.append(f"other: {end}")
    stage.place.state.with_name(FALLBACK).unlink(missing_ok=True)
    tally.count("D1 disk too small", [*broken, *stage.broken(end, (0, *REFUSED))])


@pytest.mark.parametrize("kilobytes", [128, 256])
def test_disk_that_is_too_small_for_the_state_is_said(
    stage: Stage, tally: Tally, kilobytes: int
) -> None:
    small = stage.place.root / "small"
    stage.reset()
    small.mkdir()
    end = ended(stage.start("--db-path", str(small / "s.db"), under=mounting(small, kilobytes)))
    broken = [] if end.status in REFUSED else [f"other: {end}"]
    if end.status == 74 and not FIGURES.search(end.said):
        broken.append(f"other: it is not said how much is needed: {end.said}")
    tally.count("D1 disk too small", [*broken, *stage.broken(end, REFUSED)])


def mounting(folder: Path, kilobytes: int) -> tuple[str, ...]:
    """A command that runs commands for which that folder is a disk of that size."""
    mount = f'mount -t tmpfs -o size={kilobytes}k none "{folder}" || exit 99; exec "$0" "$@"'
    under = ("unshare", "--mount", "--propagation", "private", "bash", "-c", mount)
    if shutil.which("unshare") is None or subprocess.run([*under, "true"], check=False).returncode:
        pytest.skip("a disk cannot be mounted here: for root, where mounts are allowed")
    return under


def without_figures(stage: Stage, said: str, kilobytes: int) -> Iterator[str]:
    """What is not said of a disk of that size, or not as the fallback has it."""
    fallback = stage.place.state.with_name(FALLBACK)
    if not fallback.is_file():
        yield "other: there is no fallback"
        return
    told = FIGURES.search(said)
    needed, free = (int(size.replace(",", "")) for size in told.groups()) if told else (0, -1)
    if not 0 <= fallback.stat().st_size - needed < 4096 or not 0 <= free <= kilobytes * 1024:
        yield f"other: {needed} needed, {free} free: {said}"
    if not WARNED.search(stage.place.log.read_text()):
        yield "other: it was not warned of before"


def test_output_that_cannot_be_written_stands_beside_the_state(stage: Stage, tally: Tally) -> None:
    for at in itertools.count(1, number(2, 1)):
        stage.reset()
        fault = Fault(str(stage.place.root), at, "ENOSPC", ("open", "write"), ".etl_output.json")
        end = stage.run(fault=fault)
        if end.status == 0:
            break
        fallback = stage.place.state.with_name(FALLBACK)
        broken = [] if f"output is in {fallback}" in end.said else [f"other: {end}"]
        if stage.contents()[FALLBACK] != stage.new["etl_output.json"]:
            broken.append("loss: the fallback is not what the output would be")
        if stage.contents()["etl_output.json"] != stage.old["etl_output.json"]:
            broken.append("tear: the old output is not what it was")
        assert validate_file(fallback).ok
        assert (
            json.loads((stage.place.output.parent / "run.json").read_bytes())["exit_status"] == 74
        )
        tally.count("D1 fallback", [*broken, *stage.broken(end, REFUSED)])
    assert at > 1


def test_terminal_that_takes_no_more_is_said_and_the_output_is_whole(stage: Stage) -> None:
    stage.reset()
    command = [word for word in stage.place.command() if word != "--quiet"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 74
    assert done.stderr.endswith(
        "run_etl: standard output: No space left on device; free some space there and run again\n"
    )
    assert stage.contents()["etl_output.json"] == stage.new["etl_output.json"]
