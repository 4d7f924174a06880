"""The generated account: the same every time, read by ours and by the reference as meant."""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks import reference
from benchmarks.account import plan
from benchmarks.account.writing import Account, write
from benchmarks.comparing import compared, differences
from sources.telegram.count import count_messages
from tests.reading import Reading, read_archive, source

TINY = 90


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Account:
    account = Account(tmp_path_factory.mktemp("account"))
    write(account, TINY)
    return account


@pytest.fixture(scope="module")
def told(tiny: Account) -> dict[str, list[dict[str, Any]]]:
    """The oracle, chat by chat."""
    chats = defaultdict(list)
    for chat, facts in tiny.told():
        chats[chat].append(facts)
    return chats


@pytest.fixture(scope="module")
def reading(tiny: Account) -> Reading:
    return read_archive(source("telegram"), tiny.data)


def plainly(messages: object) -> Any:
    """As they would stand in the output."""
    return msgspec.json.decode(msgspec.json.encode(messages))


def test_account_is_the_same_every_time(tiny: Account, tmp_path: Path) -> None:
    again = Account(tmp_path)
    write(again, TINY)

    def digests(account: Account) -> dict[str, str]:
        files = [path for path in account.folder.rglob("*") if path.is_file()]
        return {
            path.relative_to(account.folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in files
        }

    assert digests(again) == digests(tiny)


def test_chat_is_the_same_in_an_account_of_any_size() -> None:
    assert set(plan.chats(80)) <= set(plan.chats(16))


def test_account_has_the_sizes_of_a_real_one() -> None:
    planned = plan.chats()
    assert len(planned) == 3958
    assert len(planned) + sum(chat.further for chat in planned) == 4046
    assert 80e6 < sum(chat.size for chat in planned if not chat.further) < 140e6


def test_pages_hold_what_the_oracle_tells(tiny: Account) -> None:
    figures = tiny.figures
    tags = sum(count_messages(path.read_bytes()) for path in tiny.pages())
    assert tags == figures["messages"] + figures["separators"]
    assert figures["messages"] == sum(1 for _ in tiny.told())
    assert figures["bytes"] == sum(path.stat().st_size for path in tiny.pages())


def test_account_holds_every_kind_of_message(told: dict[str, list[dict[str, Any]]]) -> None:
    messages = list(chain.from_iterable(told.values()))
    media = chain.from_iterable(facts.get("media", ()) for facts in messages)
    names = set(chain.from_iterable(messages))
    assert {entry["kind"] for entry in media} >= {"photo", "sticker", "video", "file", "animation"}
    assert names >= {"forwarded_from", "forwarded_at", "reply_to", "reply_elsewhere", "reactions"}
    assert names >= {"links", "mentions", "buttons", "signature", "via_bot", "subtype", "date"}
    assert any("forwarded_from" in m and "forwarded_at" not in m for m in messages), "no run"
    scripts = "".join(facts["text"] for facts in messages)
    assert all(letter in scripts for letter in "aяم节👍"), "a script is missing"


def test_our_reader_agrees_with_the_oracle(
    reading: Reading, told: dict[str, list[dict[str, Any]]]
) -> None:
    assert reading.problems == []
    assert reading.account.quarantined == 0
    assert len(reading.items) == len(told)
    for read, unit in zip(reading.items, reading.units, strict=True):
        facts = told[unit.name.rpartition("/")[2]]
        assert compared(plainly(read.messages), facts) == {"messages": len(facts)}


def test_reference_agrees_with_the_oracle(
    tiny: Account, told: dict[str, list[dict[str, Any]]]
) -> None:
    read = dict(reference.export(tiny.export))
    assert read.keys() == told.keys()
    for chat, facts in told.items():
        assert compared(read[chat], facts) == {"messages": len(facts)}


def test_difference_in_an_output_is_seen(tiny: Account, tmp_path: Path) -> None:
    chats: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for chat, facts in tiny.told():
        chats[chat].append(facts)
    (first, messages), *others = chats.items()
    changed = {**messages[0], "text": "other", "media": [{"kind": "file"}]}
    arrays = [{"directory": f"e/chats/{chat}", "messages": m} for chat, m in others[1:]]
    arrays.append({"directory": f"e/chats/{first}", "messages": [changed, *messages[1:], changed]})
    output = tmp_path / "o.json"
    nothing: dict[str, list[object]] = {"telegram_chats": []}
    written = {"companies": {"A": {"telegram_chats": arrays}}, "review": nothing}
    output.write_text(json.dumps(written | {"unmatched": nothing}), encoding="utf-8")
    found = differences(tiny, output)
    lost = len(others[0][1])
    told = sum(map(len, chats.values()))
    assert found == {"messages": told + 1, "missing": lost, "extra": 1, "text": 1, "media": 1}
