"""Whose an item is, rung by rung, and when nobody may say so."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.decisions import Decision
from etl.matching.matcher import Matcher
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise
from sources.records import Kind, Summary

HEADER = (
    "base_company,variant_name,slack_group,telegram_group,calendar_domain,"
    "full_node_address,variant_type\n"
)
ROWS = """\
brindle,,brindle-ourco,Brindle <> Ourco,brindle.example,brindle-1::12ab34cd,
brindle,brindle-minter,,,,,minter
allferns,,,,allferns.example,,
lugaferns,,,,lugaferns.example,,
fernders,,,,,,
corvid-one,,,Corvid One <> Ourco,,,
acme,,proj-amber-91,Project Amber,acme.co.uk,,
tarn,,,,tarn.github.io,,
quill,,N/A,-,gmail.com,,
mirador,,,,mirador.example,,
mirador-co,,,,mirador.test,,
zed,,,,shared.example,,
yarrow,,,,shared.example,,
ee,,,,ee.example,,
x,,,,,,
"""
OURS = ("Ourco", "Ourco Labs", "OC")
OUR_DOMAINS = ("ourco.example",)
SOURCES: dict[str, Kind] = {
    "slack": "slack_channels",
    "telegram": "telegram_chats",
    "calendar": "calendar_meetings",
    "deal": "hubspot_deals",
    "company": "hubspot_companies",
    "contact": "hubspot_contacts",
    "note": "hubspot_activities",
}


def matcher(rows: str = ROWS, *crm: Summary) -> Matcher:
    """Over a mapping of these rows, with these records of the CRM."""
    mapping = read_mapping((HEADER + rows).encode())
    records = {summary.key: summary for summary in crm}
    return Matcher(build_index(mapping, OURS, OUR_DOMAINS), OURS, OUR_DOMAINS, records.get)


def item(source: str, title: str, **more: Any) -> Summary:
    more.setdefault("key", f"{source}:1")
    return Summary(kind=SOURCES[source], source=source, archive="a", title=title, **more)


THE_ROWS = matcher()


def decide(source: str, title: str, **more: Any) -> Decision:
    return THE_ROWS.match(item(source, title, **more))


def short(decision: Decision) -> tuple[str, list[str]]:
    found = decision.matches if decision.status == "matched" else decision.candidates
    return decision.status, [match.company for match in found]


def matched(source: str, title: str, **more: Any) -> list[tuple[str, str]]:
    """Companies and methods; empty unless matched."""
    return [(m.company, m.method) for m in decide(source, title, **more).matches]


# explicit


@pytest.mark.parametrize(
    "name", ["brindle-ourco", "Brindle_Ourco", "zz-brindle-ourco", "archived-brindle-ourco-2"]
)
def test_a_channel_that_the_mapping_names(name: str) -> None:
    assert matched("slack", name) == [("brindle", "explicit")]


def test_a_name_that_says_nothing_by_itself_is_explicit() -> None:
    assert matched("slack", "proj-amber-91") == [("acme", "explicit")]
    assert matched("telegram", "Project Amber 🟠") == [("acme", "explicit")]


def test_a_group_counts_only_in_its_own_source() -> None:
    assert decide("telegram", "proj-amber-91").status == "unmatched"
    assert decide("slack", "Project Amber").status == "unmatched"
    assert decide("calendar", "Project Amber").status == "unmatched"


def test_a_longer_title_is_not_the_group() -> None:
    assert decide("telegram", "Project Amber Alert").status == "unmatched"


def test_a_former_name_is_as_good_when_the_title_says_nothing() -> None:
    decision = decide("slack", "nothing-known", aliases=("proj-amber-91",))
    assert short(decision) == ("matched", ["acme"])
    assert decision.matches[0].evidence.field == "alias"


def test_the_id_of_a_channel_is_its_name_too() -> None:
    found = matcher("acme,,https://ourco.slack.com/archives/C0ABCDEF1,,,,\n")
    assert short(found.match(item("slack", "x-y-z", key="slack:T1:C0ABCDEF1"))) == (
        "matched",
        ["acme"],
    )


def test_a_node_address_is_found_as_a_whole_word() -> None:
    address = "BRINDLE-1::12ab34cd"
    assert matched("deal", "Hosting", texts=(f"Node: <{address}>, please",)) == [
        ("brindle", "explicit")
    ]
    assert matched("telegram", f"Ops {address}") == [("brindle", "explicit")]
    assert matched("slack", "ops", texts=(f"Runs on {address}.",)) == [("brindle", "explicit")]
    assert decide("deal", "Hosting", texts=(f"{address}99",)).status == "unmatched"


def test_the_explicit_rung_stands_against_all_others() -> None:
    found = matcher("acme,,,Brindle <> Ourco,,,\nbrindle,,,,brindle.example,,\n")
    chat = item("telegram", "Brindle <> Ourco", emails=("ann@brindle.example",))
    assert short(found.match(chat)) == ("matched", ["acme"])


def test_a_group_of_two_companies_goes_to_review_with_both() -> None:
    found = matcher("acme,,,Amber,,,\nbrindle,,,Amber,,,\n")
    decision = found.match(item("telegram", "Amber"))
    assert short(decision) == ("review", ["acme", "brindle"])
    assert decision.settles == "its title as telegram_group in the row of the right company"


# domain


def test_a_guests_domain_is_the_companys() -> None:
    assert matched("calendar", "Weekly", emails=("ann@eu.acme.co.uk", "bo@ourco.example")) == [
        ("acme", "domain")
    ]
    assert matched("calendar", "Weekly", emails=("ann@tarn.github.io",)) == [("tarn", "domain")]


@pytest.mark.parametrize(
    "email",
    [
        "ann@co.uk",
        "ann@github.io",
        "ann@other.github.io",
        "ann@gmail.com",
        "brindle@gmail.com",
        "brindle@other.example",
        "ann@mybrindle.example",
        "ann@brindle.example.evil.test",
        "ann@ourco.example",
        "brindle.example@other.test",
    ],
)
def test_only_an_equal_domain_is_evidence(email: str) -> None:
    assert decide("calendar", "Weekly", emails=(email,)).status == "unmatched"


def test_a_meeting_of_two_companies_is_shared() -> None:
    emails = ("a@brindle.example", "b@allferns.example", "c@brindle.example")
    assert matched("calendar", "Weekly", emails=emails) == [
        ("allferns", "domain"),
        ("brindle", "domain"),
    ]


def test_a_domain_of_two_companies_goes_to_review() -> None:
    assert short(decide("calendar", "Weekly", emails=("a@shared.example",))) == (
        "review",
        ["yarrow", "zed"],
    )


def test_a_tied_domain_beside_a_sure_one_stays_visible() -> None:
    emails = ("a@brindle.example", "b@shared.example")
    decision = decide("calendar", "Weekly", emails=emails)
    assert short(decision) == ("matched", ["brindle"])
    assert [match.company for match in decision.candidates] == ["yarrow", "zed"]


# company field


@pytest.mark.parametrize("name", ["Brindle", "BRINDLE Ltd.", "brindle gmbh", "Oy Brindle Ab"])
def test_the_company_of_a_deal(name: str) -> None:
    assert matched("deal", "Renewal", companies=(name,)) == [("brindle", "company_field")]


def test_associations_by_id_go_before_names() -> None:
    crm = item("company", "Allferns Inc", key="hubspot:company:7001")
    deal = item("deal", "Renewal", company_ids=("7001",), companies=("Brindle",))
    decision = matcher(ROWS, crm).match(deal)
    assert [(m.company, m.method) for m in decision.matches] == [("allferns", "company_field")]


def test_a_name_counts_where_the_id_leads_nowhere() -> None:
    deal = item("deal", "Renewal", company_ids=("9",), companies=("Brindle",))
    assert short(matcher().match(deal)) == ("matched", ["brindle"])


def test_a_deal_is_known_by_the_domains_of_its_company_and_contacts() -> None:
    crm = (
        item("company", "Anything", key="hubspot:company:7001", domains=("brindle.example",)),
        item("contact", "Ann", key="hubspot:contact:8001", emails=("ann@allferns.example",)),
    )
    deal = item("deal", "Renewal", company_ids=("7001",), contact_ids=("8001",))
    decision = matcher(ROWS, *crm).match(deal)
    assert [(m.company, m.method) for m in decision.matches] == [
        ("allferns", "domain"),
        ("brindle", "domain"),
    ]


def test_a_note_is_known_by_the_contacts_and_deals_it_is_about() -> None:
    crm = (
        item("company", "Anything", key="hubspot:company:7001", domains=("brindle.example",)),
        item("contact", "Ann", key="hubspot:contact:8001", emails=("ann@allferns.example",)),
        item("deal", "Renewal", key="hubspot:deal:9001", company_ids=("7001",)),
        item("deal", "Growth", key="hubspot:deal:9002", companies=("Brindle Ltd",)),
    )
    match = matcher(ROWS, *crm).match
    assert short(match(item("note", "", contact_ids=("8001",)))) == ("matched", ["allferns"])
    assert short(match(item("note", "", deal_ids=("9001",)))) == ("matched", ["brindle"])
    assert short(match(item("note", "", deal_ids=("9002",)))) == ("matched", ["brindle"])
    assert short(match(item("note", "", deal_ids=("9003",)))) == ("unmatched", [])


def test_a_crm_company_is_known_by_domain_or_name() -> None:
    assert matched("company", "Whatever", domains=("www.brindle.example",)) == [
        ("brindle", "domain")
    ]
    assert matched("company", "Brindle Ltd") == [("brindle", "company_field")]
    assert decide("company", "Brindle Capital").status == "unmatched"


def test_a_contact_is_not_known_by_the_name_of_the_person() -> None:
    assert decide("contact", "Brindle").status == "unmatched"
    assert matched("contact", "Brindle", emails=("b@allferns.example",)) == [("allferns", "domain")]


def test_somebody_elses_deal_is_not_the_referrers() -> None:
    title = "Foo Capital (via Brindle)"
    assert short(decide("deal", title, companies=("Foo Capital",))) == ("review", ["brindle"])
    assert decide("deal", title).reason == "the name only says who introduced somebody"
    decision = decide("deal", "Foo Capital | Brindle", companies=("Foo Capital",))
    assert short(decision) == ("review", ["brindle"])
    assert "Foo Capital" in decision.reason


@pytest.mark.parametrize("name", ["Ourco", "Ourco Inc.", "N/A", "-"])
def test_our_own_company_and_placeholders_are_nobody_else(name: str) -> None:
    assert matched("deal", "Brindle - Renewal", companies=(name,)) == [("brindle", "segment")]


# segment


@pytest.mark.parametrize(
    "title",
    [
        "Brindle <> Ourco Labs",
        "Ourco | Brindle",
        "Ourco / Brindle / Support",
        "BRINDLE x OC",
        "Ourco & Brindle",
        "brindle-ourco-ops",
        "ourco_brindle",
        "🔥 Brindle 🤝 Ourco",
        "Ourco: Brindle",
        "Ourco, Brindle",
        "Ourco + Brindle",
        "Ourco – Brindle",
        "Brindle Ltd <> Ourco",
        "Вrіndlе <> Ourco",
        "Ｂｒｉｎｄｌｅ <> Ourco",
        "[EXT] Brindle | Ourco",
        "brindle.example | Ourco",
    ],
)
def test_a_piece_of_the_title_that_is_a_company(title: str) -> None:
    assert matched("calendar", title) == [("brindle", "segment")]


@pytest.mark.parametrize(
    "spelling", ["Corvid One", "corvid-one", "corvidone", "CORVID  ONE", "CorvidOne"]
)
def test_one_company_in_five_spellings(spelling: str) -> None:
    assert matched("calendar", f"{spelling} <> Ourco") == [("corvid-one", "segment")]


@pytest.mark.parametrize("name", ["allferns", "lugaferns", "fernders"])
def test_names_alike_but_for_a_few_letters_stay_apart(name: str) -> None:
    assert matched("slack", f"{name}-ourco") == [(name, "segment")]


@pytest.mark.parametrize(
    "name", ["alferns", "mugaferns", "ferns", "brindleworks", "brind", "brindel"]
)
def test_a_name_that_is_only_similar_is_nobody(name: str) -> None:
    assert decide("slack", f"{name}-ourco").status == "unmatched"
    assert decide("telegram", f"{name.title()} <> Ourco").status == "unmatched"


def test_look_alike_letters_are_read_as_they_look() -> None:
    assert matched("telegram", "Асме <> Ourco") == [("acme", "segment")]


def test_other_words_beside_the_name_need_a_person() -> None:
    decision = decide("telegram", "Brindle Pay <> Ourco")
    assert short(decision) == ("review", ["brindle"])
    assert decision.reason == "other words stand beside the name"


def test_other_words_without_our_name_are_nobodys() -> None:
    decision = decide("telegram", "Brindle firing schedule")
    assert decision.status == "unmatched"
    assert decision.nearest is not None
    assert (decision.nearest.text, decision.nearest.company) == ("Brindle", "brindle")


def test_several_companies_in_one_title_share_it() -> None:
    for title in ("Brindle x Acme x Ourco", "Ourco <> Brindle / Acme", "Brindle & Acme | Ourco"):
        assert matched("calendar", title) == [("acme", "segment"), ("brindle", "segment")]


def test_half_of_a_pair_joined_by_and_is_not_enough() -> None:
    assert short(decide("telegram", "Brindle & Sons <> Ourco")) == ("review", ["brindle"])
    assert matched("telegram", "Brindle x Sonsfirm x Ourco") == [("brindle", "segment")]


def test_a_whole_title_needs_no_name_of_ours() -> None:
    assert matched("telegram", "Brindle") == [("brindle", "segment")]
    assert matched("slack", "corvid-one") == [("corvid-one", "segment")]


@pytest.mark.parametrize("title", ["EE", "X"])
def test_a_letter_or_two_alone_are_not_enough(title: str) -> None:
    assert decide("telegram", title).status == "review"


def test_short_names_need_a_piece_of_their_own() -> None:
    assert matched("telegram", "EE <> Ourco") == [("ee", "segment")]
    assert matched("telegram", "X <> Ourco") == [("x", "segment")]
    assert matched("telegram", "Brindle X Ourco") == [("brindle", "segment")]


def test_pieces_without_our_name_need_a_person_unless_all_are_known() -> None:
    assert short(decide("telegram", "Brindle / Somebody")) == ("review", ["brindle"])
    assert short(decide("telegram", "Brindle / Acme")) == ("matched", ["acme", "brindle"])


def test_a_deal_is_ours_without_saying() -> None:
    assert matched("deal", "Brindle - Renewal") == [("brindle", "segment")]
    assert decide("deal", "EE - Renewal").status == "review"


@pytest.mark.parametrize("flag", ["personal", "public"])
def test_personal_chats_and_public_channels_need_a_person(flag: str) -> None:
    for title in ("Acme", "Acme | Ourco"):
        assert short(decide("telegram", title, flags=(flag,))) == ("review", ["acme"])
    assert matched("telegram", "Project Amber", flags=(flag,)) == [("acme", "explicit")]


@pytest.mark.parametrize("title", ["Ourco Labs", "Ourco all hands", "OC", "-", "N/A", "", "🔥"])
def test_our_own_name_and_placeholders_are_nobody(title: str) -> None:
    for source in ("slack", "telegram", "calendar", "deal"):
        assert decide(source, title).status == "unmatched"


@pytest.mark.parametrize("flag", ["im", "mpim"])
def test_direct_messages_are_called_after_people(flag: str) -> None:
    assert decide("slack", "Acme", flags=(flag,)).status == "review"
    assert decide("slack", "Acme, Ourco Bot", flags=(flag,)).status == "review"
    assert matched("slack", "Acme", flags=("ext_shared", "private")) == [("acme", "segment")]


def test_our_own_name_does_not_reach_over_a_break() -> None:
    mapping = read_mapping((HEADER + "Digital Asset,,,,,,\n").encode())
    names = ("Ourco Digital", "Ourco")
    found = Matcher(build_index(mapping, names, ()), names, (), lambda _: None)
    assert short(found.match(item("telegram", "Ourco 🔗 Digital Asset"))) == (
        "matched",
        ["Digital Asset"],
    )


def test_a_company_that_carries_our_name_is_a_company() -> None:
    found = matcher("Ourco Fanclub,,,,,,\n")
    assert short(found.match(item("telegram", "Ourco Fanclub <> Ourco"))) == (
        "matched",
        ["Ourco Fanclub"],
    )


def test_two_readings_of_a_connector_go_to_review() -> None:
    found = matcher("space,,,,,,\nspacex,,,,,,\n")
    assert short(found.match(item("telegram", "Space X Ourco"))) == ("review", ["space", "spacex"])
    found = matcher("space,spacex,,,,,\nspacex,,,,,,\n")
    assert short(found.match(item("telegram", "Space X Ourco"))) == ("review", ["space", "spacex"])


# rungs against each other


def test_two_companies_of_one_name_are_never_decided_by_a_coin() -> None:
    for source in ("telegram", "calendar"):
        decision = decide(source, "Mirador <> Ourco")
        assert short(decision) == ("review", ["mirador", "mirador-co"])
        assert decision.settles


@pytest.mark.parametrize(("domain", "company"), [("example", "mirador"), ("test", "mirador-co")])
def test_a_domain_settles_which_of_two_it_is(domain: str, company: str) -> None:
    emails = (f"ann@mirador.{domain}",)
    assert matched("calendar", "Mirador <> Ourco", emails=emails) == [(company, "domain")]


def test_a_lower_rung_does_not_settle_a_tie() -> None:
    decision = decide("calendar", "Zed <> Ourco", emails=("a@shared.example",))
    assert short(decision) == ("review", ["yarrow", "zed"])


def test_rungs_that_contradict_each_other_go_to_review() -> None:
    decision = decide("calendar", "Brindle <> Ourco", emails=("a@acme.co.uk",))
    assert short(decision) == ("review", ["acme", "brindle"])
    assert decision.reason == "the evidence names different companies"
    decision = decide("deal", "Brindle - Renewal", companies=("Acme",))
    assert short(decision) == ("review", ["acme", "brindle"])


def test_a_lower_rung_that_agrees_adds_the_others_it_names() -> None:
    emails = ("a@acme.co.uk",)
    assert matched("calendar", "Brindle x Acme x Ourco", emails=emails) == [
        ("acme", "domain"),
        ("brindle", "segment"),
    ]


def test_agreeing_with_one_company_beside_a_tie_is_no_contradiction() -> None:
    emails = ("a@brindle.example", "b@shared.example")
    decision = decide("calendar", "Brindle <> Ourco", emails=emails)
    assert short(decision) == ("matched", ["brindle"])
    assert [match.company for match in decision.candidates] == ["yarrow", "zed"]
    decision = decide("calendar", "Brindle x Zed x Ourco", emails=emails)
    assert short(decision) == ("matched", ["brindle", "zed"])
    assert decision.candidates == ()


WORDS = [
    *("Acme", "Brindle", "corvid", "One", "Corvid-One", "EE", "X", "x", "&", "Ourco", "Ourco Labs"),
    *(
        "Mirador",
        "Pay",
        "Ltd",
        "<>",
        "|",
        " - ",
        "-",
        "/",
        "🔥",
        ",",
        "minter",
        "acme.co.uk",
        "Асме",
    ),
]


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | st.text(max_size=30))
def test_a_piece_that_matches_is_a_whole_name(title: str) -> None:
    names = {"acme", "brindle", "corvidone", "ee", "x", "brindleminter", "mirador", "acmecouk"}
    for source in SOURCES:
        for match in decide(source, title).matches:
            if match.method == "segment":
                evidence = match.evidence
                assert title[evidence.start : evidence.end] == evidence.text
                bare = without_legal_form(normalise(evidence.text).tokens)
                assert "".join(bare) in names


# what is nobody's

IGNORING = ROWS + (
    ",,runners,Runners,,,ignore\nNotetaker,,,,notes.example,,ignore\nBake Club,,,,,,ignore\n"
)


@pytest.mark.parametrize(
    "summary",
    [
        item("slack", "runners"),
        item("calendar", "Weekly", emails=("bot@notes.example",)),
        item("deal", "Renewal", companies=("Bake Club Ltd",)),
        item("telegram", "Bake Club <> Ourco"),
        item("telegram", "Bake Club"),
    ],
)
def test_what_the_mapping_ignores_is_unmatched_and_says_so(summary: Summary) -> None:
    decision = matcher(IGNORING).match(summary)
    assert decision == Decision(status="unmatched", reason="ignored by the mapping")


def test_an_ignored_guest_does_not_hide_the_company() -> None:
    meeting = item("calendar", "Brindle <> Ourco", emails=("bot@notes.example",))
    assert short(matcher(IGNORING).match(meeting)) == ("matched", ["brindle"])
    meeting = item("calendar", "Brindle Pay <> Ourco", emails=("bot@notes.example",))
    assert short(matcher(IGNORING).match(meeting)) == ("review", ["brindle"])


# what a match carries


def test_a_match_says_on_what_it_rests() -> None:
    (match,) = decide("calendar", "🔥 BRINDLE | Ourco").matches
    evidence = match.evidence
    assert (match.method, match.score, match.variant) == ("segment", 0.9, None)
    assert (evidence.text, evidence.field) == ("BRINDLE", "title")
    assert (evidence.start, evidence.end) == (2, 9)
    assert (evidence.mapping_line, evidence.mapping_column) == (2, "base_company")


@pytest.mark.parametrize(
    ("summary", "score", "text", "column"),
    [
        (item("slack", "brindle-ourco"), 1.0, "brindle-ourco", "slack_group"),
        (
            item("calendar", "W", emails=("a@brindle.example",)),
            0.97,
            "a@brindle.example",
            "calendar_domain",
        ),
        (item("deal", "W", companies=("Brindle Ltd",)), 0.95, "Brindle Ltd", "base_company"),
    ],
)
def test_each_rung_has_its_score_and_cell(
    summary: Summary, score: float, text: str, column: str
) -> None:
    (match,) = matcher().match(summary).matches
    assert (match.score, match.evidence.text) == (score, text)
    assert (match.evidence.mapping_line, match.evidence.mapping_column) == (2, column)


@pytest.mark.parametrize(
    "title", ["Brindle Minter <> Ourco", "Brindle (minter) | Ourco", "brindle-minter-ourco"]
)
def test_the_variant_that_the_title_names(title: str) -> None:
    (match,) = decide("calendar", title).matches
    assert (match.company, match.variant) == ("brindle", "brindle-minter")
    (match,) = decide("calendar", title, emails=("a@brindle.example",)).matches
    assert (match.method, match.variant) == ("domain", "brindle-minter")


def test_what_is_unmatched_shows_the_nearest_thing_seen() -> None:
    decision = decide("calendar", "Weekly", emails=("a@unknown.example",))
    assert decision.nearest is not None
    assert (decision.nearest.text, decision.nearest.field) == ("unknown.example", "email")
    decision = decide("deal", "Renewal", companies=("Unknown Ltd",))
    assert decision.nearest is not None
    assert decision.nearest.text == "Unknown Ltd"
    assert decide("calendar", "Weekly").nearest is None
    for host in ("ourco.example", "gmail.com", "co.uk"):
        seen = decide("company", "N/A", domains=(host,), emails=(f"a@{host}",))
        assert seen.nearest is None


def test_nothing_depends_on_any_order() -> None:
    rows = ROWS.splitlines(keepends=True)
    summaries = [
        item("calendar", "Mirador x Ourco", emails=("a@acme.co.uk", "b@brindle.example")),
        item("calendar", "Zed | Acme", emails=("b@shared.example", "a@brindle.example")),
        item("deal", "Q", companies=("Acme", "Brindle", "Zed"), domains=("tarn.github.io",)),
        item("slack", "q", aliases=("acme-ourco", "brindle-ourco", "proj-amber-91")),
    ]

    def plain(decision: Decision) -> list[tuple[str, str, str | None]]:
        found = (*decision.matches, *decision.candidates)
        return [(match.company, match.evidence.text, match.variant) for match in found]

    expected = [plain(matcher().match(summary)) for summary in summaries]
    for seed in range(5):
        rng = random.Random(seed)
        rng.shuffle(rows)
        shuffled = matcher("".join(rows))
        for summary, wanted in zip(summaries, expected, strict=True):
            turned = msgspec.structs.replace(
                summary,
                archive="elsewhere",
                **{
                    field: tuple(rng.sample(getattr(summary, field), len(getattr(summary, field))))
                    for field in ("aliases", "emails", "companies", "domains")
                },
            )
            assert plain(shuffled.match(turned)) == wanted
