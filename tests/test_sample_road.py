"""One run over the sample, held against everything that its page promises."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
import zstandard

from sources.records import KINDS
from tests.running import MAPPING, PROJECT, Workplace
from tests.sample_places import (
    CONVERSATIONS,
    DEALS,
    ENTRIES,
    EXPECTED,
    Entry,
    Json,
    Placed,
    distinct,
    named,
    placed_in,
    rows_by_line,
    standing,
)

TOKEN = "xoxe-sample-token"


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    workplace = Workplace(tmp_path_factory.mktemp("road")).with_sample()
    done = workplace.run("--include-unmatched", "--debug")
    assert done.returncode == 0, done.stderr
    (workplace.root / "said.txt").write_text(done.stdout + done.stderr)
    return workplace


@pytest.fixture(scope="module")
def result(road: Workplace) -> Json:
    return road.result


@pytest.fixture(scope="module")
def placed(result: Json) -> list[Placed]:
    return list(placed_in(result))


# Where each item goes, and why.


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_item_goes_where_the_page_says(placed: list[Placed], entry: Entry) -> None:
    expected = entry[2]
    found = standing(placed, entry)
    assert {place.outcome for place in found} == {expected["outcome"]}
    if expected["outcome"] == "matched":
        assert sorted({str(place.company) for place in found}) == expected["companies"]
        assert {place.item["match"]["method"] for place in found} == {expected["method"]}
    if "variant" in expected:
        assert {place.item["match"]["variant"] for place in found} == {expected["variant"]}


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e[2].get("why") == "tie"], ids=named)
def test_tie_names_its_candidates_and_what_settles_it(placed: list[Placed], entry: Entry) -> None:
    (place,) = standing(placed, entry)
    candidates = place.item["candidates"]
    assert [candidate["company"] for candidate in candidates] == entry[2]["companies"]
    assert all(candidate["method"] and candidate["evidence"] for candidate in candidates)
    assert place.item["settles"]
    assert "match" not in place.item


def test_every_match_says_how_sure_it_is_and_on_which_line_of_the_mapping(
    placed: list[Placed],
) -> None:
    rows = rows_by_line(MAPPING.read_text(encoding="utf-8"))
    matched = [(p.company, p.item["match"]) for p in placed if p.outcome == "matched"]
    for company, match in matched:
        row = rows[match["evidence"]["mapping_line"]]
        assert row["base_company"] == company
        assert row[match["evidence"]["mapping_column"]]
        assert match["evidence"]["text"]
        assert 0 < match["score"] <= 1


def test_mapping_is_linted_where_the_page_says(road: Workplace) -> None:
    said = re.findall(rf"{MAPPING.name}, line (\d+)", road.log.read_text(encoding="utf-8"))
    assert [int(line) for line in said] == EXPECTED["mapping"]["lint_lines"]


def test_ignore_row_of_the_mapping_is_the_reason_given(placed: list[Placed]) -> None:
    (ignored,) = (entry for entry in ENTRIES if entry[2].get("why") == "ignore row")
    (place,) = standing(placed, ignored)
    assert "ignored by the mapping" in place.item["reason"]
    others = [p for p in placed if p.outcome == "unmatched" and p is not place]
    assert all(other.item["reason"] and "ignored" not in other.item["reason"] for other in others)
    assert all("nearest" in other.item for other in others)


def test_nothing_else_is_in_the_output(placed: list[Placed]) -> None:
    known = {id(place) for entry in ENTRIES for place in standing(placed, entry)}
    assert [place for place in placed if id(place) not in known] == []


def test_item_of_several_companies_stands_under_each_and_counts_once(
    result: Json, placed: list[Placed]
) -> None:
    shared = [entry for entry in ENTRIES if len(entry[2]["companies"]) > 1]
    shared = [entry for entry in shared if entry[2]["outcome"] == "matched"]
    assert len(shared) == 2
    for entry in shared:
        everybody = set(entry[2]["companies"])
        places = standing(placed, entry)
        assert len(places) == len(everybody)
        for place in places:
            assert place.item["shared_with"] == sorted(everybody - {place.company})
    alone = [p for p in placed if p.outcome == "matched" and "shared_with" not in p.item]
    assert len(alone) == len(distinct(alone))
    matched = distinct([place for place in placed if place.outcome == "matched"])
    counted = result["statistics"]["items"]
    assert len(matched) == sum(counts["matched"] for counts in counted.values())


# Conversations.


@pytest.mark.parametrize("entry", CONVERSATIONS, ids=named)
def test_conversation_says_of_itself_what_the_page_says(placed: list[Placed], entry: Entry) -> None:
    (place,) = standing(placed, entry)
    fields = [name for name in entry[2] if name in place.item]
    assert len(fields) >= 7
    assert {name: place.item[name] for name in fields} == {n: entry[2][n] for n in fields}


@pytest.mark.parametrize("entry", CONVERSATIONS, ids=named)
def test_messages_agree_with_their_conversation(placed: list[Placed], entry: Entry) -> None:
    (place,) = standing(placed, entry)
    messages, head = place.item["messages"], place.item
    types = Counter(message["message_type"] for message in messages)
    assert (types["regular"], types["service"]) == (
        entry[2]["regular_message_count"],
        entry[2]["service_message_count"],
    )
    assert all(m["is_service"] is (m["message_type"] == "service") for m in messages)
    wrote = {message["author"] for message in messages if not message["is_service"]}
    assert sorted(wrote) == head["unique_authors"]
    assert wrote <= set(head["participants"])
    assert head["participants"] == sorted(set(head["participants"]))
    assert head["participant_count"] == len(head["participants"])
    times = [message["timestamp"] for message in messages if message["timestamp"]]
    assert (min(times), max(times)) == (head["first_message_time"], head["last_message_time"])
    assert len({message["message_id"] for message in messages}) == len(messages)


def test_chat_of_two_exports_is_one_and_the_newer_reading_of_a_message_counts(
    placed: list[Placed],
) -> None:
    (entry,) = (entry for entry in CONVERSATIONS if "archives" in entry[2])
    (place,) = standing(placed, entry)
    (merged,) = (f for f in place.item["findings"] if f["kind"] == "merged")
    assert merged["count"] == entry[2]["archives"]
    assert str(entry[2]["duplicates"]) in merged["detail"]
    wins = entry[2]["newest_wins"]
    (message,) = (m for m in place.item["messages"] if m["message_id"] == wins["message_id"])
    assert {r["emoji"]: r["count"] for r in message["reactions"]} == wins["reactions"]


def test_half_a_conversation_is_said_to_be_one(placed: list[Placed]) -> None:
    halves = [
        place.item["chat_name"]
        for place in placed
        if any(finding["kind"] == "half_conversation" for finding in place.item["findings"])
    ]
    assert halves == [e[2]["chat_name"] for e in CONVERSATIONS if e[2].get("half_conversation")]


def test_chat_listed_without_a_page_is_no_item(placed: list[Placed]) -> None:
    titles = {place.item.get("chat_name") for place in placed}
    assert titles.isdisjoint(EXPECTED["telegram"]["listed_without_page"])


def test_damaged_file_is_quarantined_and_what_was_whole_is_kept(
    road: Workplace, placed: list[Placed]
) -> None:
    (problem,) = road.report["quarantine"]
    (entry,) = (entry for entry in CONVERSATIONS if "quarantined" in entry[2])
    assert problem["path"] == EXPECTED["telegram"]["damaged"]
    assert problem["found"] == entry[2]["quarantined"]
    assert all(problem[name] for name in ("reason", "detail", "remedy"))
    (place,) = standing(placed, entry)
    assert problem["path"].startswith(place.item["archive"])
    assert "truncated_page" in {finding["kind"] for finding in place.item["findings"]}


@pytest.mark.parametrize("entry", [e for e in CONVERSATIONS if "thread_replies" in e[2]], ids=named)
def test_thread_replies_point_at_a_message_there(placed: list[Placed], entry: Entry) -> None:
    (place,) = standing(placed, entry)
    messages = place.item["messages"]
    replies = [m for m in messages if m.get("thread_id", m["message_id"]) != m["message_id"]]
    assert len(replies) == entry[2]["thread_replies"]
    assert {m["thread_id"] for m in replies} <= {m["message_id"] for m in messages}


# Meetings.


@pytest.mark.parametrize("event", EXPECTED["calendar"]["events"], ids=lambda event: event["title"])
def test_event_has_the_instances_of_the_page(placed: list[Placed], event: Json) -> None:
    items = [p.item for p in placed if p.kind == "calendar_meetings"]
    instances = {item["key"]: item for item in items if item["uid"] == event["uid"]}
    starts = sorted(item["start"] for item in instances.values())
    assert starts == event["starts"]
    assert not {*event.get("cancelled", ()), *event.get("excluded", ())} & {
        *starts,
        *(key.removeprefix(f"calendar:{event['uid']}:") for key in instances),
    }
    for item in instances.values():
        assert item["title"].startswith(event["title"])  # an override may add to it
        assert item["calendar"] == EXPECTED["calendar"]["name"]
        assert item["all_day"] is event.get("all_day", False)
        assert item["recurring"] is event.get("recurring", False)


# HubSpot.


@pytest.mark.parametrize("deal", DEALS, ids=lambda deal: deal["id"])
def test_deal_says_what_the_page_says(placed: list[Placed], deal: Json) -> None:
    found = standing(placed, ("hubspot_deals", "id", deal))
    for place in found:
        assert deal["name"] in {None, place.item["name"]}
        assert place.item["amount"] == deal["amount"]
        assert place.item["status"] == deal["status"]
        merged = [f["count"] for f in place.item["findings"] if f["kind"] == "merged"]
        assert merged == ([deal["duplicates"] + 1] if "duplicates" in deal else [])


@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_crm_record_has_the_name_of_the_page(placed: list[Placed], kind: str) -> None:
    items = distinct([place for place in placed if place.kind == f"hubspot_{kind}"])
    names = {place.item["id"]: place.item["name"] for place in items.values()}
    assert names == {record["id"]: record["name"] for record in EXPECTED["hubspot"][kind]}


# Statistics.


def test_statistics_are_those_of_the_page(result: Json) -> None:
    statistics = result["statistics"]
    assert statistics["items"] == EXPECTED["items"]
    for company, expected in EXPECTED["data_coverage"].items():
        assert statistics["data_coverage"][company].items() >= expected.items()
    assert statistics["data_coverage"].keys() == EXPECTED["data_coverage"].keys()
    assert statistics["total_companies"] == len(EXPECTED["mapping"]["companies"])
    for source in ("slack", "telegram", "calendar", "hubspot"):
        having = [c for c in EXPECTED["data_coverage"].values() if c[f"has_{source}"]]
        assert statistics[f"companies_with_{source}"] == len(having)
    for kind, counts in EXPECTED["items"].items():
        assert statistics[f"total_{kind}"] == counts["accepted"]
        assert statistics[f"matched_{kind}"] == counts["matched"]


def test_statistics_count_what_stands_in_the_output(result: Json, placed: list[Placed]) -> None:
    outcomes = Counter((place.kind, place.outcome) for place in distinct(placed).values())
    for kind, counts in result["statistics"]["items"].items():
        said = {outcome: counts[outcome] for outcome in ("matched", "review", "unmatched")}
        assert said == {outcome: outcomes[kind, outcome] for outcome in said}
        assert sum(said.values()) == counts["accepted"]
    coverage = result["statistics"]["data_coverage"]
    under = Counter(company for place in placed for company in [place.company] if company)
    assert {company: has["matched"] for company, has in coverage.items()} == {
        company: under[company] for company in coverage
    }


def test_deals_are_summed_under_each_company_that_they_stand_under(
    result: Json, placed: list[Placed]
) -> None:
    totals = result["statistics"]["deal_totals"]
    deals = [p for p in placed if p.kind == "hubspot_deals" and p.outcome == "matched"]
    counts = Counter((p.company, p.item["status"]) for p in deals)
    assert set(totals) == set(result["companies"])
    for company, said in totals.items():
        assert said["count"] == said["open"] + said["won"] + said["lost"]
        for status in ("open", "won", "lost"):
            assert said[status] == counts[company, status]
    assert totals["Acorn Freight"]["won_value"] == {"EUR": "48000"}
    assert totals["Cobaltmoor Energy"]["total_value"] == {"EUR": "52000"}
    assert totals["Cobaltmoor Energy"]["won_value"] == {}


def test_accounting_is_that_of_the_page(result: Json) -> None:
    accounting = result["statistics"]["accounting"]
    telegram = dict(EXPECTED["telegram"]["accounting"])
    telegram["ignored"] = {"date_separator": telegram.pop("separators")}
    assert _part(accounting["telegram"], telegram) == telegram
    slack = EXPECTED["slack"]["accounting"]
    assert _part(accounting["slack"], slack) == slack
    cancelled = sum(len(event.get("cancelled", ())) for event in EXPECTED["calendar"]["events"])
    calendar = {"found": EXPECTED["calendar"]["vevents"], "ignored": {"cancelled": cancelled}}
    assert _part(accounting["calendar"], calendar) == calendar
    rows = sum(EXPECTED["hubspot"]["rows"].values())
    hubspot = {"found": rows, "duplicate": EXPECTED["hubspot"]["duplicate_deals"]}
    assert _part(accounting["hubspot"], hubspot) == hubspot


def test_accounting_balances_and_ends_in_the_records_of_the_output(
    result: Json, placed: list[Placed]
) -> None:
    items = distinct(placed).values()
    written = Counter(
        {
            "telegram": sum(p.item.get("message_count", 0) for p in items if "chat" in p.kind),
            "slack": sum(p.item.get("message_count", 0) for p in items if "slack" in p.kind),
            "calendar": sum(place.kind == "calendar_meetings" for place in items),
            "hubspot": sum(place.kind.startswith("hubspot") for place in items),
        }
    )
    accounting = result["statistics"]["accounting"]
    assert set(accounting) == set(written)
    for source, account in accounting.items():
        assert account["found"] == (
            account["accepted"]
            + account["duplicate"]
            + sum(account["ignored"].values())
            + account["quarantined"]
        )
        assert account["accepted"] + account["expanded"] == written[source]


# The shape of the output.


def test_companies_are_all_that_are_mapped_in_sorted_order(result: Json) -> None:
    assert list(result["companies"]) == EXPECTED["mapping"]["companies"]
    for arrays in result["companies"].values():
        assert set(arrays) == {"company_info", *KINDS}
        assert arrays["company_info"]["rows"]


def test_arrays_are_sorted_by_key(result: Json) -> None:
    for arrays in (*result["companies"].values(), result["review"], result["unmatched"]):
        for kind in KINDS:
            keys = [item["key"] for item in arrays[kind]]
            assert keys == sorted(set(keys))


def test_no_key_holds_a_path_or_a_number_of_telegrams(placed: list[Placed]) -> None:
    for place in placed:
        key = place.item["key"]
        assert "/" not in key
        assert "\\" not in key
        assert "chat_" not in key
        assert place.item["archive"] not in key


def test_no_absolute_path_is_in_the_output(road: Workplace, placed: list[Placed]) -> None:
    written = road.output.read_text(encoding="utf-8")
    assert not any(str(root) in written for root in (road.root, PROJECT, Path.home()))
    for place in placed:
        assert place.item["archive"].split("/")[0] == place.item["source"]  # as the sample lies
        assert not place.item.get("directory", "").startswith("/")


# What must not get out.


def test_token_of_a_file_address_is_nowhere(road: Workplace, placed: list[Placed]) -> None:
    (entry,) = (entry for entry in CONVERSATIONS if "files" in entry[2])
    messages = standing(placed, entry)[0].item["messages"]
    files = [media for message in messages for media in message.get("media", ())]
    assert len([media for media in files if media.get("url")]) == entry[2]["files"]
    state = _state_in_the_clear(road.state)
    assert any(text.encode() in state for text in _texts(placed)), "the state is still packed"
    for path in (path for path in road.root.rglob("*") if path.is_file()):
        if road.data not in path.parents:
            assert TOKEN.encode() not in path.read_bytes(), path.name
    assert TOKEN.encode() not in state


def test_no_text_of_a_message_is_in_the_log(road: Workplace, placed: list[Placed]) -> None:
    log = road.log.read_text(encoding="utf-8")
    texts = [line for text in _texts(placed) for line in text.splitlines() if len(line) > 20]
    assert len(texts) > 50
    assert [text for text in texts if text in log] == []
    said = (road.root / "said.txt").read_text()
    assert [text for text in texts if text in said] == []


def _part(whole: Json, wanted: Json) -> Json:
    return {name: whole[name] for name in wanted}


def _texts(placed: list[Placed]) -> list[str]:
    return [m["text"] for p in distinct(placed).values() for m in p.item.get("messages", ())]


def _state_in_the_clear(path: Path) -> bytes:
    """Every value of every table, unpacked where it is packed."""
    values: list[bytes] = []
    with closing(sqlite3.connect(path)) as state:
        tables = state.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for value in chain.from_iterable(state.execute(f'SELECT * FROM "{table}"')):
                data = value if isinstance(value, bytes) else str(value).encode()
                if data.startswith(zstandard.FRAME_HEADER):
                    data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
                values.append(data)
    return b"\n".join(values)
