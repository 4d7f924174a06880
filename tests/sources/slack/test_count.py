from __future__ import annotations

import json

from sources.slack.count import scan, survey
from sources.slack.moment import moment

ENTRIES = [{"ts": "9.000001", "x": '],[{\\"'}, 3, "a,b", [1, 2, [3]], None, {"ts": "11.5"}]


def test_scan_counts_what_a_decoder_counts() -> None:
    for n in range(len(ENTRIES) + 1):
        assert scan(json.dumps(ENTRIES[:n]).encode()) == n
        assert scan(json.dumps(ENTRIES[:n], indent=2).encode()) == n


def test_scan_counts_the_entry_a_cut_went_through() -> None:
    data = json.dumps(ENTRIES).encode()
    assert scan(data[:5]) == 1
    assert scan(data[:-3]) == len(ENTRIES)


def test_scan_of_what_is_no_list_is_nothing() -> None:
    assert scan(b'{"a": [1, 2]}') == scan(b"") == scan(b"noise, noise") == 0


def test_scan_is_not_led_astray_by_a_stray_bracket() -> None:
    assert scan(b'["1.1"}, {"ts": 1}]') == 2


def test_survey_knows_first_and_last_moment_in_any_order_and_length() -> None:
    found = survey(json.dumps([{"ts": "1000000000.5"}, {"ts": "999999999.5"}]).encode())
    assert found is not None
    assert (found.found, found.first, found.last) == (
        2,
        moment("999999999.5"),
        moment("1000000000.5"),
    )


def test_survey_refuses_what_is_not_objects_in_a_list() -> None:
    assert survey(b"[1]") is None
    assert survey(b'[{"ts": "1.0"}') is None


def test_survey_passes_over_what_is_no_ts() -> None:
    found = survey(
        json.dumps([{}, {"ts": 5}, {"ts": "soon"}, {"ts": "1000000000.500000"}]).encode()
    )
    assert found is not None
    assert (found.found, found.first) == (4, moment("1000000000.5"))


def test_quotation_mark_that_is_lost_costs_no_more_than_its_line() -> None:
    data = json.dumps(ENTRIES, indent=2).encode()
    assert scan(data.replace(b'"', b"", 1)) == len(ENTRIES)
