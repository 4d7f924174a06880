"""How much there is of each company."""

from __future__ import annotations

from itertools import permutations

from etl.coverage import Coverage
from etl.matching.decisions import Decision, Nearest
from tests.etl.decided import matched, review


def near(company: str, text: str) -> Decision:
    nearest = Nearest(text=text, field="title", detail="stands alone", company=company)
    return Decision(status="unmatched", nearest=nearest, reason="too little")


def test_matched_and_reviewed_items_are_counted_for_each_company() -> None:
    coverage = Coverage(["B", "A"])
    coverage.add("slack", matched("A", "B"))
    coverage.add("telegram", matched("A"))
    coverage.add("slack", review("A", "B"))
    said = coverage.result()
    assert list(said) == ["A", "B"]
    assert (said["A"]["matched"], said["A"]["review"], said["A"]["sources_count"]) == (2, 1, 2)
    assert (said["B"]["has_slack"], said["B"]["has_telegram"]) == (True, False)
    assert (coverage.known_to("slack"), coverage.known_to("telegram"), len(coverage)) == (2, 1, 2)


def test_a_company_without_data_shows_the_nearest_thing_whatever_the_order() -> None:
    seen = [near("A", "Zed"), near("A", "Abe"), review("A"), near("B", "Bee"), near("X", "Xi")]
    for order in permutations(seen):
        coverage = Coverage(["A", "B", "C"])
        for decision in order:
            coverage.add("slack", decision)
        said = coverage.result()
        assert said["A"]["nearest"] == {"text": "x", "detail": "a tie"}
        assert said["B"]["nearest"] == {"text": "Bee", "detail": "stands alone"}
        assert "nearest" not in said["C"]


def test_a_company_with_data_shows_none() -> None:
    coverage = Coverage(["A"])
    coverage.add("slack", near("A", "Abe"))
    coverage.add("slack", matched("A"))
    assert "nearest" not in coverage.result()["A"]
