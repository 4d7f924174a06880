"""Whose account was exported, and which names are theirs alone."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sources.protocol import Unit
from sources.telegram.lists import owner_of
from sources.telegram.owner import Writer, in_json
from tests.reading import Read, Reading, merge, read_archive, source
from tests.sources.telegram.export_builder import Page, contents, write, write_full
from tests.sources.telegram.json_builder import account, chat, message, service
from tests.sources.telegram.json_builder import write as write_json
from tests.sources.telegram.readings import read as reading_of
from tests.sources.telegram.readings import said

TIME = "05.03.2024 10:00:00 UTC+00:00"


def page(title: str, *authors: str) -> str:
    made = Page(title, full=True)
    for number, author in enumerate(authors, 1):
        made.message(number, TIME, "x", author=author)
    return made.html()


def read(folder: Path) -> Reading:
    return read_archive(source("telegram"), folder)


def owners(found: Read) -> tuple[str, ...]:
    return found.summary.owners


def pages(
    root: Path, owner: str, title: str, *authors: str, kind: str = "group", count: str = ""
) -> tuple[str, ...]:
    """The owner's names in the one chat of an account."""
    chats = [("chat_1", title, kind, count or f"{len(authors)} messages")]
    write_full(root, chats, {"chat_1": [page(title, *authors)]}, owner=owner)
    return owners(read(root).items[0])


@pytest.mark.parametrize("owner", ["Ada Moss", "Ada", "Ada <&> O'Neil", "Zoë de la Cruz"])
def test_contents_name_the_owner(owner: str) -> None:
    assert owner_of(contents(owner).encode()) == owner


@pytest.mark.parametrize("data", [b"", b"<html>\n</html>\n", bytes(range(256)), b"\xff\xfe<\0"])
def test_what_names_nobody_names_nobody(data: bytes) -> None:
    assert owner_of(data) == ""


def test_owner_of_an_account_is_known_in_its_chats_by_first_and_last_name(tmp_path: Path) -> None:
    assert pages(tmp_path / "a", "Ada Moss", "Acme", "Ada Moss", "Bo") == ("Ada Moss",)
    assert pages(tmp_path / "b", "Ada Moss", "Acme", "Cy", "Bo") == ()
    # two people may be called Ada
    assert pages(tmp_path / "c", "Ada", "Acme", "Ada", "Bo") == ()


def test_in_a_chat_of_two_the_owner_is_who_is_not_its_title(tmp_path: Path) -> None:
    assert pages(tmp_path / "a", "Ada", "Bo", "Ada", "Bo", kind="private") == ("Ada",)
    assert pages(tmp_path / "b", "Ada", "Ada", "Ada", kind="private") == ()


def test_who_wrote_only_outgoing_messages_is_the_owner(tmp_path: Path) -> None:
    half = "2 outgoing messages"
    assert pages(tmp_path / "a", "", "Acme", "Ada", count=half) == ("Ada",)
    # an admin without a name, or a page that says otherwise
    assert pages(tmp_path / "b", "", "Acme", "Acme", count=half) == ()
    assert pages(tmp_path / "c", "", "Acme", "Ada", "Bo", count=half) == ()
    assert pages(tmp_path / "d", "", "Acme", "Acme", kind="channel", count=half) == ()


def test_who_wrote_alone_in_a_chat_that_is_whole_may_be_anybody(tmp_path: Path) -> None:
    assert pages(tmp_path / "a", "", "Acme", "Ada") == ()
    half = "1 outgoing message"
    assert pages(tmp_path / "b", "", "Acme", "Ada", kind="channel", count=half) == ()


def test_whose_id_is_known_is_nobody_else_in_a_chat_of_two() -> None:
    writers = {Writer("Cy", "user3"), Writer("Bo", "user2")}
    assert in_json("user1", "user2", writers) == ()
    assert in_json(None, "user2", writers) == ("Cy",)


def test_owner_of_one_export_is_nobody_in_another(tmp_path: Path) -> None:
    pages(tmp_path / "a", "Ada Moss", "Acme", "Ada Moss")
    write(tmp_path / "b", page("Brindle", "Ada Moss"))
    assert [owners(item) for item in read(tmp_path).items] == [("Ada Moss",), ()]


def test_another_owner_is_read_again(tmp_path: Path) -> None:
    pages(tmp_path, "Ada Moss", "Acme", "Ada Moss")
    units: list[Unit] = []
    for name in ("Ada Moss", "Bo Fox"):
        (tmp_path / "export_results.html").write_text(contents(name), encoding="utf-8")
        units += read(tmp_path).units
    assert units[0] != units[1]


BO: dict[str, Any] = {"from_": "Bo", "from_id": "user12"}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([message(1), message(2, **BO)], ("Ada Park",)),
        ([message(1, from_="Ada"), message(2, **BO)], ("Ada",)),
        ([message(1), message(2, **BO | {"from_": "Ada Park"})], ()),  # another of that name
        ([message(1), message(2, from_="Ada Park", from_id=None)], ()),
        ([service(1, "pin_message"), message(2, **BO)], ("Ada Park",)),
        ([message(2, **BO)], ()),
    ],
)
def test_json_tells_the_owner_by_id(
    tmp_path: Path, messages: list[object], expected: tuple[str, ...]
) -> None:
    write_json(tmp_path, account([chat(messages)]))
    assert owners(read(tmp_path).items[0]) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("personal_chat", ("Ada Park",)), ("bot_chat", ("Ada Park",)), ("private_group", ())],
)
def test_of_a_single_chat_of_two_the_other_one_is_known(
    tmp_path: Path, kind: str, expected: tuple[str, ...]
) -> None:
    write_json(tmp_path, chat([message(1), message(2, **BO)], type=kind, id=12, name="Bo"))
    assert owners(read(tmp_path).items[0]) == expected


def test_a_single_chat_in_which_a_third_writes_tells_nobody(tmp_path: Path) -> None:
    third = message(3, from_="Cy", from_id="user13")
    both = [message(1), message(2, **BO), third]
    write_json(tmp_path, chat(both, type="personal_chat", id=12, name="Bo"))
    assert owners(read(tmp_path).items[0]) == ()


def test_who_writes_alone_in_a_group_that_was_exported_by_itself_may_be_anybody(
    tmp_path: Path,
) -> None:
    write_json(tmp_path, chat([message(1), message(2)], type="private_supergroup"))
    assert owners(read(tmp_path).items[0]) == ()


def owned(found: Read, *names: str) -> Read:
    summary = msgspec.structs.replace(found.item.summary, owners=names)
    return Read(msgspec.structs.replace(found.item, summary=summary), found.messages)


def test_of_a_chat_of_two_accounts_both_owners_are_known() -> None:
    both = [said(1), said(2, author="Ada Moss"), said(3, author="Bo Fox")]
    reads = [owned(reading_of(both), "Ada Moss"), owned(reading_of(both, "B"), "Bo Fox")]
    for order in permutations(reads):
        assert owners(merge(source("telegram"), order).items[0]) == ("Ada Moss", "Bo Fox")


def test_a_name_that_merging_shows_to_be_of_two_is_nobodys() -> None:
    first = [said(n, author="Ada Moss", author_id="user1") for n in (1, 2)]
    other = [*first, said(3, author="Ada Moss", author_id="user2")]
    reads = [owned(reading_of(first), "Ada Moss"), reading_of(other, "B")]
    assert owners(merge(source("telegram"), reads).items[0]) == ()


def test_a_first_name_counts_only_where_every_reading_knows_it() -> None:
    messages = [said(1), said(2)]
    reads = [owned(reading_of(messages), "Ada"), reading_of(messages, "B")]
    assert owners(merge(source("telegram"), reads).items[0]) == ()
    both = [owned(read, "Ada") for read in reads]
    assert owners(merge(source("telegram"), both).items[0]) == ("Ada",)
