"""A source small enough to be understood at a glance, for the tests of what surrounds one.

A unit is a file ``*.fake`` that begins with ``FAKE`` and holds one command per line:

``message TEXT``, ``item KEY [TOKEN ...]``, ``found N``, ``accepted N``, ``problem``,
``retry`` (a problem worth another try), ``attachment NAME`` (context, beside the file),
``raise TEXT``, ``damaged``, ``kill`` (the worker), ``kill-once FILE``, ``big N`` (a message
of that many bytes), ``wait-for FILE``, ``touch FILE``, ``grow FILE``, ``grow-once FILE``,
``print TEXT``, ``memory`` (there is too little), ``spin`` (without end, while no other thread
of the process runs), ``stop`` (the process, as by Ctrl-Z).
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from etl.reading import Job
from sources import registry
from sources._archive import File, FolderTree, Tree
from sources._conversation import Tally
from sources.errors import Damaged
from sources.protocol import (
    Account,
    Found,
    Ignored,
    Part,
    Problem,
    ReaderOptions,
    Unit,
    Yielded,
)
from sources.records import Chat, Item, Kind, Message, Summary

PLACE = "tests.etl.fake_source:FakeSource"


class FakeOptions(ReaderOptions, frozen=True, kw_only=True, gc=False):
    """Options whose arrival in a worker process makes the fake source known there."""


class FakeSource:
    name = "fake"
    version = 1
    kinds: tuple[Kind, ...] = ("telegram_chats",)

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options

    @property
    def settings(self) -> tuple[str | None, ...]:
        return (self._options.telegram_timezone,)

    def discover(self, tree: Tree) -> Iterable[Found]:
        files = {file.path: file for file in tree.files}
        for path, file in files.items():
            if path.startswith("skip/"):
                yield Ignored(path=tree.display("skip/"), reason="known")
            elif path.endswith(".fake"):
                if not tree.head(path, 4).startswith(b"FAKE"):
                    where, found = tree.display(path), file.size
                    yield Problem(path=where, reason="damaged", detail="?", remedy="!", found=found)
                    continue
                yield Unit(
                    source="fake",
                    name=tree.display(path),
                    locator=tree.locator,
                    files=(file,),
                    context=tuple(_attachments(tree, path, files)),
                )

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        (file,) = unit.files
        messages: list[Message] = []
        tally = Tally()
        for number, line in enumerate(tree.read(file.path).decode().splitlines()[1:]):
            command, _, rest = line.partition(" ")
            if command in ("message", "big"):
                text = rest if command == "message" else "x" * int(rest)
                messages.append(message(number, text))
                tally.add(messages[-1:])
                yield messages[-1:]
            elif command == "item":
                key, *identity = rest.split()
                yield item(key, tree.display(file.path), messages, tuple(identity))
                messages, tally = [], Tally()
            else:
                yield from _other(command, rest, unit)

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        newest_of: dict[int, Message] = {}
        met = 0
        for part in parts:
            for one in part.messages():
                newest_of[int(one.message_id)] = one
                met += 1
        kept = [newest_of[number] for number in sorted(newest_of)]
        yield kept
        yield Account(accepted=len(kept) - met, duplicate=met - len(kept))
        newest = parts[-1].summary
        yield item(parts[0].summary.key, newest.archive, kept, newest.identity)


def _attachments(tree: Tree, path: str, files: dict[str, File]) -> Iterator[File]:
    folder = path[: path.rfind("/") + 1]
    for line in tree.read(path).decode().splitlines():
        if line.startswith("attachment "):
            yield files[folder + line.partition(" ")[2]]


def _other(command: str, rest: str, unit: Unit) -> Iterator[Yielded]:
    if command == "found":
        yield Account(found=int(rest))
    elif command == "accepted":
        yield Account(accepted=int(rest))
    elif command in ("problem", "retry"):
        retry = command == "retry"
        yield Problem(path=unit.name, reason="odd", detail="one", remedy="!", retry=retry)
    elif command == "raise":
        raise ValueError(rest)
    elif command == "damaged":
        raise Damaged(unit.name, "cut short")
    elif command == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif command == "kill-once":
        if not Path(rest).exists():
            Path(rest).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif command != "attachment":
        _aside(command, rest)


def _aside(command: str, rest: str) -> None:
    """What is no reading at all."""
    if command == "wait-for":
        while not Path(rest).exists():
            time.sleep(0.01)
    elif command == "print":
        os.write(1, f"{rest}\n".encode())
    elif command == "touch":
        Path(rest).write_text("written to meanwhile")
    elif command == "grow" or (command == "grow-once" and not Path(f"{rest}.grown").exists()):
        Path(f"{rest}.grown").touch()
        with Path(rest).open("a") as stream:
            stream.write("accepted 0\n")
    elif command == "memory":
        raise MemoryError
    elif command == "spin":
        re.fullmatch("(a|a)+", "a" * 100 + "b")
    elif command == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif command != "grow-once":
        raise AssertionError(command)


def message(number: int, text: str, author: str = "Ann Reyes") -> Message:
    return Message(
        author=author,
        text=text,
        timestamp=f"2024-05-01T10:{number % 60:02}:00Z",
        message_id=str(number),
        message_type="regular",
        is_service=False,
    )


def item(
    key: str, archive: str, messages: Sequence[Message], identity: tuple[str, ...] = ()
) -> Item:
    tally = Tally()
    tally.add(messages)
    return Item(
        summary=Summary(
            key=key,
            kind="telegram_chats",
            source="fake",
            archive=archive,
            title=key,
            records=tally.count,
            identity=identity,
            version=("", tally.last or ""),
        ),
        head=Chat(chat_name=key, chat_type=None, directory="", **tally.fields()),
    )


def write(path: Path, *lines: str) -> Path:
    """A unit's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("FAKE", *lines)) + "\n", encoding="utf-8")
    return path


def units(folder: Path) -> list[Unit]:
    """The units of that folder, in the order of their names."""
    found = FakeSource(FakeOptions()).discover(FolderTree(folder))
    return [thing for thing in found if isinstance(thing, Unit)]


def job(folder: Path, *chosen: Unit) -> Job:
    """A batch of these units, or of all of the folder."""
    spool = folder.parent / "spool"
    spool.mkdir(exist_ok=True)
    return Job(
        source="fake",
        options=FakeOptions(),
        units=chosen or tuple(units(folder)),
        spool_dir=os.fspath(spool),
    )


# A reader's process knows the standing sources only; the tests register this one themselves.
if "pytest" not in sys.modules:
    registry.SOURCES["fake"] = PLACE
