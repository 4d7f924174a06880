"""The whole road through a folder full of what means harm, with good exports among it."""

from __future__ import annotations

import io
import os
import socket
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.running import SAMPLE, Workplace, items_of
from tests.zips import DEFLATED, LINK, Member, zeros, zipped

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems have other files, and names for them"
)

PAGE = next(SAMPLE.glob("telegram/*/messages.html")).read_bytes()
DEALS = "hubspot-crm-exports-all-deals-2024-01-01"
HEADER = b"Record ID,Deal Name,Amount\n"
EVENT = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20240501T100000Z\r\n"
CHANNEL = b'[{"id":"C0HOSTILE1","name":"general","created":1,"members":[]}]'
DEEP = b"[" * 100_000 + b"]" * 100_000
LARGE = 2 * 2**30

Maker = Callable[[Path], object]


def holding(data: bytes) -> Maker:
    return lambda path: path.write_bytes(data)


def hole(before: bytes, size: int = LARGE) -> Maker:
    """A file that begins so, and is as large as that without taking room on the disk."""

    def make(path: Path) -> None:
        path.write_bytes(before)
        os.truncate(path, size)

    return make


def in_slack(make: Maker) -> Maker:
    """What makes a file, and beside it an export that it is part of."""

    def also(path: Path) -> None:
        folder = path.parent.parent if path.parent.name == "general" else path.parent
        (folder / "general").mkdir(parents=True)
        for name, data in {"channels": CHANNEL, "users": b"[]"}.items():
            (folder / f"{name}.json").write_bytes(data)
        make(path)

    return also


def nested(times: int) -> bytes:
    data = zipped([Member(name=b"a.txt", data=b"x")])
    for _ in range(times):
        data = zipped([Member(name=b"x.zip", data=data)])
    return data


def workbook() -> bytes:
    """One whose looks are half a gigabyte that says it has a thousand bytes."""
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Record ID", "Deal Name"])
    book.save(out)
    whole = zipfile.ZipFile(out)
    members = [Member(name=name.encode(), data=whole.read(name)) for name in whole.namelist()]
    bomb = Member(name=b"xl/styles.xml", data=zeros(500), said_method=DEFLATED, size=1000)
    return zipped([bomb if member.name == bomb.name else member for member in members])


CUT = zipped([Member(name=b"a.txt", data=b"x" * 99)])[:-30]
ENCRYPTED = zipped([Member(name=b"a.txt", data=b"x", flags=1)])
LYING = zipped([Member(name=b"a.ics", data=zeros(500), said_method=DEFLATED, size=1000)])
BOMB = zipped([Member(name=b"a.html", data=b"x" * 1000, size=2**40, long=True)], long=True)
OVERLAPPING = zipped(
    [Member(name=b"a.html", data=b"x" * 99), Member(name=b"b.html", data=b"", at=0)]
)

QUARANTINED: dict[str, tuple[Maker, str]] = {
    "z/climbing.zip": (holding(zipped([Member(name=b"../../up.html")])), "hostile"),
    "z/absolute.zip": (holding(zipped([Member(name=b"/etc/cron.d/up")])), "hostile"),
    "z/drive.zip": (holding(zipped([Member(name=b"C:\\up.html")])), "hostile"),
    "z/nul.zip": (holding(zipped([Member(name=b"a.html\0.txt")])), "hostile"),
    "z/twice.zip": (holding(zipped([Member(name=b"a"), Member(name=b"a")])), "hostile"),
    "z/link.zip": (holding(zipped([Member(name=b"a", attributes=LINK)])), "hostile"),
    "z/overlapping.zip": (holding(OVERLAPPING), "hostile"),
    "z/bomb.zip": (holding(BOMB), "hostile"),
    "z/many.zip": (
        holding(zipped([Member(name=b"%d.zip" % n, data=nested(0)) for n in range(1200)])),
        "hostile",
    ),
    "z/encrypted.zip": (holding(ENCRYPTED), "damaged"),
    "z/cut.zip": (holding(CUT), "damaged"),
    "z/empty.zip": (holding(b""), "damaged"),
    "z/noise.zip": (holding(b"PK\x03\x04" + b"\xff" * 5000), "damaged"),
    "z/other.zip": (holding(zipped([Member(name=b"a", data=b"x", said_method=14)])), "damaged"),
    "z/deep.zip": (holding(nested(50)), "damaged"),
    "z/lying.zip": (holding(LYING), "damaged"),
    "c/line.ics": (hole(EVENT), "too_large"),
    "c/empty.ics": (holding(b""), "foreign"),
    "c/noise.ics": (holding(bytes(range(256)) * 99), "foreign"),
    f"h1/{DEALS}.csv": (hole(HEADER + b"1,"), "too_large"),
    f"h2/{DEALS}.csv": (holding(b""), "damaged"),
    f"h3/{DEALS}.xlsx": (lambda path: path.write_bytes(workbook()), "damaged"),
    "t1/messages.html": (hole(PAGE), "too_large"),
    "t2/messages.html": (holding(b""), "foreign"),
    "t3/messages.html": (holding(bytes(range(256)) * 99), "foreign"),
    "t4/result.json": (
        holding(b'{"name":"A","type":"personal_chat","id":5,"messages":' + DEEP + b"}"),
        "malformed",
    ),
    "t5/result.json": (holding(b'{"a":' * 100_000), "foreign"),
    "s1/users.json": (
        in_slack(hole(b'[{"id":"U1')),
        "too_large",
    ),
    "s2/general/2024-01-01.json": (
        in_slack(holding(DEEP)),
        "malformed",
    ),
    "f/loop": (lambda path: path.symlink_to(path.parent), "link"),
    "f/out": (lambda path: path.symlink_to("/etc"), "link"),
    "f/passwd.html": (lambda path: path.symlink_to("/etc/passwd"), "link"),
    "f/line\n2026-01-01 00:00:00,000 - INFO - done.ics": (holding(b"x"), "foreign"),
    "f/\x1b[2J\x1b[31m.ics": (holding(b"x"), "foreign"),
    "f/" + os.fsdecode(b"\xff\xfe.ics"): (holding(b"x"), "foreign"),
    "f/" + "n" * 251 + ".ics": (holding(b"x"), "foreign"),
}
"""What is made where, and what it is quarantined as."""

PASSED_OVER: dict[str, Maker] = {
    "f/pipe.html": os.mkfifo,
    "f/socket.json": lambda path: bind(path),
    "f/binary.html": holding(os.urandom(5000)),
    "f/nothing.html": holding(b""),
}


def bind(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    workplace = Workplace(tmp_path_factory.mktemp("undisturbed")).with_sample()
    assert workplace.run("--include-unmatched").returncode == 0
    return workplace


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A run through all of it, with what cleans up in mind."""
    workplace = Workplace(tmp_path_factory.mktemp("hostile")).with_sample()
    bad = workplace.data / "hostile"
    makers = {name: make for name, (make, _) in QUARANTINED.items()} | PASSED_OVER
    for name, make in makers.items():
        path = bad / name
        if not name.startswith("s"):  # which make their own
            path.parent.mkdir(parents=True, exist_ok=True)
        make(path)
    (bad / "f" / "dir" / "messages.html" / "result.json" / "users.json").mkdir(parents=True)
    full = bad / "full"
    full.mkdir()
    for number in range(10_000):
        (full / f"{number}.bin").touch()
    here = os.open(bad, os.O_RDONLY)
    for _ in range(30):  # names of 200 bytes: the path of the last is too long for any call
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    begun = time.monotonic()
    how = ("--executor", "process", "--max-workers", "2", "--max-errors", "100%")
    done = workplace.run(*how, "--include-unmatched")
    assert time.monotonic() - begun < 90
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return workplace


def shown(name: str) -> str:
    return f"hostile/{name}".encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("name", QUARANTINED)
def test_each_is_quarantined_by_path_reason_and_remedy(hostile: Workplace, name: str) -> None:
    found = [
        entry
        for entry in hostile.report["quarantine"]
        if entry["path"] == shown(name) or entry["path"].startswith(f"{shown(name)}!")
    ]
    assert [entry["reason"] for entry in found] == [QUARANTINED[name][1]]
    assert all(entry["detail"] and entry["remedy"] for entry in found)


def test_nothing_else_is_quarantined_but_a_path_too_long(
    hostile: Workplace, undisturbed: Workplace
) -> None:
    names = tuple(map(shown, QUARANTINED))
    usual = {entry["path"] for entry in undisturbed.report["quarantine"]}
    others = [e for e in hostile.report["quarantine"] if not e["path"].startswith(names)]
    (long,) = [entry for entry in others if entry["path"] not in usual]
    assert long["reason"] == "unreadable"
    assert long["remedy"] == "Move it to a place with a shorter path."


def test_what_is_no_export_is_passed_over_and_said(hostile: Workplace) -> None:
    report = hostile.report
    assert report["passed_over"]["not a regular file"] == 2
    assert {shown("f/binary.html"), shown("f/nothing.html")} <= set(report["unrecognised"])


def test_everything_else_is_read(hostile: Workplace, undisturbed: Workplace) -> None:
    good, all_of_it = items_of(undisturbed.result), items_of(hostile.result)
    assert {key: all_of_it.get(key) for key in good} == good


def test_what_is_found_is_accounted_for(hostile: Workplace) -> None:
    for source in hostile.report["sources"].values():
        kept = source["accepted"] + source["duplicate"] + sum(source["ignored"].values())
        assert source["found"] == kept + source["quarantined"]


def test_memory_is_bounded(hostile: Workplace) -> None:
    assert hostile.report["performance"]["peak_memory_mb"] < 400


def test_no_name_forges_a_line_of_the_log_or_steers_a_terminal(hostile: Workplace) -> None:
    written = hostile.log.read_text(encoding="utf-8")
    assert "\x1b" not in written
    assert not any(line.startswith("2026-01-01 00:00:00,000") for line in written.splitlines())


def test_the_same_comes_of_threads(hostile: Workplace, tmp_path: Path) -> None:
    threads = Workplace(tmp_path)
    (tmp_path / "data").symlink_to(hostile.data)
    how = ("--executor", "thread", "--max-errors", "100%")
    done = threads.run(*how, "--include-unmatched")
    assert done.returncode == 0, done.stderr
    assert threads.content_sha256 == hostile.content_sha256
    assert without_time(threads) == without_time(hostile)


def without_time(workplace: Workplace) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in entry.items() if name != "since"}
        for entry in workplace.report["quarantine"]
    ]


def test_the_audit_counts_among_all_that(hostile: Workplace) -> None:
    audited = hostile.run("audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    for said in (
        "hostile/c/line.ics: cannot be read (TooLarge)",
        "hostile/z/deep.zip!x.zip!x.zip: a zip in a zip in a zip: not opened",
        "d/: cannot be read (OSError)",  # of names too long together
    ):
        assert said in audited.stdout
