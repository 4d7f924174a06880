from __future__ import annotations

from pathlib import Path

import pytest

from etl.current import make_live
from etl.items import Items
from etl.merging import Merged
from etl.reading import read_batch
from etl.state import State
from tests.etl.fake_source import job, write

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def items(tmp_path: Path, state: State) -> Items:
    write(tmp_path / "d" / "a.fake", "message one", "message two", "item b", "item a")
    result = read_batch(job(tmp_path / "d"))
    state.commit(result, ["mark"])
    state.execute("INSERT INTO current SELECT id FROM units")
    make_live(state, Merged())
    return Items(state, ("telegram_chats",))


def test_items_are_a_mapping_sorted_by_key(items: Items) -> None:
    assert list(items) == ["a", "b"]
    assert len(items) == 2
    assert "a" in items
    assert "c" not in items
    with pytest.raises(KeyError, match="c"):
        items["c"]


def test_an_item_gives_its_record_and_its_messages_when_asked(items: Items) -> None:
    item = items["b"]
    assert item.summary.key == "b"
    assert item.record["chat_name"] == "b"
    assert "messages" not in item.record
    assert [message.text for message in item.messages()] == ["one", "two"]


def test_items_of_other_kinds_are_not_among_them(items: Items, state: State) -> None:
    others = Items(state, ("hubspot_deals", "hubspot_contacts"))
    assert len(others) == 0
    assert list(others) == []
    assert "a" not in others
