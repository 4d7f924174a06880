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
from tests.reading import read_archive, source
from tests.sources.telegram.archives import ids, kinds, read
from tests.sources.telegram.json_builder import account, chat, message, service, text_of, write
from tests.sources.telegram.test_json_stream import VALUES

ANYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
    write(tmp_path, chat([message(1, text="caf@"), message(2, text="café é")]))
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


def test_chat_lost_by_what_stands_astray_in_its_head_is_counted(tmp_path: Path) -> None:
    chats = [chat([message(1)], id=1), chat([message(2), message(3)], name="Bo", id=2)]
    torn = text_of(account(chats)).replace('"name": "Bo",', '"name": "Bo", x')
    write(tmp_path, torn)
    reading = read(tmp_path)
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


CYRILLIC = chat(
    [
        service(1, "create_channel", title="Акме", actor="Акме", actor_id="channel77"),
        *(message(n, from_="Ада Парк", text=f"Привет {n}") for n in range(2, 9)),
    ],
    name="Акме",
    type="private_channel",
)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
@pytest.mark.parametrize("name", ["result.json", "acme.json"])
def test_file_saved_again_in_another_encoding_reads_the_same(
    tmp_path: Path, encoding: str, name: str
) -> None:
    write(tmp_path / "a", CYRILLIC)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / name).write_bytes(text_of(CYRILLIC).encode(encoding))
    one, other = read(tmp_path / "a").items, read(tmp_path / "b").items
    assert [item.messages for item in one] == [item.messages for item in other]
    assert one[0].summary == other[0].summary


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Привет, как дела"),
        ("cp1251", "Да\nНет\tну"),
        ("cp1252", "Müller fährt nach Zürich"),
        ("cp1252", "Grüße"),
    ],
)
def test_encoding_that_nobody_declares_is_guessed_and_said(
    tmp_path: Path, encoding: str, text: str
) -> None:
    said = text_of(chat([message(n, text=text) for n in range(1, 9)]))
    (tmp_path / "result.json").write_bytes(said.encode(encoding))
    (item,) = read(tmp_path).items
    assert [message.text for message in item.messages] == [text] * 8
    assert kinds(item) == {"encoding_guessed": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_file_in_another_encoding_may_be_cut_anywhere(tmp_path: Path, encoding: str) -> None:
    data = text_of(CYRILLIC).encode(encoding)
    for end in range(len(data) // 2, len(data), 97):
        (tmp_path / "result.json").write_bytes(data[:end])
        reading = read(tmp_path)
        (item,) = reading.items
        assert ids(item) == [str(n) for n in range(1, len(item.messages) + 1)]
        assert all("\ufffd" not in message.text for message in item.messages)
        assert [problem.reason for problem in reading.problems] == ["truncated"]


def test_half_a_letter_in_a_wide_encoding_is_reported(tmp_path: Path) -> None:
    data = text_of(chat([message(1, text="a?b"), message(2)])).encode("utf-16-le")
    (tmp_path / "result.json").write_bytes(data.replace(b"?\x00", b"\x3d\xd8"))
    (item,) = read(tmp_path).items
    assert [message.text for message in item.messages] == ["a\ufffdb", ""]
    assert kinds(item) == {"text_damaged": 1}


def test_names_put_in_order_by_another_program_change_nothing(tmp_path: Path) -> None:
    """What is said in a channel depends on its being one, which then stands last."""
    full = account([CYRILLIC, chat([service(3, "create_group", title="B", members=["Bo"])], id=5)])
    for name, is_sorted in (("a", False), ("b", True)):
        write(tmp_path / name, json.dumps(full, sort_keys=is_sorted))
    one, other = read(tmp_path / "a").items, read(tmp_path / "b").items
    assert one[0].messages[0].text == "Channel «Акме» created"
    assert [item.messages for item in one] == [item.messages for item in other]


def test_file_put_in_order_and_cut_keeps_what_is_whole(tmp_path: Path) -> None:
    text = json.dumps(account([chat([message(1), message(2)]), CYRILLIC]), sort_keys=True)
    end = text.index('"id": 5,')
    write(tmp_path, text[:end])
    first, second = read(tmp_path).items
    assert (ids(first), ids(second)) == (["1", "2"], ["1", "2", "3", "4"])
    assert kinds(second)["truncated_file"] == 1


def test_chat_without_a_list_of_messages_says_so(tmp_path: Path) -> None:
    bare = {"name": "Acme", "type": "private_group", "id": 5}
    odd = bare | {"id": 6, "messages": {"0": message(1)}}
    write(tmp_path, account([bare, odd, chat([], id=7)]))
    assert [kinds(item) for item in read(tmp_path).items] == [
        {"messages_missing": 1},
        {"messages_missing": 1},
        {},
    ]


OWN = [message(n, from_id="user11") for n in range(1, 4)]


@pytest.mark.parametrize(
    ("messages", "kind", "is_said"),
    [
        (OWN, "private_supergroup", True),
        ([*OWN, service(9, "pin_message")], "private_group", True),
        (OWN[:2], "private_group", False),
        (OWN, "personal_chat", False),
        (OWN, "public_channel", False),
        ([*OWN, message(9, from_id="user12")], "private_group", False),
        ([*OWN, service(9, "pin_message", actor_id="user12")], "private_group", False),
    ],
)
def test_group_in_which_only_the_exporting_user_speaks_is_perhaps_half(
    tmp_path: Path, messages: list[object], kind: str, is_said: bool
) -> None:
    write(tmp_path, account([chat(messages, type=kind)]))
    (item,) = read(tmp_path).items
    assert ("perhaps_half" in kinds(item)) is is_said


def test_who_exported_a_single_chat_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, chat(OWN))
    (item,) = read(tmp_path).items
    assert kinds(item) == {}


def test_file_put_in_order_and_cut_anywhere_ends_and_is_reported(tmp_path: Path) -> None:
    text = json.dumps(account([chat([message(1), message(2)]), CYRILLIC]), sort_keys=True)
    for end in range(text.index('"id": 2'), text.index('"contacts"'), 29):
        write(tmp_path, text[:end])
        reading = read(tmp_path)
        assert [problem.reason for problem in reading.problems] == ["truncated"]
        assert [ids(item) for item in reading.items] == [
            [str(n) for n in range(1, len(item.messages) + 1)] for item in reading.items
        ]
