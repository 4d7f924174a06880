"""What a run finds out about itself at its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl.closing import Ledger, disagreements, messages_in
from etl.data_etl import DataETL
from etl.settings import Settings
from etl.statistics import Statistics
from etl.summary import summary
from sources.protocol import Account
from sources.records import Summary
from tests.etl.decided import NOBODY, matched
from tests.running import MAPPING, SAMPLE

CHAT = Summary(key="1", kind="telegram_chats", source="telegram", archive="a", title="t", records=2)
DEAL = Summary(key="2", kind="hubspot_deals", source="hubspot", archive="a", title="t")
ACCOUNTS = {
    "telegram": Account(found=5, accepted=2, duplicate=1, ignored={"x": 1}, quarantined=1),
    "hubspot": Account(found=1, accepted=1),
}
HEAD = b'{"chat_name":"t","message_count":2}'


def statistics() -> Statistics:
    statistics = Statistics(["Acme", "Globex"])
    statistics.add(CHAT, matched("Acme", "Globex"))
    statistics.add(DEAL, NOBODY)
    return statistics


def ledger(*messages: int | None) -> Ledger:
    ledger = Ledger()
    for many in messages:
        ledger.note("telegram_chats", "1", HEAD, many)
    ledger.note("hubspot_deals", "2", b"{}", None)
    return ledger


def test_run_that_comes_out_even_has_nothing_to_say() -> None:
    assert list(disagreements(ACCOUNTS, statistics(), ledger(2, 2))) == []
    assert list(disagreements(ACCOUNTS, statistics(), ledger(None, 2))) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"found": 6}, "telegram: found 6, and not so many are accounted for"),
        ({"accepted": 3, "duplicate": 0}, "telegram: 3 were accepted, and the items hold 2"),
    ],
)
def test_account_that_is_not_even_is_said(change: dict[str, Any], said: str) -> None:
    fields: dict[str, Any] = {
        "found": 5,
        "accepted": 2,
        "duplicate": 1,
        "ignored": {"x": 1},
        "quarantined": 1,
    }
    accounts = ACCOUNTS | {"telegram": Account(**(fields | change))}
    assert list(disagreements(accounts, statistics(), ledger(2, 2))) == [said]


def test_item_that_was_not_written_is_said() -> None:
    (said,) = disagreements(ACCOUNTS, statistics(), ledger(2))
    assert said == "telegram_chats: 2 belong in the output, 1 stand there"


def test_message_that_was_not_written_is_said() -> None:
    (said,) = disagreements(ACCOUNTS, statistics(), ledger(2, 1))
    assert said == "messages written are not as many as were counted: 1 has 1 of 2"


def test_text_that_looks_like_a_message_is_none() -> None:
    assert messages_in(rb'{"text":"{\"message_id\":\"1\"}","message_id":"2"}') == 1


def test_run_that_loses_a_message_on_the_way_ends_with_65(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(chunk: bytes, _: object) -> bytes:
        return chunk.rpartition(b',{"author"')[0] or chunk

    monkeypatch.setattr("etl.output.with_our_authors", losing)
    settings = Settings(
        data_dir=SAMPLE,
        mapping=MAPPING,
        output=tmp_path / "o.json",
        db_path=tmp_path / "s.db",
        log_file=tmp_path / "l.log",
        live=False,
    )
    report = DataETL(settings=settings).run_etl()
    assert report.exit_status == 65
    (said,) = report.disagreements
    assert said.startswith("messages written are not as many as were counted: ")
    assert "does not come out even" in report.message
    assert any(said in line for line in summary(report, settings.run_json).splitlines())
