from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import msgspec
import pytest

from etl.contract.items import PASSING
from tests.reading import Read
from tests.sources.slack.writing import ANN, read_export, read_one, say, write_export

T = "1709283600.000100"


def unlisted(root: Path, folder: str, *entries: object, users: object = (ANN,)) -> Read:
    days = {f"{folder}/2024-03-01.json": list(entries)}
    return read_one(write_export(root, days, users=users, channels=[]))


def test_unlisted_key_is_workspace_folder_and_beginning(tmp_path: Path) -> None:
    read = unlisted(tmp_path, "support", say(T, "acme"))
    assert read.summary.key == "slack:T0ACME:support:2cd64b5b"
    assert read.summary.identity == ("slack:folder:support",)


def test_unlisted_key_outlives_later_messages_and_other_names_of_people(tmp_path: Path) -> None:
    first = say(T, "hi <@U0ANN> in <#C0GENERAL>")
    ann = {**ANN, "profile": {"display_name": "Annie"}}
    short = unlisted(tmp_path / "short", "support", first)
    longer = unlisted(
        tmp_path / "longer", "support", first, say("1709283601.000100", "more"), users=[ann]
    )
    assert short.messages[0].text != longer.messages[0].text
    assert short.summary.key == longer.summary.key


@pytest.mark.parametrize(
    ("ts", "text", "user"),
    [("1709283600.000101", "a", "U0ANN"), (T, "b", "U0ANN"), (T, "a", "U0BOB")],
)
def test_unlisted_key_differs_when_the_first_message_does(
    tmp_path: Path, ts: str, text: str, user: str
) -> None:
    one = unlisted(tmp_path / "one", "support", say(T, "a"))
    other = unlisted(tmp_path / "other", "support", say(ts, text, user))
    assert one.summary.key != other.summary.key


@pytest.mark.parametrize("folder", ["chat_1", "chat_007", "x-chat_2024", "chat_1:2", "a\\chat_3"])
def test_no_folder_makes_a_key_that_the_contract_refuses(tmp_path: Path, folder: str) -> None:
    if os.sep in folder or (sys.platform == "win32" and re.search(r"[:\\]", folder)):
        pytest.skip("no folder of this system can be called that")
    key = unlisted(tmp_path, folder, say(T)).summary.key
    assert not PASSING.search(key)
    assert not re.search(r"[/\\]|chat_\d", key)


@pytest.mark.parametrize("name", ["chat_1", "a/b", "\\\\host", "C0ONE/chat_2"])
def test_no_id_makes_a_key_that_the_contract_refuses(tmp_path: Path, name: str) -> None:
    channels = [{"id": "C0ONE", "name": "one"}, {"id": name, "name": "two"}]
    users = [{"id": "U0ANN", "team_id": name}]
    days = {"stray/2024-03-01.json": [say(T)]}
    keys = read_export(write_export(tmp_path, days, channels=channels, users=users)).by_key
    assert len(keys) == 3
    assert not [key for key in keys if PASSING.search(key) or re.search(r"[/\\]|chat_\d", key)]


def test_names_that_look_alike_without_what_a_key_may_not_hold_stay_apart(tmp_path: Path) -> None:
    one = unlisted(tmp_path / "one", "chat_1", say(T))
    other = unlisted(tmp_path / "other", "chat-1", say(T))
    assert one.summary.key != other.summary.key


def test_folder_called_by_its_id_has_that_id(tmp_path: Path) -> None:
    read = unlisted(tmp_path, "D0ANNBOB12", say(T))
    assert read.summary.key == "slack:D0ANNBOB12"
    assert read.summary.identity == ()
    assert [finding.kind for finding in read.summary.findings] == ["unlisted_conversation"]


@pytest.mark.parametrize("folder", ["DOCUMENTS", "C0", "U0ANNBOB12", "d0annbob12", "D0ANN-BOB1"])
def test_folder_called_otherwise_has_none(tmp_path: Path, folder: str) -> None:
    read = unlisted(tmp_path, folder, say(T))
    assert read.summary.key.startswith(f"slack:T0ACME:{folder}:")


@pytest.mark.skipif(sys.platform != "linux", reason="names of this system are text")
def test_folder_whose_name_is_no_text_can_be_written(tmp_path: Path) -> None:
    read = unlisted(tmp_path, os.fsdecode(b"caf\xe9"), say(T))
    assert msgspec.json.encode([read.summary, read.head])
