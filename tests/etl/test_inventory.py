from __future__ import annotations

import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from etl.inventory import Inventory, Look, exclusions, listing_digest, take
from etl.overseeing import Steps
from sources import registry
from sources._archive import FolderTree, Tree
from sources.protocol import Found, ReaderOptions, Source
from tests.etl.fake_source import FakeSource, write
from tests.guarding import no_hang

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1@acme.example\r\nDTSTAMP:20240501T100000Z\r\n"
    "DTSTART:20240501T100000Z\r\nDTEND:20240501T110000Z\r\nSUMMARY:Plan\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Broken(FakeSource):
    """Breaks down after the first thing it found."""

    name = "broken"

    def discover(self, tree: Tree) -> Iterable[Found]:
        for found in super().discover(tree):
            raise ValueError("Dear Bo", found)
        return ()


def looked_through(folder: Path, *sources: Source) -> Inventory:
    return take(FolderTree(folder), sources or (FakeSource(ReaderOptions()),))


def zipped(path: Path, *members: tuple[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return buffer.getvalue()


def names(inventory: Inventory, source: str = "fake") -> list[str]:
    return [unit.name for unit in inventory.units[source]]


def problems(inventory: Inventory) -> list[tuple[str | None, str, str]]:
    return [(source, p.path, p.reason) for source, p in inventory.problems]


def test_what_is_looked_through_is_said_while_it_is(tmp_path: Path) -> None:
    write(tmp_path / "a.fake", "item a")
    zipped(tmp_path / "x.zip", ("b.fake", "FAKE\nitem b\n"), ("c.txt", "odd"))
    steps, met = Steps[Look](), list[Look | None]()

    class Looking(FakeSource):
        def discover(self, tree: Tree) -> Iterable[Found]:
            met.append(steps.now)
            for found in super().discover(tree):
                met.append(steps.now)
                yield found

    take(FolderTree(tmp_path), [Looking(ReaderOptions())], steps)
    folder, inside = Look("", source="fake", files=2), Look("x.zip!", source="fake", files=2)
    assert met == [folder, folder, inside, inside]
    assert steps.now == Look("x.zip!", "c.txt")


def test_units_are_found_at_any_depth_in_zips_and_zips_in_zips(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "er" / "b.fake", "item b")
    write(tmp_path / "a.fake", "item a")
    write(tmp_path / "z.fake", "item z")
    inner = zipped(tmp_path / "inner.zip", ("x/c.fake", "FAKE\nitem c"))
    zipped(tmp_path / "outer.zip", ("in.zip", inner), ("d.fake", "FAKE\nitem d"))
    found = looked_through(tmp_path)
    assert names(found) == [
        "a.fake",
        "deep/er/b.fake",
        "inner.zip!x/c.fake",
        "outer.zip!d.fake",
        "outer.zip!in.zip!x/c.fake",
        "z.fake",
    ]
    assert found.unit_count == 6
    assert not found.problems
    assert found.unrecognised == []


def test_a_zip_in_a_zip_in_a_zip_is_reported_not_opened(tmp_path: Path) -> None:
    data = zipped(tmp_path / "1.zip", ("c.fake", "FAKE\nitem c"))
    (tmp_path / "1.zip").unlink()
    data = zipped(tmp_path / "2.zip", ("1.zip", data))
    (tmp_path / "2.zip").unlink()
    zipped(tmp_path / "3.zip", ("2.zip", data))
    found = looked_through(tmp_path)
    assert found.unit_count == 0
    assert problems(found) == [(None, "3.zip!2.zip!1.zip", "damaged")]


def test_of_one_zip_only_so_many_inner_ones_are_opened_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.inventory.MOST_ZIPS", 20)
    leaf = zipped(tmp_path / "leaf.zip", ("a.fake", "FAKE\nitem a"))
    for name, inner in (("leaf.zip", 0), ("many.zip", 30), ("z.zip", 20)):
        zipped(tmp_path / name, ("b.fake", "FAKE"), *((f"{n:02}.zip", leaf) for n in range(inner)))
    found = looked_through(tmp_path)
    assert problems(found) == [(None, "many.zip", "hostile")]
    assert "more than 20 zips" in found.problems[0][1].detail
    assert Counter(name.partition("!")[0] for name in names(found)) == {
        "leaf.zip": 1,
        "many.zip": 1 + 20,
        "z.zip": 1 + 20,
    }


def test_a_zip_that_goes_on_holding_zips_comes_to_an_end(tmp_path: Path) -> None:
    data = zipped(tmp_path / "x.zip", ("a.fake", "FAKE\nitem a"))
    for _ in range(30):  # as good as one that holds itself
        data = zipped(tmp_path / "x.zip", ("x.zip", data), ("a.fake", "FAKE"))
    with no_hang():
        found = looked_through(tmp_path)
    assert names(found) == ["x.zip!a.fake", "x.zip!x.zip!a.fake"]
    assert problems(found) == [(None, "x.zip!x.zip!x.zip", "damaged")]


def test_an_archive_is_known_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    zipped(tmp_path / "export", ("a.fake", "FAKE\nitem a"))
    assert names(looked_through(tmp_path)) == ["export!a.fake"]


def test_what_one_source_claims_the_next_does_not_see(tmp_path: Path) -> None:
    calendar = registry.load("calendar", ReaderOptions())
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "invite.ics").write_text(ICS)
    (tmp_path / "own.ics").write_text(ICS)
    write(tmp_path / "chat" / "a.fake", "attachment invite.ics", "item a")
    found = looked_through(tmp_path, FakeSource(ReaderOptions()), calendar)
    assert names(found) == ["chat/a.fake"]
    assert [unit.files[0].path for unit in found.units["calendar"]] == ["own.ics"]
    zipped(tmp_path / "all.zip", ("a.fake", "FAKE\nattachment i.ics"), ("i.ics", ICS))
    found = looked_through(tmp_path, FakeSource(ReaderOptions()), calendar)
    assert len(found.units["calendar"]) == 1
    alone = looked_through(tmp_path, calendar)
    assert len(alone.units["calendar"]) == 3


def test_a_folder_that_is_known_and_passed_over_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "skip").mkdir()
    (tmp_path / "skip" / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "skip" / "a.csv").write_text("x")
    found = looked_through(tmp_path)
    assert {(ignored.path, ignored.reason) for ignored in found.ignored} == {("skip/", "known")}
    assert (found.problems, found.unrecognised) == ([], [])


def test_what_claims_to_be_an_export_but_is_not_is_one_problem(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.fake")
    (tmp_path / name).write_text("not so")
    (tmp_path / "zipped").mkdir()
    zipped(tmp_path / "zipped" / "a.zip", ("bad.fake", "not so"))
    assert problems(looked_through(tmp_path)) == [
        ("fake", "caf\\xe9.fake", "damaged"),
        ("fake", "zipped/a.zip!bad.fake", "damaged"),
    ]
    assert looked_through(tmp_path).unrecognised == []


@pytest.mark.parametrize("name", ["a.zip", "a.ics", "A.CSV", "a.xlsx", "a.xls"])
def test_a_name_that_promises_an_export_nobody_knows_is_a_problem(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("just text")
    found = looked_through(tmp_path)
    assert problems(found) == [(None, name, "damaged")]
    assert "no export that any source knows" in found.problems[0][1].detail
    assert found.unrecognised == []


def test_a_damaged_zip_is_a_problem_and_the_rest_is_found(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "cut.zip", ("a.fake", "FAKE\nitem a"))
    (tmp_path / "cut.zip").write_bytes(whole[:-10])
    hostile = whole.replace(b"a.fake", b"../../")
    (tmp_path / "hostile.zip").write_bytes(hostile)
    zipped(tmp_path / "outer.zip", ("in.zip", whole[:-10]), ("b.fake", "FAKE\nitem b"))
    write(tmp_path / "c.fake", "item c")
    (tmp_path / "z.fake").write_text("found first, told last")
    found = looked_through(tmp_path)
    assert names(found) == ["c.fake", "outer.zip!b.fake"]
    assert problems(found) == [
        (None, "cut.zip", "damaged"),
        (None, "hostile.zip", "hostile"),
        (None, "outer.zip!in.zip", "damaged"),
        ("fake", "z.fake", "damaged"),
    ]


def test_a_zip_that_holds_nothing_does_not_vanish(tmp_path: Path) -> None:
    zipped(tmp_path / "empty.zip")
    zipped(tmp_path / "debris.zip", ("__MACOSX/a", "x"), ("folder/", ""))
    assert problems(looked_through(tmp_path)) == [
        (None, "debris.zip", "damaged"),
        (None, "empty.zip", "damaged"),
    ]


def test_any_number_of_zips_takes_few_open_files(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such limit")
    import resource

    for number in range(80):
        zipped(tmp_path / f"{number:02}.zip", ("a.fake", "FAKE\nitem a"))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 20, limits[1])
    )
    try:
        found = looked_through(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert (found.unit_count, found.problems) == (80, [])


def test_other_files_are_listed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / os.fsdecode(b"\xff.bin")).write_text("x")
    (tmp_path / "empty").write_text("")
    (tmp_path / "photos").mkdir()
    zipped(tmp_path / "photos" / "p.zip", ("a.jpg", "x"))
    zipped(tmp_path / "letter.docx", ("[Content_Types].xml", "x"), ("word/document.xml", "x"))
    found = looked_through(tmp_path)
    assert found.unrecognised == [
        "\\xff.bin",
        "empty",
        "letter.docx",
        "notes.txt",
        "photos/p.zip!a.jpg",
    ]
    assert found.problems == []


def test_a_folder_that_cannot_be_listed_is_a_problem(tmp_path: Path) -> None:
    found = looked_through(tmp_path / "gone")
    assert problems(found) == [(None, ".", "unreadable")]
    assert found.problems[0][1].retry


def test_a_link_is_trouble_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    found = looked_through(tmp_path)
    assert [(p.path, p.reason) for _, p in found.problems] == [("link", "link")]


def test_units_that_are_shown_alike_get_names_of_their_own(tmp_path: Path) -> None:
    for name in (b"a\xff.fake", rb"a\xff.fake"):
        path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
        write(path, "item a")
    found = names(looked_through(tmp_path))
    assert sorted(found) == [r"a\xff.fake", r"a\xff.fake~2"]


def test_a_source_that_breaks_down_does_not_cost_the_others_their_run(tmp_path: Path) -> None:
    write(tmp_path / "a.fake", "item a")
    found = looked_through(tmp_path, Broken(ReaderOptions()), FakeSource(ReaderOptions()))
    assert names(found) == ["a.fake"]
    assert list(found.failed) == ["broken"]
    assert found.failed["broken"].startswith("unexpected ValueError at test_inventory.py:")
    assert "Bo" not in found.failed["broken"]


def test_files_of_ours_in_the_folder_are_no_candidates(tmp_path: Path) -> None:
    ours = [tmp_path / "out" / "state.db", tmp_path / "etl.log", tmp_path.parent / "elsewhere"]
    (tmp_path / "out").mkdir()
    for name in ("state.db", "state.db-wal", "state.db-shm", "state.db.lock"):
        (tmp_path / "out" / name).write_text("x")
    (tmp_path / "out" / "state.db.lock.holder").write_text("x")
    (tmp_path / "out" / "state.db.corrupt-1").write_text("x")
    (tmp_path / "etl.log").write_text("x")
    (tmp_path / "etl.log.1").write_text("x")
    (tmp_path / "etl.log.bak").write_text("not ours")
    tree = FolderTree(tmp_path, exclusions(tmp_path, ours))
    assert [file.path for file in tree.files] == ["etl.log.bak"]


def digest(folder: Path) -> str:
    return listing_digest(FolderTree(folder))


def test_a_listing_digest_stays_while_nothing_changes_and_differs_otherwise(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / os.fsdecode(b"\xff")
    file.write_text("one")
    seen = {digest(tmp_path), digest(tmp_path)}
    assert len(seen) == 1
    os.utime(file, ns=(1, 1))
    seen.add(digest(tmp_path))
    file.write_text("other")
    os.utime(file, ns=(1, 1))
    seen.add(digest(tmp_path))
    (tmp_path / "b").write_text("")
    os.utime(tmp_path / "b", ns=(1, 1))
    seen.add(digest(tmp_path))
    (tmp_path / "b").rename(tmp_path / "c")
    seen.add(digest(tmp_path))
    (tmp_path / "empty").mkdir()
    seen.add(digest(tmp_path / "empty"))
    seen.add(digest(tmp_path / "gone"))  # an error is not an empty folder
    assert len(seen) == 7
