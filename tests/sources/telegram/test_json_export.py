"""Whole ``result.json`` files, whole and broken."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources._archive import FolderTree
from sources.errors import ChangedWhileRead
from sources.protocol import Unit
from tests.reading import Read, Reading, read_archive, source
from tests.sources.telegram.json_builder import account, chat, message, service, text_of, write
from tests.sources.telegram.test_json_stream import VALUES

ANYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, **options: str) -> Reading:
    reading = read_archive(source("telegram", **options), folder)
    assert reading.account.balanced
    return reading


def kinds(found: Read) -> dict[str, int]:
    return {finding.kind: finding.count for finding in found.summary.findings}


def ids(found: Read) -> list[str]:
    return [message.message_id for message in found.messages]


def test_account_gives_an_item_per_chat_left_ones_included(tmp_path: Path) -> None:
    chats = [chat([message(n)], name=f"Acme {n}", id=n) for n in (1, 2)]
    write(tmp_path / "Mine", account(chats, [chat([], name="Left", id=3)]))
    reading = read(tmp_path)
    assert [item.summary.title for item in reading.items] == ["Acme 1", "Acme 2", "Left"]
    assert [unit.name for unit in reading.units] == ["Mine/result.json"]
    assert {item.summary.archive for item in reading.items} == {"Mine"}
    assert len(reading.by_key) == 3
    assert (reading.account.found, reading.account.accepted) == (2, 2)


@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("personal_chat", ("personal",)),
        ("bot_chat", ("personal", "bot")),
        ("saved_messages", ("personal",)),
        ("private_supergroup", ()),
        ("public_supergroup", ("public",)),
        ("public_channel", ("public",)),
    ],
)
def test_type_is_the_vendors_word_and_flags_follow(
    tmp_path: Path, kind: str, flags: tuple[str, ...]
) -> None:
    write(tmp_path, chat([message(1)], type=kind))
    (item,) = read(tmp_path).items
    assert item.summary.flags == flags
    assert item.head.chat_type == kind  # type: ignore[union-attr]


def test_full_name_of_the_other_person_is_an_alias(tmp_path: Path) -> None:
    write(tmp_path, chat([message(1, from_="Bo Reyes", from_id="user12")], name="Bo", id=12) | P)
    (item,) = read(tmp_path).items
    assert (item.summary.title, item.summary.aliases) == ("Bo", ("Bo Reyes",))
    assert "telegram:id:user12" in item.summary.identity


P = {"type": "personal_chat"}


def test_what_follows_the_messages_counts_too(tmp_path: Path) -> None:
    raw = chat([message(1)], name="Acme", id=5)
    write(tmp_path, json.dumps(raw, sort_keys=True))
    (item,) = read(tmp_path).items
    assert item.summary.title == "Acme"
    assert "telegram:id:channel5" in item.summary.identity


def test_migrated_history_keeps_its_negative_ids_in_order(tmp_path: Path) -> None:
    write(tmp_path, chat([message(-999999943), message(-999999942), message(1)]))
    (item,) = read(tmp_path).items
    assert ids(item) == ["-999999943", "-999999942", "1"]
    assert kinds(item) == {}


def test_file_cut_anywhere_keeps_every_whole_message(tmp_path: Path) -> None:
    text = text_of(chat([message(1), message(2), message(3)]))
    for end in range(text.index('"id": 1,') + 30, len(text) - 1, 7):
        write(tmp_path, text[:end])
        reading = read(tmp_path)
        (item,) = reading.items
        assert len(item.messages) == text[:end].count("\n  }"), end
        assert kinds(item)["truncated_file"] == 1
        assert [problem.reason for problem in reading.problems] == ["truncated"]
        assert reading.account.accepted == len(item.messages)
        assert reading.account.quarantined == reading.account.found - len(item.messages)


def test_account_cut_in_a_chat_keeps_the_chats_before(tmp_path: Path) -> None:
    text = text_of(account([chat([message(1)], id=1), chat([message(2), message(3)], id=2)]))
    write(tmp_path, text[: text.index('"id": 3') + 30])
    reading = read(tmp_path)
    assert [ids(item) for item in reading.items] == [["1"], ["2"]]
    assert [list(kinds(item)) for item in reading.items] == [[], ["truncated_file"]]
    assert (reading.account.found, reading.account.quarantined) == (3, 1)


def test_control_characters_are_repaired_and_reported(tmp_path: Path) -> None:
    text = text_of(chat([message(1, text="bell @"), message(2, text="C:\\x07")]))
    write(tmp_path, text.replace("@", "\\x07"))
    (item,) = read(tmp_path).items
    assert [said.text for said in item.messages] == ["bell \x07", "C:\\x07"]
    assert kinds(item) == {"escapes_repaired": 1}


def test_bytes_that_are_no_text_are_replaced_and_reported(tmp_path: Path) -> None:
    write(tmp_path, chat([message(1, text="caf@"), message(2)]))
    file = tmp_path / "result.json"
    file.write_bytes(file.read_bytes().replace(b"@", b"\xe9"))
    (item,) = read(tmp_path).items
    assert item.messages[0].text == "caf\ufffd"
    assert kinds(item) == {"text_damaged": 1}


def test_message_that_is_none_is_quarantined_alone(tmp_path: Path) -> None:
    text = text_of(chat([message(1), "@", None, {"type": "message"}, message(2)]))
    write(tmp_path, text.replace('"@"', '{"id": 9, "type": "message", "text": oops}'))
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2"]
    (problem,) = reading.problems
    assert (problem.reason, problem.found) == ("malformed", 3)
    assert (reading.account.found, reading.account.quarantined) == (5, 3)


def test_message_met_twice_is_a_duplicate_and_another_of_its_id_a_conflict(tmp_path: Path) -> None:
    other = message(1, "2024-04-01T00:00:00")
    write(tmp_path, chat([message(1), message(2), message(1), other]))
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2"]
    assert kinds(reading.items[0]) == {"duplicate_messages": 1, "id_conflict": 1}
    assert [problem.reason for problem in reading.problems] == ["id_conflict"]
    assert (reading.account.duplicate, reading.account.quarantined) == (1, 1)


def test_messages_where_no_reader_looks_are_found_and_reported(tmp_path: Path) -> None:
    write(tmp_path, text_of(chat([message(1)])) + text_of(chat([message(2), message(3)])))
    reading = read(tmp_path)
    assert [ids(item) for item in reading.items] == [["1"]]
    assert [(p.reason, p.found) for p in reading.problems] == [("count_differs", 2)]
    assert (reading.account.found, reading.account.quarantined) == (3, 2)


def test_what_follows_far_behind_the_end_is_found_too(tmp_path: Path) -> None:
    text = text_of(chat([message(1)]))
    write(tmp_path, text + " " * 2**22 + text)
    reading = read(tmp_path)
    assert (reading.account.found, reading.account.quarantined) == (2, 1)


def test_messages_come_in_runs_however_many_there_are(tmp_path: Path) -> None:
    write(tmp_path, chat([message(n) for n in range(1, 2502)]))
    reader, tree = source("telegram"), FolderTree(tmp_path)
    (unit,) = [found for found in reader.discover(tree) if isinstance(found, Unit)]
    runs = [len(y) for y in reader.read(unit, tree) if isinstance(y, list)]
    assert runs == [1000, 1000, 501]


def test_local_times_are_read_in_the_zone_of_the_settings(tmp_path: Path) -> None:
    raw = message(1, "2019-07-01T10:00:00")
    del raw["date_unixtime"]
    write(tmp_path, chat([raw]))
    (item,) = read(tmp_path, telegram_timezone="Europe/Berlin").items
    assert item.messages[0].timestamp == "2019-07-01T08:00:00Z"
    assert kinds(item) == {"zone_from_settings": 1}


def test_in_a_zip_at_any_depth(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b/result.json", text_of(chat([message(1)])))
    reading = read(tmp_path / "x.zip")
    assert [item.summary.archive for item in reading.items] == ["x.zip!a/b"]


def test_file_that_vanished_is_raised(tmp_path: Path) -> None:
    write(tmp_path, chat([message(1)]))
    reader = source("telegram")
    tree = FolderTree(tmp_path)
    (unit,) = [found for found in reader.discover(tree) if isinstance(found, Unit)]
    (tmp_path / "result.json").unlink()
    with pytest.raises(ChangedWhileRead):
        list(reader.read(unit, tree))


@ANYWHERE
@given(st.lists(VALUES | st.builds(dict, st.dictionaries(st.text(), VALUES))))
def test_any_values_among_messages_end_balanced(tmp_path: Path, values: list[object]) -> None:
    write(tmp_path, json.dumps(chat([*values, message(1), service(2, "pin_message")])))
    reading = read(tmp_path)
    assert reading.account.found == len(values) + 2
    assert ids(reading.items[0])[-2:] == ["1", "2"]


@ANYWHERE
@given(st.data())
def test_noise_anywhere_ends_without_a_crash_and_nothing_appears(
    tmp_path: Path, data: st.DataObject
) -> None:
    said = [message(n, text=f"text {n}") for n in range(1, 6)]
    text = text_of(account([chat(said[:3], id=1), chat(said[3:], id=2)]))
    at = data.draw(st.integers(700, len(text)))
    noise = data.draw(st.text(max_size=8) | st.sampled_from(['"', "\\", "]", "}}", "{", "[", ","]))
    gone = data.draw(st.integers(0, 30))
    whole = text[:at] + noise.encode("utf-8", "replace").decode() + text[at + gone :]
    write(tmp_path, whole)
    reading = read_archive(source("telegram"), tmp_path)
    assert reading.account.accepted == sum(len(item.messages) for item in reading.items) <= 5
