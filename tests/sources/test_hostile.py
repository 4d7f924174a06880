"""Zips that no export is, told by their directories."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from sources import _hostile
from sources._opening import open_tree
from sources._zip import ZipTree
from sources.errors import ArchiveError, Damaged, Hostile
from tests.guarding import no_hang
from tests.zips import DEFLATED, LINK, Member, zipped

FINE = Member(name=b"fine.txt", data=b"x")


def opened(data: bytes) -> ZipTree:
    return ZipTree(io.BytesIO(data), ("/data", "export.zip"), "export.zip!")


def refusal(data: bytes) -> ArchiveError:
    """What is said of a zip; it is said soon, and takes no memory to speak of."""
    tracemalloc.start()
    try:
        with no_hang(), pytest.raises(ArchiveError) as caught:
            opened(data)
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.path == "export.zip"
    assert caught.value.remedy
    return caught.value


def test_an_honest_zip_is_opened() -> None:
    tree = opened(zipped([FINE, Member(name=b"a/b.txt", data=b"y" * 99, method=DEFLATED)]))
    assert [file.path for file in tree.files] == ["a/b.txt", "fine.txt"]
    assert tree.read("a/b.txt") == b"y" * 99


@pytest.mark.parametrize(
    "name",
    [
        *(b"/etc/passwd", b"../up", b"a/../../up", b"..", b"a/.."),
        *(b"a\\b", b"\\\\server\\share", b"..\\up", b"C:\\up", b"C:/up", b"c:up", b"C:"),
        *(b"", b"a\0b", b"a.txt\0.html"),
    ],
)
def test_a_name_that_leads_elsewhere_condemns_the_zip(name: bytes) -> None:
    error = refusal(zipped([FINE, Member(name=name, data=b"x")]))
    assert isinstance(error, Hostile)
    assert error.detail.startswith("a member is named ")


@pytest.mark.parametrize("name", ["a..b", "..a/b", "1:b", "ab:/c", "a/C:", "a/.b", "a /b", " "])
def test_a_name_that_only_looks_so_is_fine(name: str) -> None:
    assert [file.path for file in opened(zipped([Member(name=name.encode())])).files] == [name]


def test_names_that_differ_in_case_or_form_only_are_different_members() -> None:
    names = ["A.txt", "a.txt", "caf\u00e9.txt", "cafe\u0301.txt"]
    tree = opened(zipped([Member(name=n.encode(), data=n.encode()) for n in names]))
    assert {tree.read(file.path).decode() for file in tree.files} == set(names)


def test_a_name_that_stands_twice_condemns_the_zip() -> None:
    assert "stands in it twice" in refusal(zipped([FINE, FINE])).detail


def test_a_link_condemns_the_zip() -> None:
    link = Member(name=b"link", data=b"/etc/passwd", attributes=LINK)
    assert refusal(zipped([FINE, link])).detail == "the member 'link' is a symbolic link"


@pytest.mark.parametrize("flags", [1, 1 | 1 << 6])
def test_an_encrypted_zip_says_so(flags: int) -> None:
    error = refusal(zipped([Member(name=b"a.txt", data=b"x", flags=flags)]))
    assert (error.detail, error.remedy) == ("it is encrypted", "Unpack it with its password.")


def test_members_that_share_their_bytes_condemn_the_zip() -> None:
    kernel = Member(name=b"0.html", data=b"0" * 10_000, method=DEFLATED)
    again = [
        Member(name=f"{number}.html".encode(), at=0, size=10_000, packed_size=20, method=DEFLATED)
        for number in range(1, 50)
    ]
    assert "overlaps another" in refusal(zipped([kernel, *again])).detail


def test_a_member_that_begins_within_another_condemns_the_zip() -> None:
    outer = Member(name=b"outer", data=zipped([Member(name=b"inner", data=b"x" * 50)]))
    inside = Member(name=b"inner", at=35, size=50, packed_size=50)
    assert "overlaps another" in refusal(zipped([outer, inside])).detail


def test_a_bomb_is_known_by_what_it_says() -> None:
    bomb = Member(name=b"0.html", data=b"x" * 300_000, size=300 * 2**20)
    error = refusal(zipped([FINE, bomb]))
    assert isinstance(error, Hostile)
    assert error.detail.startswith("it expands to 314572801 bytes")


@pytest.mark.parametrize("long", [False, True])
def test_any_size_may_be_said(long: bool) -> None:
    size = 2**62 if long else 2**32 - 2
    bomb = Member(name=b"a", data=b"x", size=size, long=long)
    assert isinstance(refusal(zipped([bomb], long=long)), Hostile)


def test_many_that_are_each_small_enough_are_a_bomb_together() -> None:
    members = [Member(name=b"%d.html" % n, data=b"x" * 100_000, size=100 * 2**20) for n in range(3)]
    assert refusal(zipped(members)).detail.startswith("it expands to 314572800 bytes")


def test_little_that_is_packed_very_well_is_no_bomb() -> None:
    blank = Member(name=b"a.html", data=bytes(2**20), method=DEFLATED)
    assert opened(zipped([blank])).read("a.html") == bytes(2**20)


def test_a_zip_of_nothing_is_opened() -> None:
    assert not opened(zipped([])).files


def test_much_that_is_honestly_packed_is_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_hostile, "BOMB_BYTES", 1000)
    large = Member(name=b"a.html", data=b"x" * 50, size=2000)
    assert len(opened(zipped([large])).files) == 1


@pytest.mark.parametrize("long", [False, True])
def test_a_directory_too_large_to_hold_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    monkeypatch.setattr(_hostile, "DIRECTORY_BYTES", 10_000)
    members = [Member(name=b"%d" % number, long=long) for number in range(1000)]
    few = zipped(members[:20], long=long)
    assert len(opened(few).files) == 20
    many = zipped(members, long=long, comment=b"c" * 60_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "its directory alone has" in refusal(many).detail


def test_a_large_directory_is_found_behind_another_end(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of two ends, one in the comment of the other, a reader may take either.
    monkeypatch.setattr(_hostile, "DIRECTORY_BYTES", 10_000)
    many = [Member(name=b"%d" % number) for number in range(1000)]
    assert "its directory" in refusal(zipped(many, comment=zipped([FINE]))).detail


def test_many_members_are_no_trouble() -> None:
    with no_hang():
        tree = opened(zipped([Member(name=b"%d/a.json" % number) for number in range(30_000)]))
    assert len(tree.files) == 30_000


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 98, 99, 65535])
def test_a_zip_packed_by_another_method_is_one_trouble(method: int) -> None:
    members = [Member(name=b"%d.html" % n, data=b"x", said_method=method) for n in range(9)]
    error = refusal(zipped(members))
    assert isinstance(error, Damaged)
    assert "Pack it again" in error.remedy


def test_a_member_packed_by_another_method_costs_itself_alone() -> None:
    video = Member(name=b"video.mp4", data=b"x", said_method=9)
    tree = opened(zipped([FINE, video]))
    assert tree.read("fine.txt") == b"x"
    with pytest.raises(Damaged, match=r"^export\.zip!video\.mp4: packed by a method"):
        tree.head("video.mp4")


def test_long_names_comments_and_extras_are_no_trouble() -> None:
    name = b"/".join([b"n" * 255] * 255)
    extra = b"\xfe\xca" + (65_000).to_bytes(2, "little") + bytes(65_000)
    long = Member(name=name, data=b"x", comment=b"c" * 65_000, extra=extra)
    tree = opened(zipped([FINE, long], comment=b"c" * 65_000))
    assert tree.read(name.decode()) == b"x"
    hostile = refusal(zipped([FINE, Member(name=b"../" + name)]))
    assert len(hostile.detail) < 300


def test_a_header_that_names_another_member_is_damage() -> None:
    tree = opened(zipped([FINE, Member(name=b"a.txt", data=b"x", inner_name=b"b.txt")]))
    with pytest.raises(Damaged):
        tree.read("a.txt")
    assert tree.read("fine.txt") == b"x"


@pytest.mark.parametrize("at", [2**31, 2**32 - 2, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_member_that_is_said_to_be_far_away_is_damage(at: int) -> None:
    data = zipped([FINE, Member(name=b"a.txt", data=b"x", at=at, long=at >= 2**32)])
    try:
        tree = opened(data)
    except Damaged:
        return
    with pytest.raises(ArchiveError):
        tree.read("a.txt")
    assert tree.read("fine.txt") == b"x"


def test_a_zip64_zip_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(
        zipped([Member(name=b"a.txt", data=b"x" * 9, long=True), FINE], long=True)
    )
    tree = open_tree((str(tmp_path), "a.zip"))
    assert tree.read("a.txt") == b"x" * 9
    assert tree.read("fine.txt") == b"x"


def test_whatever_byte_of_a_zip64_zip_is_wrong_only_archive_errors_come() -> None:
    whole = zipped([Member(name=b"a.txt", data=b"one " * 9, method=DEFLATED, long=True)], long=True)
    for place in range(len(whole)):
        for change in (0x01, 0x80, 0xFF):
            raw = bytearray(whole)
            raw[place] ^= change
            try:
                tree = opened(bytes(raw))
                for file in tree.files:
                    tree.read(file.path)
            except ArchiveError:
                pass
