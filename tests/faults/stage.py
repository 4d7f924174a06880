"""A trial: the real tool over a small export folder, with one thing wrong; and what must be
true afterwards, whatever it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.faults.faulty import PATIENCE
from tests.faults.injecting import KILL, Fault
from tests.faults.tally import Tally
from tests.running import PROJECT, UNMEASURED, Workplace, environment

KILLED = -9
HUNG = -14
FINE = (0,)
REFUSED = (73, 74)
"""How a run ends that the disk would not let write."""

_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - [A-Z]+ - ")
_NO_CONTENT = (".lock", ".holder", ".db", ".db-wal", ".db-shm")
"""What holds nothing for anybody else, and differs from run to run."""


@dataclass(frozen=True)
class Ended:
    """How a run ended: its status, what it said to standard error, its process group."""

    status: int
    said: str = ""
    group: int | None = None


def ended(process: subprocess.Popen[str]) -> Ended:
    """How it ends, soon."""
    try:
        said = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return Ended(HUNG, process.communicate()[1], process.pid)
    return Ended(process.returncode, said, process.pid)


class Server:
    """Runs the tool in forks of one process that has imported it; see `faulty`."""

    def __init__(self, scratch: Path) -> None:
        self._stderr = scratch / "stderr"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.faulty"],
            cwd=PROJECT,
            env=environment(**UNMEASURED),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: Sequence[str], wrong: dict[str, Any], stdout: str) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": list(arguments), "wrong": wrong, "stdout": stdout}
        asked["stderr"] = str(self._stderr)
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        group, status = map(int, self._process.stdout.readline().split())
        return Ended(status, self._stderr.read_text(), group)

    def close(self) -> None:
        self._process.communicate()


class Stage:
    """A folder of exports that changed since they were last read, and what that run left.

    ``old`` and ``new`` are what lies beside the output before and after an undisturbed run.
    ``more`` copies of an export come with the change, for a run that takes its time.
    """

    def __init__(self, root: Path, server: Server, more: int = 0) -> None:
        self.place = Workplace(root / "here")
        self.server = server
        self._before = root / "before"
        self._told = root / "told"
        self.place.root.mkdir(parents=True)
        self.place.with_sample()
        late = self.place.data / "telegram" / "ChatExport_2025-03-20"
        late.rename(root / "late")
        self._finish()
        self.old = self.contents()
        (root / "late").rename(late)
        _change(self.place.data, more)
        no_data = shutil.ignore_patterns("data")
        shutil.copytree(self.place.root, self._before, ignore=no_data)
        self._finish()
        self.new = self.contents()
        for name in ("etl_output.json", "quarantine.jsonl"):
            assert self.old[name] != self.new[name]
        self.reset()

    def _finish(self) -> None:
        ended = self.run()
        assert ended.status == 0, ended.said

    def reset(self, *, first: bool = False) -> None:
        """Leave what lay there before the undisturbed run; or nothing, as before the first."""
        for path in self.place.root.iterdir():
            if path.name != "data":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not first:
            shutil.copytree(self._before, self.place.root, dirs_exist_ok=True)

    def run(
        self,
        *arguments: str,
        fault: Fault | None = None,
        sabotage: Iterable[str] = (),
        stdout: str = os.devnull,
    ) -> Ended:
        """Run with that wrong."""
        wrong = {"fault": vars(fault) if fault else None, "sabotage": list(sabotage)}
        command = self.place.command("--quiet", "--executor", "thread", *arguments)
        return self.server.run(command[2:], wrong, stdout)

    def start(
        self,
        *arguments: str,
        sabotage: Iterable[str] = (),
        under: Sequence[str] = (),
        **variables: str,
    ) -> subprocess.Popen[str]:
        """A run as a user would start it, which goes on meanwhile; under a command that runs
        commands.
        """
        command = self.place.command("--quiet", *arguments)
        if sabotage:
            wrong = json.dumps({"sabotage": list(sabotage)})
            command[1:2] = ["-m", "tests.faults.faulty", wrong]
        return subprocess.Popen(
            [*under, *command],
            cwd=PROJECT,
            env=environment(PYTHONDONTWRITEBYTECODE="1", **UNMEASURED, **variables),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def attack(
        self,
        fault: Fault,
        numbers: Iterable[int],
        *,
        sabotage: Iterable[str] = (),
        first: bool = False,
    ) -> Iterator[tuple[str, list[str]]]:
        """Have each of these operations go wrong, in a run of its own, until there are no more.
        Gives what it was, and what is not as promised.
        """
        statuses = (KILLED,) if fault.how == KILL else (*FINE, *REFUSED)
        for number in numbers:
            self.reset(first=first)
            self._told.unlink(missing_ok=True)
            at = replace(fault, root=str(self.place.root), at=number, told=str(self._told))
            ended = self.run(fault=at, sabotage=sabotage)
            if not self._told.exists():
                return
            what = self._told.read_text().splitlines()[0]
            broken = [f"{said} ({what})" for said in self.broken(ended, statuses, first=first)]
            yield what, broken

    def contents(self) -> dict[str, str]:
        """What lies beside the output, by name: a value that tells two contents apart, and
        damage from either, but nothing of what differs from run to run.
        """
        out = self.place.output.parent
        files = sorted(path for path in out.rglob("*") if path.is_file())
        return {path.relative_to(out).as_posix(): _content(path) for path in files}

    def broken(
        self, ended: Ended, statuses: Collection[int], *, first: bool = False
    ) -> Iterator[str]:
        """What is not as promised: after a run that ended so, and after the next."""
        yield from self.broken_now(ended, statuses, first=first)
        after = self.run()
        if after.status:
            yield f"other: the next run ends with {after.status}: {after.said}"
            return
        yield from _tracebacks(after)
        now = self.contents()
        for name in sorted({*self.new, *now}):
            if name not in now:
                yield f"loss: {name} is not there after the next run"
            elif name not in self.new:
                yield f"other: {name} is left over after the next run"
            elif now[name] != self.new[name]:
                yield f"loss: {name} differs from an undisturbed run's"
        yield from _unaccounted(self.place)
        yield from self._torn_lines(ended)

    def broken_now(
        self, ended: Ended, statuses: Collection[int], *, first: bool = False
    ) -> Iterator[str]:
        """What is not as promised as soon as a run ended so."""
        if ended.status == HUNG:
            yield "hang: it had to be ended"
        elif ended.status not in statuses:
            yield f"other: exit status {ended.status}, not one of {statuses}: {ended.said}"
        yield from _tracebacks(ended)
        if ended.status in REFUSED:
            yield from unclear(ended.said, self.place.root)
        if ended.group is not None and outlives(ended.group):
            yield "other: a process outlives the run"
        old, now = {} if first else self.old, self.contents()
        for name, content in now.items():
            if name in self.new and content not in {old.get(name), self.new[name]}:
                yield f"tear: {name} is neither the old nor the new one"
        if not first and "etl_output.json" not in now:
            yield "tear: there is no output any more"
        output, listed = (now.get(name) for name in ("etl_output.json", "quarantine.jsonl"))
        if output == self.new["etl_output.json"] and listed != self.new["quarantine.jsonl"]:
            yield "loss: the new output stands beside another run's quarantine"

    def _torn_lines(self, ended: Ended) -> Iterator[str]:
        """A kill may tear the line it comes into, but no other."""
        lines = self.place.log.read_text().splitlines()
        torn = [line for line in lines if not _LOG_LINE.match(line)]
        if len(torn) > (ended.status == KILLED):
            yield f"tear: lines of the log that are none: {torn}"


def assail(
    stage: Stage, tally: Tally, name: str, fault: Fault, numbers: Iterable[int], **how: Any
) -> None:
    """Attack, and count it all."""
    tried = 0
    for _, broken in stage.attack(fault, numbers, **how):
        tally.count(name, broken)
        tried += 1
    assert tried, "nothing went wrong"


def _change(data: Path, more: int) -> None:
    """What happens to exports between two runs: one grows, one loses something, one goes, and
    one comes that cannot be read.
    """
    chats = data / "telegram" / "DataExport_2025-03-14" / "chats"
    for number in range(more):
        shutil.copytree(chats, data / "telegram" / f"more_{number}" / "chats")
    page = chats / "chat_3" / "messages.html"
    page.write_text(page.read_text().replace("</body>", "\n</body>"))
    calendar = data / "calendar" / "fernhollow.ics"
    head, _, *events = calendar.read_bytes().split(b"BEGIN:VEVENT")
    calendar.write_bytes(b"BEGIN:VEVENT".join([head, *events]))
    next((data / "hubspot").glob("*notes*")).unlink()
    (data / "broken.zip").write_bytes(b"PK\x03\x04")


def _content(path: Path) -> str:
    if path.name.endswith(_NO_CONTENT):
        return ""
    whole = path.read_bytes()
    try:
        if path.name == "run.json":
            json.loads(whole)
            return ""
        if path.suffix == ".json":
            return _content_sha256(whole)
        if path.suffix == ".jsonl":
            whole = b"".join(map(_timeless, whole.splitlines()))
    except (ValueError, KeyError) as error:
        return f"damaged: {error}"
    return hashlib.sha256(whole).hexdigest()


def _timeless(line: bytes) -> bytes:
    """An entry of the quarantine without the moment it was first met."""
    return json.dumps(json.loads(line) | {"since": ""}).encode()


def _content_sha256(whole: bytes) -> str:
    """The hash that an output says its content has, if it has."""
    said = str(json.loads(whole)["metadata"]["content_sha256"])
    held = hashlib.sha256(whole[whole.index(b'"statistics"') :]).hexdigest()
    return said if said == held else f"damaged: holds {held}"


def _tracebacks(ended: Ended) -> Iterator[str]:
    if "Traceback" in ended.said or "Exception ignored" in ended.said:
        yield f"traceback: {ended.said[-1500:]}"


def unclear(said: str, root: Path) -> Iterator[str]:
    """What is wrong with an error: it is one line, names the place and says what to do."""
    lines = [line for line in said.splitlines() if not line.endswith("without a log")]
    if len(lines) != 1 or not lines[0].startswith("run_etl: "):
        yield f"other: not one line: {said}"
    elif str(root) not in lines[0]:
        yield f"other: names no path: {said}"
    elif not re.search(r"; (make|give|free|see|wait|close|move|run|meanwhile) ", lines[0]):
        yield f"other: says not what to do: {said}"


def _unaccounted(place: Workplace) -> Iterator[str]:
    """The law of conservation, by the output's own account."""
    for source, of in place.result["statistics"]["accounting"].items():
        kept = of["accepted"] + of["duplicate"] + sum(of["ignored"].values()) + of["quarantined"]
        if of["found"] != kept:
            yield f"loss: {source}: {of['found']} found, {kept} accounted for"


def outlives(group: int) -> bool:
    """Whether a process of that group is still there when it had its time to go. One that is dead
    and that whoever adopted it has not buried yet is not.
    """
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        if not _living(group):
            return False
        time.sleep(0.02)
    return True


def _living(group: int) -> bool:
    """Whether some process of a group that is there runs, or could; where that can be told."""
    states: list[bytes] = []
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group, *_ = told.read_bytes().rpartition(b")")[2].split()
            states += [state] if int(its_group) == group else []
    return set(states) != {b"Z"}
