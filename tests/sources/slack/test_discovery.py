from __future__ import annotations

import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any, Literal

import pytest

from sources._archive import FolderTree
from tests.reading import discover, read_archive, source
from tests.sources.slack.writing import ANN, GENERAL, read_export, say, stems, write_export

DAY = "general/2024-03-01.json"
T = "1709283600.000100"


def zipped(root: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + path.relative_to(root).as_posix())
    return target


def without_utf8_flag(path: Path) -> None:
    """Slack's zips hold names in UTF-8 and do not say so."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset + 1] &= ~0x08
            at = data.find(signature, at + 4)
    path.write_bytes(data)


@pytest.mark.parametrize("place", ["", "one/", "one/two/three/"])
def test_export_is_found_at_any_depth(tmp_path: Path, place: str) -> None:
    write_export(tmp_path / place, {DAY: [say(T)]})
    (read,) = read_export(tmp_path).items
    assert read.summary.key == "slack:C0GENERAL"
    assert read.summary.archive == (place.rstrip("/") or ".")


@pytest.mark.parametrize("prefix", ["", "Acme Slack export/"])
def test_zip_gives_what_the_folder_gives(tmp_path: Path, prefix: str) -> None:
    folder = write_export(tmp_path / "folder", {DAY: [say(T)]})
    archive = zipped(folder, tmp_path / "export.zip", prefix)
    from_folder, from_zip = read_export(folder), read_export(archive)
    assert from_zip.items[0].head == from_folder.items[0].head
    assert from_zip.items[0].messages == from_folder.items[0].messages
    assert from_zip.units[0].name == f"export.zip!{prefix}general/"


def test_zip_names_without_the_utf8_flag_match_the_lists(tmp_path: Path) -> None:
    channel = {"id": "C0CAFE", "name": "café-日本"}
    folder = write_export(
        tmp_path / "folder", {"café-日本/2024-03-01.json": [say(T)]}, channels=[channel]
    )
    archive = zipped(folder, tmp_path / "export.zip")
    without_utf8_flag(archive)
    assert "café" not in zipfile.ZipFile(archive).namelist()[0]
    (read,) = read_export(archive).items
    assert (read.summary.key, len(read.messages)) == ("slack:C0CAFE", 1)


def test_impossible_date_of_a_zip_entry_is_no_obstacle(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "folder", {DAY: [say(T)]})
    archive = zipped(folder, tmp_path / "export.zip")
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset : at + offset + 4] = b"\x00\x00\x00\x00"
            at = data.find(signature, at + 4)
    archive.write_bytes(data)
    assert len(read_export(archive).items) == 1


@pytest.mark.parametrize(("on_disk", "listed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_name_taken_apart_on_either_side_matches(
    tmp_path: Path, on_disk: Literal["NFC", "NFD"], listed: Literal["NFC", "NFD"]
) -> None:
    folder, name = (unicodedata.normalize(form, "café") for form in (on_disk, listed))
    channel = {"id": "C0CAFE", "name": name}
    write_export(tmp_path, {f"{folder}/2024-03-01.json": [say(T)]}, channels=[channel])
    (read,) = read_export(tmp_path).items
    assert read.summary.key == "slack:C0CAFE"


def test_macos_debris_is_neither_read_nor_reported(tmp_path: Path) -> None:
    folder = write_export(
        tmp_path / "folder",
        {
            DAY: [say(T)],
            "general/._2024-03-01.json": b"\x00\x05\x16\x07",
            "__MACOSX/general/2024-03-01.json": [say(T)],
            ".DS_Store": b"\x00",
        },
    )
    for reading in (read_export(folder), read_export(zipped(folder, tmp_path / "export.zip"))):
        assert (reading.account.found, reading.ignored, reading.problems) == (1, [], [])


def test_zip_with_entries_for_its_folders_is_read(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "folder", {DAY: [say(T)]})
    archive = zipped(folder, tmp_path / "export.zip", "Acme export/")
    with zipfile.ZipFile(archive, "a") as added:
        for name in ("Acme export/", "Acme export/general/", "Acme export/empty/"):
            added.writestr(name, "")
    reading = read_export(archive)
    assert (len(reading.items), reading.ignored, reading.problems) == (1, [], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_lists_saved_by_an_editor_read_the_same(tmp_path: Path, encoding: str) -> None:
    users, channels = (json.dumps(found).encode(encoding) for found in ([ANN], [GENERAL]))
    (read,) = read_export(
        write_export(tmp_path, {DAY: [say(T)]}, users=users, channels=channels)
    ).items
    assert (read.summary.key, read.messages[0].author) == ("slack:C0GENERAL", "Ann")


def test_list_saved_by_an_editor_is_recognised_alone(tmp_path: Path) -> None:
    channels = json.dumps([GENERAL]).encode("utf-8-sig")
    (read,) = read_export(write_export(tmp_path, {}, users=None, channels=channels)).items
    assert read.summary.key == "slack:C0GENERAL"


def test_canvas_folder_with_a_colon_in_its_name_is_kept(tmp_path: Path) -> None:
    name = "FC:F0ABC1234:1712345678"
    folder = write_export(tmp_path / "folder", {DAY: [say(T)], f"{name}/2024-03-01.json": [say(T)]})
    for root in (folder, zipped(folder, tmp_path / "export.zip")):
        read = stems(read_export(root))[f"slack:T0ACME:{name}"]
        assert (read.summary.title, len(read.messages)) == (name, 1)


def test_several_exports_in_one_tree_stay_apart(tmp_path: Path) -> None:
    write_export(tmp_path / "a", {DAY: [say(T)]})
    other = {"id": "C0OTHER", "name": "general"}
    write_export(tmp_path / "b", {DAY: [say(T), say("1709283601.1")]}, channels=[other])
    assert [
        (i.summary.key, i.summary.archive, len(i.messages)) for i in read_export(tmp_path).items
    ] == [
        ("slack:C0GENERAL", "a", 1),
        ("slack:C0OTHER", "b", 2),
    ]


def test_four_lists_tell_the_types(tmp_path: Path) -> None:
    write_export(
        tmp_path,
        {
            f"{folder}/2024-03-01.json": [say(T)]
            for folder in ("general", "deal-room", "D0ANNBOB", "mpdm-ann--bob--cy-1", "stray")
        },
        groups=[{"id": "G0DEAL", "name": "deal-room"}],
        dms=[{"id": "D0ANNBOB", "members": ["U0ANN", "U0BOB"]}],
        mpims=[{"id": "G0MPIM", "name": "mpdm-ann--bob--cy-1", "members": ["U0ANN", "U0BOB"]}],
    )
    types = {k: getattr(r.head, "chat_type", "") for k, r in stems(read_export(tmp_path)).items()}
    assert types == {
        "slack:C0GENERAL": "public_channel",
        "slack:G0DEAL": "private_channel",
        "slack:D0ANNBOB": "im",
        "slack:G0MPIM": "mpim",
        "slack:T0ACME:stray": "unknown",
    }


def test_type_inside_an_entry_beats_its_list(tmp_path: Path) -> None:
    listed = [
        {"id": "C0PRIV", "name": "priv", "is_private": True},
        {"id": "D0IM", "is_im": True, "user": "U0BOB", "members": None},
        {"id": "C0MPIM", "name": "mpdm-a--b-1", "is_mpim": True, "is_private": True},
    ]
    write_export(tmp_path, {}, channels=listed)
    types = {i.summary.key: getattr(i.head, "chat_type", "") for i in read_export(tmp_path).items}
    assert types == {
        "slack:C0PRIV": "private_channel",
        "slack:D0IM": "im",
        "slack:C0MPIM": "mpim",
    }


def test_conversation_without_a_folder_is_an_item_without_messages(tmp_path: Path) -> None:
    write_export(tmp_path, {DAY: [say(T)]}, channels=[GENERAL, {"id": "C0QUIET", "name": "quiet"}])
    items = read_export(tmp_path).by_key
    assert {key: read.summary.records for key, read in items.items()} == {
        "slack:C0GENERAL": 1,
        "slack:C0QUIET": 0,
    }


def test_folder_without_an_entry_is_kept_and_says_so(tmp_path: Path) -> None:
    write_export(tmp_path, {DAY: [say(T)], "F0AB:1712.5/2024-03-01.json": [say(T)]})
    read = stems(read_export(tmp_path))["slack:T0ACME:F0AB:1712.5"]
    assert [finding.kind for finding in read.summary.findings] == ["unlisted_conversation"]
    assert len(read.messages) == 1


def test_team_is_unknown_without_people(tmp_path: Path) -> None:
    write_export(tmp_path, {"stray/2024-03-01.json": [say(T)]}, users=None)
    assert "slack:unknown:stray" in stems(read_export(tmp_path))


def test_name_that_two_entries_claim_is_nobodys(tmp_path: Path) -> None:
    twins = [{"id": "C0ONE", "name": "general"}, {"id": "C0TWO", "name": "general"}]
    write_export(tmp_path, {DAY: [say(T)]}, channels=twins)
    counts = {key: len(read.messages) for key, read in stems(read_export(tmp_path)).items()}
    assert counts == {"slack:T0ACME:general": 1, "slack:C0ONE": 0, "slack:C0TWO": 0}


def test_only_days_are_messages_and_everything_else_has_its_reason(tmp_path: Path) -> None:
    write_export(
        tmp_path,
        {
            DAY: [say(T)],
            "integration_logs.json": [{"service_type": "x"}],
            "canvases.json": [],
            "external_teams.json": [],
            "news_of_next_year.json": [],
            "general/canvas_in_the_conversation.json": [{"id": "F1"}],
            "general/2024-03-01.json.bak": b"[]",
            "general/2024-3-1.json": [say("1.1")],
            "2024-03-02.json": [say("2.1")],
            "general/deeper/2024-03-01.json": [say("3.1")],
        },
    )
    reading = read_export(tmp_path)
    assert reading.account.found == 1
    unknown = "unknown file in a Slack export"
    assert {entry.path: entry.reason for entry in reading.ignored} == {
        "integration_logs.json": "log of app installations, no messages",
        "canvases.json": "list of canvases, no messages",
        "external_teams.json": "list of external connections, no messages",
        "general/canvas_in_the_conversation.json": "canvas of a conversation, no messages",
        "news_of_next_year.json": unknown,
        "general/2024-03-01.json.bak": unknown,
        "general/2024-3-1.json": unknown,
        "2024-03-02.json": unknown,
        "general/deeper/2024-03-01.json": unknown,
    }


def test_uploads_are_passed_over_as_whole_folders_and_hold_no_export(tmp_path: Path) -> None:
    export = {DAY: [say(T)]}
    write_export(tmp_path, export)
    write_export(tmp_path / "__uploads/F0ZIP/unpacked", export)
    write_export(tmp_path / "general/attachments/F0ZIP-unpacked", export)
    (tmp_path / "__uploads/F0ICS").mkdir()
    (tmp_path / "__uploads/F0ICS/meeting.ics").write_text("BEGIN:VCALENDAR")
    (tmp_path / "__avatars").mkdir()
    (tmp_path / "__avatars/U0ANN.png").write_text("x")
    reading = read_export(tmp_path)
    assert [entry.path for entry in reading.ignored] == [
        "__avatars/",
        "__uploads/",
        "general/attachments/",
    ]
    assert len(reading.units) == 1


def test_every_file_of_an_export_is_claimed(tmp_path: Path) -> None:
    write_export(tmp_path, {DAY: [say(T)], "integration_logs.json": [], "general/x.csv": b"a,b"})
    tree = FolderTree(tmp_path)
    found = discover(source("slack"), tree)
    claimed = {f.path for unit in found.units for f in (*unit.files, *unit.context)}
    claimed |= {entry.path for entry in found.ignored}
    assert claimed == {file.path for file in tree.files}


def test_archives_beside_the_conversations_are_left_to_others(tmp_path: Path) -> None:
    others = {"deals.CSV": b"a", "crm/contacts.xlsx": b"a", "team.ics": b"a", "more.zip": b"a"}
    write_export(tmp_path, {DAY: [say(T)], "general/attached.csv": b"a", **others})
    found = discover(source("slack"), FolderTree(tmp_path))
    assert [entry.path for entry in found.ignored] == ["general/attached.csv"]


@pytest.mark.parametrize("users", [[ANN], [{"name": "win", "id": "W0WIN"}]])
def test_empty_channels_beside_people_are_an_export(tmp_path: Path, users: list[Any]) -> None:
    reading = read_export(write_export(tmp_path, {}, channels=[], users=users))
    assert [entry.path for entry in reading.ignored] == ["channels.json", "users.json"]


def test_empty_export_claims_its_lists(tmp_path: Path) -> None:
    write_export(tmp_path, {}, users=[], channels=[])
    assert [entry.path for entry in read_export(tmp_path).ignored] == [
        "channels.json",
        "users.json",
    ]


def test_conversation_folder_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "general").mkdir()
    write_export(
        tmp_path, {DAY: [say(T, user_profile={"real_name": "Ann"})]}, users=None, channels=None
    )
    (tmp_path / "other.csv").write_text("a,b")
    for root in (tmp_path, tmp_path / "general"):
        reading = read_export(root)
        assert list(stems(reading)) == ["slack:unknown:general"]
        assert reading.ignored == []
        assert reading.items[0].messages[0].author == "Ann"


@pytest.mark.parametrize(
    "files",
    [
        {"channels.json": [{"id": "12345", "name": "a discord channel"}]},
        {"channels.json": {"a": 1}},
        {"users.json": [{"id": 1}], "logs/2024-03-01.json": [{"level": "info"}]},
        {"logs/2024-03-01.json": [{"time": "1709283600.1"}]},
        {"users.json": []},
        {"messages.html": b"<html>"},
    ],
)
def test_what_only_looks_alike_by_name_is_left_to_others(
    tmp_path: Path, files: dict[str, Any]
) -> None:
    write_export(
        tmp_path, files, users=files.get("users.json"), channels=files.get("channels.json")
    )
    found = discover(source("slack"), FolderTree(tmp_path))
    assert (found.units, found.ignored, found.problems) == ([], [], [])


def test_listing_order_and_a_second_look_change_nothing(tmp_path: Path) -> None:
    write_export(tmp_path, {DAY: [say(T)], "a/2024-03-01.json": [say(T)], "x.json": []})
    first, second = (read_archive(source("slack"), tmp_path) for _ in range(2))
    assert first == second
    assert len({unit.name for unit in first.units}) == len(first.units)
