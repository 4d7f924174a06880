from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl import output
from etl.contract.content_hash import content_sha256
from etl.current import make_live
from etl.matching.decisions import Decision
from etl.merging import Merged
from etl.output import content, write
from etl.placing import place_all
from etl.reading import read_batch
from etl.state import State
from etl.statistics import Statistics
from etl.written import Written
from sources.records import KINDS
from tests.etl import fake_source
from tests.etl.decided import matched, matcher, review

COMPANIES = {"Globex": {"rows": [2]}, "Acme": {"rows": [1]}}


def metadata(sha256: str) -> dict[str, Any]:
    return {"schema_version": "1.0", "content_sha256": sha256}


@pytest.fixture
def placed(tmp_path: Path, state: State, fake: None) -> State:
    """Four chats: of one company, of two, in review, of nobody."""
    fake_source.write(
        tmp_path / "d" / "a.fake",
        *("message one", "message two", "item one"),
        *("message shared é 猫", "item both"),
        *("message doubtful", "item doubt"),
        *("message nobody's", "item nobody"),
        *("item also",),
    )
    result = read_batch(fake_source.job(tmp_path / "d"))
    state.commit(result, ["mark"])
    state.execute("INSERT INTO current SELECT id FROM units")
    make_live(state, Merged())
    decisions: dict[str, Decision] = {
        "one": matched("Acme"),
        "also": matched("Acme"),
        "both": matched("Acme", "Globex"),
        "doubt": review("Acme"),
    }
    list(place_all(state, matcher(decisions), Statistics(COMPANIES)))
    return state


def written(
    path: Path, state: State, *, intact: str | None = None, include_unmatched: bool = False
) -> Written:
    pieces = content(state, {"total": 4}, COMPANIES, include_unmatched=include_unmatched)
    return write(path, pieces, metadata, intact)


def test_the_keys_stand_in_the_order_of_the_contract(tmp_path: Path, placed: State) -> None:
    written(tmp_path / "out.json", placed)
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert list(whole) == ["metadata", "statistics", "companies", "review", "unmatched"]
    assert list(whole["companies"]) == ["Acme", "Globex"]
    for company in whole["companies"].values():
        assert list(company) == ["company_info", *KINDS]
    assert list(whole["review"]) == list(whole["unmatched"]) == list(KINDS)
    assert whole["companies"]["Globex"]["company_info"] == {"rows": [2]}


def test_items_stand_sorted_under_each_of_their_companies(tmp_path: Path, placed: State) -> None:
    written(tmp_path / "out.json", placed)
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    acme, globex = (whole["companies"][name]["telegram_chats"] for name in ("Acme", "Globex"))
    assert [item["key"] for item in acme] == ["also", "both", "one"]
    assert [item["key"] for item in globex] == ["both"]
    one = acme[2]
    assert list(one)[:4] == ["key", "source", "archive", "findings"]
    assert [message["text"] for message in one["messages"]] == ["one", "two"]
    assert one["message_count"] == 2
    assert one["match"]["score"] == 1.0
    assert acme[0]["messages"] == []
    assert acme[1]["shared_with"] == ["Globex"]
    assert globex[0]["messages"][0]["text"] == "shared é 猫"
    assert globex[0]["shared_with"] == ["Acme"]


@pytest.mark.parametrize("include", [False, True])
def test_messages_of_unmatched_items_are_written_when_asked_for(
    tmp_path: Path, placed: State, include: bool
) -> None:
    written(tmp_path / "out.json", placed, include_unmatched=include)
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    (doubt,) = whole["review"]["telegram_chats"]
    (nobody,) = whole["unmatched"]["telegram_chats"]
    assert ("messages" in doubt) == ("messages" in nobody) == include
    assert doubt["candidates"][0]["company"] == "Acme"
    assert nobody["reason"] == "nothing fits"
    assert nobody["message_count"] == 1


def test_chunks_are_laid_end_to_end(
    tmp_path: Path, state: State, fake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.frames.CHUNK_BYTES", 300)
    texts = [f"message {number}" for number in range(20)]
    fake_source.write(tmp_path / "d" / "a.fake", *texts, "item one")
    state.commit(read_batch(fake_source.job(tmp_path / "d")), ["mark"])
    state.execute("INSERT INTO current SELECT id FROM units")
    make_live(state, Merged())
    list(place_all(state, matcher({"one": matched("Acme")}), Statistics(COMPANIES)))
    written(tmp_path / "out.json", state)
    whole = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    (one,) = whole["companies"]["Acme"]["telegram_chats"]
    assert [message["text"] for message in one["messages"]] == list(map(str, range(20)))


def test_the_hash_covers_exactly_statistics_to_the_final_brace(
    tmp_path: Path, placed: State
) -> None:
    path = tmp_path / "out.json"
    said = written(path, placed)
    data = path.read_bytes()
    assert data.endswith(b"}")
    covered = data[data.index(b'"statistics"') :]
    assert said.content_sha256 == hashlib.sha256(covered).hexdigest()
    assert json.loads(data)["metadata"]["content_sha256"] == said.content_sha256
    with path.open("rb") as stream:
        assert content_sha256(stream) == said.content_sha256
    assert said.front is not None
    front = data[: data.index(b'"statistics"')]
    assert said.front == (len(front), hashlib.sha256(front).hexdigest())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_metadata_that_grows_a_little_fits_and_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    pieces = [b'"statistics":{},"companies":{}}']

    def growing(sha256: str) -> dict[str, Any]:
        return {"sha": sha256, "more": "x" * asked.pop(0)}

    hashes = set()
    for growth in (0, 1, output._SLACK - 1):
        asked = [10, 10 + growth]
        hashes.add(write(path, iter(pieces), growing, None).content_sha256)
        whole = json.loads(path.read_bytes())
        assert len(whole["metadata"]["more"]) == 10 + growth
        assert whole["companies"] == {}
    assert len(hashes) == 1


def test_metadata_that_outgrows_its_room_spoils_no_output(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    asked = [0, output._SLACK + 1]

    def growing(sha256: str) -> dict[str, Any]:
        return {"sha": sha256, "more": "x" * asked.pop(0)}

    with pytest.raises(ValueError, match="metadata"):
        write(path, iter([b'"statistics":{}}']), growing, None)
    assert path.read_text() == "old"


def test_the_same_content_leaves_the_file_alone(tmp_path: Path, placed: State) -> None:
    path = tmp_path / "out.json"
    first = written(path, placed)
    os.utime(path, ns=(5, 5))
    again = written(path, placed, intact=first.content_sha256)
    assert again.left_alone
    assert again.content_sha256 == first.content_sha256
    assert path.stat().st_mtime_ns == 5
    other = written(path, placed, intact="0" * 64)
    assert not other.left_alone
    assert path.stat().st_mtime_ns != 5
    assert [file.name for file in tmp_path.iterdir() if "tmp" in file.name] == []


def test_an_error_in_the_middle_leaves_the_earlier_output(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")

    def half() -> Iterator[bytes]:
        yield b'"statistics":'
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write(path, half(), metadata, None)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.json"]


def test_no_company_and_no_item_is_a_whole_output_too(tmp_path: Path, state: State) -> None:
    make_live(state, Merged())
    list(place_all(state, matcher({}), Statistics([])))
    write(tmp_path / "o.json", content(state, {}, {}, include_unmatched=True), metadata, None)
    whole = json.loads((tmp_path / "o.json").read_bytes())
    assert whole["companies"] == {}
    assert all(array == [] for array in whole["review"].values())
