from __future__ import annotations

import random
from itertools import permutations

import msgspec

from etl.statistics import Statistics
from sources.protocol import Account
from sources.records import KINDS, SOURCE_OF, Finding, Kind, Summary
from tests.etl.decided import NOBODY, matched, review

COMPANIES = ["Globex", "Acme", "Empty"]


def summary(key: str, kind: Kind, *findings: Finding) -> Summary:
    source = SOURCE_OF[kind]
    return Summary(key=key, kind=kind, source=source, archive="a", title="t", findings=findings)


ZONE = Finding(kind="zone_assumed", detail="d", count=3)
HALF = Finding(kind="half_conversation", detail="d")
GIVEN = [
    (summary("1", "telegram_chats", ZONE, HALF), matched("Acme")),
    (summary("2", "telegram_chats", ZONE), matched("Acme", "Globex")),
    (summary("3", "slack_channels"), matched("Acme")),
    (summary("4", "calendar_meetings"), review("Acme", "Globex")),
    (summary("5", "hubspot_deals"), matched("Globex")),
    (summary("6", "hubspot_contacts"), NOBODY),
    (summary("7", "telegram_chats"), NOBODY),
]


def counted(seed: int = 0) -> Statistics:
    statistics = Statistics(COMPANIES)
    given = list(GIVEN)
    random.Random(seed).shuffle(given)
    for entry in given:
        statistics.add(*entry)
    return statistics


def test_totals_count_an_item_once_however_many_companies_share_it() -> None:
    said = counted().result({}, {})
    assert said["total_telegram_chats"] == 3
    assert said["matched_telegram_chats"] == 2
    assert said["total_calendar_meetings"] == 1
    assert said["matched_calendar_meetings"] == 0
    assert said["total_hubspot_deals"] == said["matched_hubspot_deals"] == 1
    assert said["items"]["telegram_chats"] == {
        "accepted": 3,
        "matched": 2,
        "review": 0,
        "unmatched": 1,
    }
    assert said["items"]["calendar_meetings"]["review"] == 1
    assert list(said["items"]) == list(KINDS)


def test_every_company_is_covered_or_said_not_to_be() -> None:
    said = counted().result({}, {})
    assert said["total_companies"] == 3
    assert said["data_coverage"] == {
        "Acme": {
            "sources_count": 2,
            "has_slack": True,
            "has_telegram": True,
            "has_calendar": False,
            "has_hubspot": False,
            "matched": 3,
            "review": 1,
        },
        "Empty": {
            "sources_count": 0,
            "has_slack": False,
            "has_telegram": False,
            "has_calendar": False,
            "has_hubspot": False,
            "matched": 0,
            "review": 0,
        },
        "Globex": {
            "sources_count": 2,
            "has_slack": False,
            "has_telegram": True,
            "has_calendar": False,
            "has_hubspot": True,
            "matched": 2,
            "review": 1,
        },
    }
    assert [said[f"companies_with_{s}"] for s in ("slack", "telegram", "calendar", "hubspot")] == [
        1,
        2,
        0,
        1,
    ]


def deal(status: str, amount: str | None, currency: str | None = "EUR") -> bytes:
    return msgspec.json.encode(
        {"id": "1", "status": status, "amount": amount, "currency": currency}
    )


def test_deleted_deal_counts_in_no_total() -> None:
    statistics = Statistics(COMPANIES)
    gone = msgspec.json.decode(deal("won", "5")) | {"deleted": True}
    statistics.add_deal(msgspec.json.encode(gone), matched("Acme"))
    assert statistics.result({}, {})["deal_totals"]["Acme"]["count"] == 0


def test_deals_are_counted_and_summed_by_company_and_currency() -> None:
    statistics = Statistics(COMPANIES)
    statistics.add_deal(deal("won", "0.10"), matched("Acme"))
    statistics.add_deal(deal("won", "0.2"), matched("Acme", "Globex"))
    statistics.add_deal(deal("open", "5", "USD"), matched("Acme"))
    statistics.add_deal(deal("lost", "-7", None), matched("Acme"))
    statistics.add_deal(deal("open", None), matched("Acme"))
    said = statistics.result({}, {})["deal_totals"]
    assert said["Acme"] == {
        "count": 5,
        "open": 2,
        "won": 2,
        "lost": 1,
        "total_value": {"EUR": "0.30", "USD": "5", "unknown": "-7"},
        "won_value": {"EUR": "0.30"},
    }
    assert list(said["Acme"]["total_value"]) == ["EUR", "USD", "unknown"]
    assert said["Globex"]["won_value"] == {"EUR": "0.2"}
    assert said["Empty"] == {
        "count": 0,
        "open": 0,
        "won": 0,
        "lost": 0,
        "total_value": {},
        "won_value": {},
    }


def test_no_cent_of_a_sum_is_rounded_away_in_any_order() -> None:
    amounts = ["123456789012345678901234567890", "0.01", "0.001", "-0.01"]
    for given in permutations(amounts):
        statistics = Statistics(["Acme"])
        for amount in given:
            statistics.add_deal(deal("open", amount), matched("Acme"))
        total = statistics.result({}, {})["deal_totals"]["Acme"]["total_value"]
        assert total == {"EUR": "123456789012345678901234567890.001"}


def test_findings_are_counted_by_item_and_by_record() -> None:
    assert counted().result({}, {})["findings"] == {
        "half_conversation": {"items": 1, "count": 1},
        "zone_assumed": {"items": 2, "count": 6},
    }


def test_the_same_finding_twice_is_of_one_item() -> None:
    statistics = Statistics([])
    statistics.add(summary("1", "hubspot_deals", HALF, HALF), NOBODY)
    assert statistics.result({}, {})["findings"] == {"half_conversation": {"items": 1, "count": 2}}


def test_accounts_stand_by_source_with_reasons_sorted() -> None:
    account = Account(found=9, accepted=4, duplicate=2, ignored={"b": 1, "a": 1}, quarantined=1)
    said = counted().result({"telegram": account, "slack": Account()}, {"telegram": 3})
    assert list(said["accounting"]) == ["slack", "telegram"]
    telegram = said["accounting"]["telegram"]
    assert telegram == {
        "found": 9,
        "accepted": 4,
        "duplicate": 2,
        "ignored": {"a": 1, "b": 1},
        "quarantined": 1,
        "expanded": 0,
        "units_quarantined": 3,
    }
    assert list(telegram["ignored"]) == ["a", "b"]
    assert said["accounting"]["slack"]["units_quarantined"] == 0


def test_the_order_of_items_makes_no_difference() -> None:
    said = [repr(counted(seed).result({}, {})) for seed in range(5)]
    assert len(set(said)) == 1
