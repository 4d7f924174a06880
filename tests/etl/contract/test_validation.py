"""What validation must notice: each test breaks one thing in a good output."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.contract.validation import ValidationReport, validate_file
from tests.etl.contract import small_output as small

Json = dict[str, Any]
Change = Callable[[Json], object]


def check(path: Path, change: Change | None = None, **options: int) -> ValidationReport:
    whole = small.output()
    if change is not None:
        change(whole)
    return validate_file(small.write(path / "output.json", whole), **options)


def chat(whole: Json) -> Json:
    found: Json = whole["companies"]["Acme"]["telegram_chats"][0]
    return found


def paths(report: ValidationReport) -> set[str]:
    return {fault.path for fault in report.errors}


def test_a_good_output_has_no_errors(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert report.errors == []
    assert report.ok
    assert report.size == (tmp_path / "output.json").stat().st_size
    assert report.companies == 3
    assert report.items["telegram_chats"] == 3
    assert report.messages == 8
    said = json.loads((tmp_path / "output.json").read_text())["metadata"]["content_sha256"]
    assert report.content_sha256 == said


ACME = "$.companies.Acme"
CHAT = f"{ACME}.telegram_chats[0]"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda w: chat(w).pop("archive"), f"{CHAT}.archive"),
        (lambda w: chat(w).update(extra=1), f"{CHAT}.extra"),
        (lambda w: chat(w).pop("messages"), f"{CHAT}.messages"),
        (lambda w: chat(w).update(messages={}), f"{CHAT}.messages"),
        (lambda w: chat(w).pop("match"), f"{CHAT}.match"),
        (lambda w: chat(w)["match"].update(score=1.5), f"{CHAT}.match.score"),
        (lambda w: chat(w)["messages"].append("Hello"), f"{CHAT}.messages[3]"),
        (lambda w: chat(w)["messages"][1].pop("text"), f"{CHAT}.messages[1].text"),
        (
            lambda w: chat(w)["messages"][1]["media"][0].update(size="12"),
            f"{CHAT}.messages[1].media[0].size",
        ),
        (lambda w: w["companies"]["Acme"].update(telegram_chats={}), f"{ACME}.telegram_chats"),
        (lambda w: w["companies"]["Acme"]["telegram_chats"].append(7), f"{ACME}.telegram_chats[1]"),
        (lambda w: w["companies"]["Acme"].update(emails=[]), f"{ACME}.emails"),
        (lambda w: w["companies"]["Acme"].pop("hubspot_deals"), f"{ACME}.hubspot_deals"),
        (lambda w: w["companies"]["Acme"].pop("company_info"), f"{ACME}.company_info"),
        (
            lambda w: w["companies"]["Acme"]["company_info"]["rows"][0].update(line=0),
            f"{ACME}.company_info.rows[0].line",
        ),
        (lambda w: w["companies"].update({"In\nitech": []}), '$.companies["In\\nitech"]'),
        (lambda w: w.update(companies=[]), "$.companies"),
        (lambda w: w.update(review=None), "$.review"),
        (lambda w: w["review"].pop("slack_channels"), "$.review.slack_channels"),
        (
            lambda w: w["review"]["telegram_chats"][0].pop("settles"),
            "$.review.telegram_chats[0].settles",
        ),
        (
            lambda w: w["unmatched"]["telegram_chats"][0].pop("reason"),
            "$.unmatched.telegram_chats[0].reason",
        ),
        (lambda w: w["metadata"].update(schema_version="2.0"), "$.metadata.schema_version"),
        (
            lambda w: w["metadata"]["performance_stats"]["processing_times"].pop("data_matching"),
            "$.metadata.performance_stats.processing_times.data_matching",
        ),
        (lambda w: w["statistics"].pop("findings"), "$.statistics.findings"),
    ],
)
def test_a_wrong_shape_is_named_with_its_path(change: Change, path: str, tmp_path: Path) -> None:
    assert path in paths(check(tmp_path, change))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda w: w["metadata"].update(total_companies=4), "$.metadata.total_companies"),
        *[
            (lambda w, name=name: w["statistics"].update({name: 9}), f"$.statistics.{name}")
            for name in small.statistics()
            if isinstance(small.statistics()[name], int)
        ],
        *[
            (
                lambda w, kind=kind, name=name: w["statistics"]["items"][kind].update({name: 9}),
                f"$.statistics.items.{kind}.{name}",
            )
            for kind in ("telegram_chats", "hubspot_deals")
            for name in ("accepted", "matched", "review", "unmatched")
        ],
        *[
            (
                lambda w, name=name: w["statistics"]["data_coverage"]["Globex"].update(
                    {name: 2 if name == "sources_count" else name != "has_telegram"}
                ),
                f"$.statistics.data_coverage.Globex.{name}",
            )
            for name in small.statistics()["data_coverage"]["Globex"]
        ],
        (
            lambda w: w["statistics"]["data_coverage"].pop("Initech GmbH"),
            '$.statistics.data_coverage["Initech GmbH"]',
        ),
        (
            lambda w: w["statistics"]["findings"]["zone_assumed"].update(items=2),
            "$.statistics.findings.zone_assumed.items",
        ),
        (
            lambda w: w["statistics"]["findings"]["zone_assumed"].update(count=4),
            "$.statistics.findings.zone_assumed.count",
        ),
        (
            lambda w: w["statistics"]["deal_totals"].pop("Globex"),
            "$.statistics.deal_totals.Globex",
        ),
        *[
            (
                lambda w, name=name: w["statistics"]["deal_totals"]["Acme"].update({name: 7}),
                f"$.statistics.deal_totals.Acme.{name}",
            )
            for name in ("count", "open", "won", "lost")
        ],
        *[
            (
                lambda w, name=name, wrong=wrong: w["statistics"]["deal_totals"]["Acme"].update(
                    {name: wrong}
                ),
                f"$.statistics.deal_totals.Acme.{name}",
            )
            for name in ("total_value", "won_value")
            for wrong in ({"EUR": "1200.51"}, {"USD": "1200.50"}, {})
        ],
        *[
            (
                lambda w, name=name: w["statistics"]["accounting"]["telegram"].update({name: 7}),
                "$.statistics.accounting.telegram",
            )
            for name in ("found", "accepted", "duplicate", "quarantined")
        ],
        (
            lambda w: w["statistics"]["accounting"]["telegram"]["ignored"].update(empty=1),
            "$.statistics.accounting.telegram",
        ),
        (
            lambda w: chat(w).update(message_count=4, regular_message_count=3),
            f"{CHAT}.regular_message_count",
        ),
        (
            lambda w: chat(w).update(message_count=2, service_message_count=0),
            f"{CHAT}.service_message_count",
        ),
        (lambda w: chat(w).update(shared_with=[]), f"{ACME}.telegram_chats"),
        (lambda w: chat(w).update(shared_with=["Globex", "Initech"]), f"{ACME}.telegram_chats"),
    ],
)
def test_one_wrong_fact_is_the_only_error(change: Change, path: str, tmp_path: Path) -> None:
    assert paths(check(tmp_path, change)) == {path}


def test_a_finding_that_the_statistics_pass_over(tmp_path: Path) -> None:
    root = "$.statistics.findings.zone_assumed"
    report = check(tmp_path, lambda whole: whole["statistics"]["findings"].clear())
    assert paths(report) == {f"{root}.items", f"{root}.count"}


def test_an_item_under_a_second_company_without_saying_so(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        deals = whole["companies"]["Acme"]["hubspot_deals"]
        whole["companies"]["Globex"]["hubspot_deals"] = deals

    assert {f"{ACME}.hubspot_deals", "$.companies.Globex.hubspot_deals"} <= paths(
        check(tmp_path, change)
    )


def test_an_item_both_matched_and_in_review(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        whole["review"]["telegram_chats"][0]["key"] = "telegram:a1"

    report = check(tmp_path, change)
    assert ("$.review.telegram_chats[0]", "stands in companies too") in report.errors


def test_an_item_both_in_review_and_unmatched(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        whole["unmatched"]["telegram_chats"][0]["key"] = "telegram:b2"

    report = check(tmp_path, change)
    assert ("$.unmatched.telegram_chats[0]", "stands in review too") in report.errors


def test_deleted_deal_counts_in_no_total(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        whole["companies"]["Acme"]["hubspot_deals"][0]["deleted"] = True

    assert "$.statistics.deal_totals.Acme.count" in paths(check(tmp_path, change))


@pytest.mark.parametrize("key", ["hubspot:deal:70", "hubspot:deal:77"])
def test_an_array_that_is_not_sorted_or_holds_a_key_twice(key: str, tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        deals = whole["companies"]["Acme"]["hubspot_deals"]
        deals.append({**deals[0], "key": key})

    assert f"{ACME}.hubspot_deals[1].key" in paths(check(tmp_path, change))


def test_messages_in_review_are_counted_when_they_are_there(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        whole["review"]["telegram_chats"][0]["messages"] = small.built(small.QUESTION)

    assert paths(check(tmp_path, change)) == {"$.review.telegram_chats[0].service_message_count"}


def test_a_byte_changed_in_the_content_changes_the_hash(tmp_path: Path) -> None:
    path = small.write(tmp_path / "output.json")
    path.write_bytes(path.read_bytes().replace(b"Thank you", b"Thank Bo"))
    assert paths(validate_file(path)) == {"$.metadata.content_sha256"}


def test_the_hash_does_not_cover_the_metadata_nor_space_behind_the_brace(tmp_path: Path) -> None:
    path = small.write(tmp_path / "output.json")
    changed = path.read_bytes().replace(b'"etl_version": "0.1.0"', b'"etl_version": "0.2.0"')
    path.write_bytes(changed + b" \n" * 2_000_000)
    assert validate_file(path).ok


def test_the_word_statistics_in_the_metadata_does_not_move_the_hash(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        whole["metadata"]["data_sources"] = ["statistics", 'a "statistics" \\']
        whole["metadata"]["performance_stats"]["api"] = {"statistics": {"statistics": ["}"]}}

    assert check(tmp_path, change).ok


@pytest.mark.parametrize(
    "keys",
    [
        ("metadata", "companies", "statistics", "review", "unmatched"),
        ("metadata", "statistics", "companies", "unmatched", "review"),
        ("metadata", "statistics", "companies", "review"),
        ("statistics", "companies", "review", "unmatched"),
        (),
    ],
)
def test_keys_missing_or_in_another_order(keys: tuple[str, ...], tmp_path: Path) -> None:
    whole = small.output()
    path = tmp_path / "output.json"
    path.write_text(json.dumps({key: whole[key] for key in keys}))
    assert any(fault.path == "$" and "in this order" in fault.message
               for fault in validate_file(path).errors)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'"review": {', "$"),
        (b'"Globex": {', "$.companies"),
        (b'"key": "hubspot:deal:77"', f"{ACME}.hubspot_deals[0]"),
        (b'"mapping_line": 2', f"{ACME}.slack_channels[0].match"),
        (b'"message_id": "2"', f"{CHAT}.messages[1]"),
        (b'"sample": false', "$.metadata"),
    ],
)
def test_a_key_that_stands_twice_in_an_object(text: bytes, path: str, tmp_path: Path) -> None:
    good = small.write(tmp_path / "output.json")
    again = text + b"}, " + text if text.endswith(b"{") else text + b", " + text
    assert good.read_bytes().count(text) >= 1
    good.write_bytes(good.read_bytes().replace(text, again))
    errors = validate_file(good).errors
    assert any(fault.path == path and "twice" in fault.message for fault in errors)


def test_errors_are_counted_beyond_those_kept(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        for message in chat(whole)["messages"]:
            message.pop("text")

    report = check(tmp_path, change, limit=2)
    assert (len(report.errors), report.error_count) == (2, 3)


def test_an_error_does_not_quote_what_people_wrote(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        chat(whole)["messages"][1].update(text=["between us"], timestamp="between us")

    report = check(tmp_path, change)
    assert report.error_count == 2
    assert "between us" not in repr(report.errors)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cut short"),
        (b"not json, between us", "not JSON"),
        (b'{"metadata": between us}', "not JSON"),
        (b'{"metadata": "\xff between us"}', "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b'{"metadata": NaN}', "not JSON"),
        (b"PK\x03\x04\x00\x00", "not JSON"),
        (b"[]", "must be an object"),
        (b"7", "must be an object"),
        (b"{}", "must have the keys"),
    ],
)
def test_something_else_than_an_output_is_one_plain_error(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "output.json"
    path.write_bytes(content)
    report = validate_file(path)
    assert any(words in fault.message for fault in report.errors)
    assert not any("between us" in fault.message for fault in report.errors)
    assert all("\n" not in fault.message for fault in report.errors)


def test_text_after_the_final_brace_is_an_error(tmp_path: Path) -> None:
    path = small.write(tmp_path / "output.json")
    path.write_bytes(path.read_bytes() + b"{}")
    [fault] = validate_file(path).errors
    assert "not JSON from here on (trailing garbage)" in fault.message


def test_an_output_cut_anywhere_is_an_error_and_says_so(tmp_path: Path) -> None:
    path = small.write(tmp_path / "output.json")
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        assert any("cut short" in fault.message for fault in validate_file(path).errors)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    [fault] = validate_file(tmp_path / "none.json").errors
    assert fault.message.startswith("cannot be read: No such file")
    assert "Give the path" in fault.message


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    [fault] = validate_file(tmp_path).errors
    assert "cannot be read" in fault.message


def test_values_nested_very_deep_are_survived(tmp_path: Path) -> None:
    path = tmp_path / "output.json"
    path.write_bytes(b'{"metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert not validate_file(path).ok


def test_memory_does_not_grow_with_the_messages_of_one_chat(tmp_path: Path) -> None:
    def change(whole: Json) -> None:
        head = whole["companies"]["Acme"]["slack_channels"][0]
        head["messages"] = head["messages"] * 15_000
        head.update(message_count=30_000, regular_message_count=30_000)

    path = small.output()
    change(path)
    file = small.write(tmp_path / "output.json", path)
    del path
    tracemalloc.start()
    report = validate_file(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.ok
    assert peak < report.size / 2


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 2) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key or index in it."""
    steps: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in pairs:
        steps.append((value, step))
        if isinstance(inner, (dict, list)):
            steps.extend(places(inner))
    return steps


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_stands_anywhere_there_is_a_report(data: st.DataObject, tmp_path: Path) -> None:
    whole = small.output()
    container, step = data.draw(st.sampled_from(places(whole)))
    container[step] = data.draw(ANY_JSON)
    path = tmp_path / "output.json"
    path.write_text(json.dumps(whole))
    assert validate_file(path).error_count >= 1  # the hash at least: it was not renewed
