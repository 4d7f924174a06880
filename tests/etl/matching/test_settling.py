"""What is trusted less goes to review."""

from __future__ import annotations

from etl.matching.decisions import Decision, Evidence, Match
from etl.matching.settling import LOWER, WEAK, only_trusted
from sources.records import Kind


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


def test_what_no_row_can_settle_asks_for_a_lower_score() -> None:
    weak = decided(match("acme", 0.97))
    asked: tuple[tuple[Kind, float, bool], ...] = (
        ("calendar_meetings", 1.0, True),
        ("calendar_meetings", 0.975, True),
        ("telegram_chats", 1.0, False),
    )
    for kind, least, lower in asked:
        assert (only_trusted(kind, weak, least).settles == LOWER) is lower
    by_name = decided(match("acme", 0.9))
    assert only_trusted("calendar_meetings", by_name, 0.97).settles != LOWER
    both = decided(match("acme", 1.0), match("zed", 0.97))
    assert only_trusted("calendar_meetings", both, 1.0).settles == LOWER


def test_nothing_changes_where_all_is_trusted() -> None:
    decision = decided(match("acme", 0.8))
    assert only_trusted("telegram_chats", decision, 0.8) is decision
