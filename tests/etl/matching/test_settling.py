"""What is trusted less goes to review."""

from __future__ import annotations

from etl.matching.decisions import Decision, Evidence, Match
from etl.matching.settling import WEAK, only_trusted


def match(company: str, score: float) -> Match:
    evidence = Evidence(text="x", field="title", mapping_line=2, mapping_column="base_company")
    return Match(company=company, method="core", score=score, evidence=evidence)


def decided(*matches: Match) -> Decision:
    return Decision(status="matched", matches=matches, reason="core")


def test_a_match_below_the_least_score_goes_to_review_with_what_would_settle_it() -> None:
    decision = only_trusted("telegram_chats", decided(match("acme", 0.7)), 0.75)
    assert (decision.status, decision.reason) == ("review", WEAK)
    assert [each.company for each in decision.candidates] == ["acme"]
    assert decision.settles


def test_a_match_at_the_least_score_stays_and_one_below_it_is_a_candidate() -> None:
    decision = only_trusted("telegram_chats", decided(match("acme", 0.8), match("zed", 0.7)), 0.8)
    assert decision.status == "matched"
    assert [each.company for each in decision.matches] == ["acme"]
    assert [each.company for each in decision.candidates] == ["zed"]


def test_nothing_changes_where_all_is_trusted() -> None:
    decision = decided(match("acme", 0.8))
    assert only_trusted("telegram_chats", decision, 0.8) is decision
