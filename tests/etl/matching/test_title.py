"""The rungs that read a title, each with what it refuses."""

from __future__ import annotations

import random

import pytest

from etl.matching import title, title_rungs
from etl.matching.decisions import Nearest
from tests.etl.matching.corpus import BILLING, Entry, beside, chats, decide, item, learnt, said

# segment


def test_words_that_stand_beside_many_names_are_no_part_of_one() -> None:
    decision = decide(*chats("Gorse billing <> Ourco"), *BILLING)
    assert said(decision) == ("matched", [("gorse", "segment")])
    detail = decision.matches[0].evidence.detail
    assert detail == "'billing' stands beside 5 other companies"


def test_words_that_stand_beside_few_names_may_be_part_of_one() -> None:
    decision = decide(*chats("Gorse Billing <> Ourco"), *BILLING[:1])
    assert said(decision) == ("review", [("gorse", "segment")])
    assert decision.reason == title_rungs.WORDS


@pytest.mark.parametrize(("times", "companies"), [(1, "1 company"), (2, "2 companies")])
def test_it_is_said_beside_how_many_companies_a_word_was_met(times: int, companies: str) -> None:
    chat = chats("Gorse Billing <> Ourco")[0]
    steps = [*learnt(BILLING[:times]).trace(*chat)]
    assert any(step.says.endswith(f"beside {companies}") for step in steps)


def test_words_known_before_a_name_do_not_excuse_those_behind_a_common_one() -> None:
    corpus = beside("deal C <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")
    people = item("telegram", "Somewhere", "Ann Island")
    assert decide(*chats("deal Gorse <> Ourco"), *corpus).status == "matched"
    assert decide(*chats("Island deal <> Ourco"), *corpus, people).status == "review"


def test_numbers_are_alike_but_a_number_of_ones_own_is_a_name() -> None:
    corpus = beside("C wk 12 <> Ourco", "Acme", "Brindle", "Dunlin")
    assert said(decide(*chats("Gorse wk 47 <> Ourco"), *corpus))[0] == "matched"
    corpus = beside("C 31 <> Ourco", "Acme", "Brindle", "Dunlin")
    assert said(decide(*chats("Gorse 47 <> Ourco"), *corpus))[0] == "matched"
    again = chats("Gorse 47 <> Ourco", "Gorse 47 | Ourco")
    assert said(decide(*chats("Gorse 47 <> Ourco"), *corpus, *again))[0] == "review"


def test_what_is_somebodys_is_no_part_of_a_name() -> None:
    there = item("telegram", "Somewhere", "Ann Lee", "Bo Ray", "Cy Poe")
    corpus = [there, *chats("Acme Ann's thread <> Ourco", "Brindle Bo's thread <> Ourco")]
    assert decide(*chats("Gorse Cy's thread <> Ourco"), *corpus).status == "matched"


@pytest.mark.parametrize("name", ["Gorse Labs", "Gorse Capital", "Gorse Pay"])
def test_a_generic_word_behind_a_name_makes_another_firm(name: str) -> None:
    word = name.partition(" ")[2]
    corpus = beside(f"C {word} <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")
    assert decide(*chats(f"{name} <> Ourco"), *corpus).status == "review"


def test_a_generic_word_in_small_letters_that_also_stands_apart_is_no_part_of_a_name() -> None:
    names = ("Acme", "Brindle", "Dunlin", "Emberfold")
    beside_them, apart = (
        beside("C finance <> Ourco", *names),
        beside("C <> Ourco | finance", *names),
    )
    assert decide(*chats("Gorse finance <> Ourco"), *beside_them, *apart).status == "matched"
    assert decide(*chats("Gorse finance <> Ourco"), *beside_them).status == "review"
    for name in ("Gorse Finance <> Ourco", "gorse finance <> ourco", "GORSE FINANCE <> OURCO"):
        assert decide(*chats(name), *beside_them, *apart).status == "review"


def test_a_known_word_behind_a_generic_one_is_said_of_another_firm() -> None:
    corpus = beside("C Pay <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")
    assert decide(*chats("Gorse Pay billing <> Ourco"), *corpus, *BILLING).status == "review"


def test_a_pair_that_recurs_more_than_its_word_is_a_name() -> None:
    corpus = beside("C Mining <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold")
    again = chats("Gorse Mining | OC", "Gorse Mining x Ourco", "Ourco: Gorse Mining")
    assert decide(*chats("Gorse Mining <> Ourco"), *corpus, *again).status == "review"


def test_a_word_always_behind_the_same_names_makes_other_firms_of_them() -> None:
    names = ("Acme", "Brindle", "Dunlin", "Emberfold")
    corpus = [*beside("C Pottery <> Ourco", *names), *beside("Ourco: C Pottery", *names)]
    longer = beside("C Pottery billing <> Ourco", *names)
    for name in ("Gorse Pottery", "Gorse Pottery billing", "gorse pottery"):
        assert decide(*chats(f"{name} <> Ourco"), *corpus, *BILLING, *longer).status == "review"
    fewer = [*beside("C tax forms <> Ourco", *names[2:]), *beside("Ourco: C tax forms", *names[2:])]
    assert decide(*chats("Gorse tax forms <> Ourco"), *fewer).status == "matched"
    for elsewhere in ("C <> Ourco | Pottery", "Pottery C <> Ourco"):
        apart = beside(elsewhere, "Gorse", "Acme")
        assert decide(*chats("Gorse Pottery <> Ourco"), *corpus, *apart).status == "matched"


@pytest.mark.parametrize(
    "known",
    [
        item("deal", "Renewal", companies=("Gorse Billing Ltd",)),
        item("calendar", "Weekly", emails=("ann@gorse-billing.test",)),
    ],
)
def test_a_name_within_one_that_the_corpus_knows_is_not_meant(known: Entry) -> None:
    decision = decide(*chats("Gorse Billing <> Ourco"), *BILLING, known)
    assert said(decision) == ("review", [("gorse", "segment")])
    assert decision.reason == title_rungs.ANOTHER


def test_two_names_side_by_side_are_two_only_where_nothing_is_capital() -> None:
    channel = item("slack", "ourco-acme-gorse")
    assert said(decide(channel))[1] == [("acme", "segment"), ("gorse", "segment")]
    assert decide(*chats("Acme Gorse <> Ourco")).status == "review"


def test_what_marks_an_old_channel_is_no_company_before_another() -> None:
    rows = "base_company\nzz\nacme\n"
    for name, company in (
        ("zz-acme-ourco", "acme"),
        ("zz-ourco", "zz"),
        ("old-acme-ourco", "acme"),
    ):
        assert said(decide(item("slack", name), rows=rows)) == ("matched", [(company, "segment")])


def test_who_introduced_somebody_is_not_meant() -> None:
    corpus = beside("intro via C <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")
    decision = decide(*chats("intro via Gorse <> Ourco"), *corpus)
    assert (decision.status, decision.reason) == ("review", title_rungs.REFERRED)


def test_an_unknown_party_that_x_joins_takes_nothing_away() -> None:
    assert said(decide(*chats("Gorse x Zorg Works x Ourco")))[1] == [("gorse", "segment")]
    assert decide(*chats("Gorse & Sons <> Ourco")).status == "review"
    foreign = item("deal", "Renewal", companies=("Zorg",))
    assert said(decide(*chats("Gorse & Zorg <> Ourco"), foreign))[1] == [("gorse", "segment")]


# without our name


def test_without_our_name_every_piece_must_be_known() -> None:
    devs = chats("Corvid One | Devs", "Acme | Ourco | Devs", "Brindle | Ourco | Devs")
    devs += chats("Dunlin | Ourco | Devs", "Emberfold | Ourco | Devs")
    assert said(decide(*chats("Gorse | Devs"), *devs)) == ("matched", [("gorse", "segment")])
    assert decide(*chats("Gorse | Cake"), *devs).reason == title.NO_OURS


def test_idioms_that_many_common_words_fill_teach_nothing() -> None:
    corpus = beside("Old C stories", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree", "Halyard")
    assert decide(*chats("Old Gorse stories"), *corpus).status == "unmatched"


def test_a_shared_channel_is_ours_without_saying() -> None:
    corpus = [item("slack", f"cust-{n}", flags=("ext_shared",)) for n in ("acme", "brindle")]
    corpus += [item("slack", f"cust-{n}", flags=("ext_shared",)) for n in ("dunlin", "halyard")]
    for flags in (("ext_shared",), ()):
        assert said(decide(item("slack", "cust-gorse", flags=flags), *corpus))[0] == "matched"
    assert decide(item("slack", "team-gorse"), *corpus).status == "unmatched"


def test_a_meeting_is_a_companys_when_a_piece_is() -> None:
    assert said(decide(item("calendar", "Call with Ann (Gorse)")))[0] == "matched"
    assert decide(item("calendar", "Gorse cutting")).status == "unmatched"
    somebody = item("telegram", "Somewhere", "Ann Gorse")
    assert decide(item("calendar", "Call with Ann (Gorse)"), somebody).status == "review"


def test_teams_of_ours_make_no_company_of_what_they_do() -> None:
    teams = [*chats("Ourco billing", "OC billing 🌻"), item("slack", "ourco-billing")]
    assert said(decide(*chats("Gorse billing <> Ourco"), *BILLING, *teams))[0] == "matched"
    party = [*chats("Ourco <> Billing", "Billing | Ourco")]
    assert said(decide(*chats("Gorse Billing <> Ourco"), *BILLING, *party))[0] == "review"
    shared = [item("slack", name, flags=("ext_shared",)) for name in ("billing-oc", "oc-billing")]
    assert said(decide(*chats("Gorse Billing <> Ourco"), *BILLING, *shared))[0] == "review"


@pytest.mark.parametrize("title", ["News about Gorse today", "photos of Gorse"])
def test_a_name_with_a_capital_among_small_words_is_no_word(title: str) -> None:
    met = chats("Gorse watermark <> Ourco")
    assert said(decide(*met, *chats(title)))[1] == [("gorse", "topic")]
    assert decide(*met, *chats(title.lower())).status == "review"
    assert decide(*met, *chats("Gorse cutting day")).status == "review"


@pytest.mark.parametrize("title", ["Gorse & Gorse <> Ourco", "Ourco: Gorse & Gorse"])
def test_a_name_joined_to_itself_is_somebody_elses(title: str) -> None:
    decision = decide(*chats(title))
    assert (decision.status, decision.reason) == ("review", title_rungs.ANOTHER)


@pytest.mark.parametrize(
    "name", ["Gorse (Zorg) / Bo (Ourco)", "Sync @ Gorse (Zorg)", "Bo Ray / Gorse Ourco", "Gorse"]
)
def test_a_company_called_like_a_person_needs_more_than_a_name(name: str) -> None:
    meeting, there = item("calendar", name), item("telegram", "Somewhere", "Gorse Poe", "Gorse Ray")
    decision = decide(meeting, there)
    assert said(decision) == ("review", [("gorse", "segment")])
    assert decision.reason == title_rungs.PERSON
    assert decide(item("calendar", "Gorse <> Ourco"), there).status == "matched"
    assert decide(item("calendar", "Bo (Gorse) / Cy (Ourco)"), there).status == "matched"


def test_a_last_name_behind_a_first_name_is_a_persons() -> None:
    people = ("Ann Poe", "Ann Gorse", "Ann Ray")
    there, words = (
        item("telegram", "Somewhere", *people),
        beside("Ann C <> Ourco", "Acme", "Dunlin"),
    )
    corpus = [there, *words, *beside("Ann C <> Ourco", "Brindle", "Emberfold")]
    decision = decide(item("calendar", "Bo Ourco <> Ann Gorse"), *corpus)
    assert (decision.status, decision.reason) == ("review", title_rungs.PERSON)
    assert decide(item("calendar", "Bo Ourco <> Ann Figtree"), *corpus).status == "matched"
    assert decide(item("calendar", "Bo Ourco <> Gorse"), *corpus).status == "matched"


def test_accounts_called_like_their_company_are_nobody_of_that_name() -> None:
    accounts = ("Gorse Support", "Gorse Bot")
    theirs, meeting = item("telegram", "Gorse <> Ourco", *accounts), item("calendar", "Gorse")
    assert decide(meeting, theirs).status == "matched"
    elsewhere = item("telegram", "Somewhere", *accounts)
    for corpus in ((theirs, elsewhere), (elsewhere, theirs)):
        assert decide(meeting, *corpus).reason == title_rungs.PERSON
    one = item("telegram", "Somewhere", "Gorse Poe")
    assert decide(meeting, one).status == "matched"


def test_words_of_many_companies_make_no_word_of_a_name() -> None:
    met, inner = chats("Gorse watermark <> Ourco")[0], item("slack", "gorse-inside")
    assert decide(met, inner).status == "review"
    plain = ("acme", "brindle", "dunlin", "emberfold", "figtree")
    idiom = [item("slack", f"{name}-inside") for name in plain]
    assert decide(met, inner, *idiom).status == "review"  # each of them may be a word, too
    no_words = [item("slack", f"{name}-inside") for name in ("corvid-one", "juniper-labs")]
    assert decide(met, inner, *no_words).status == "review"
    assert said(decide(met, inner, *idiom, *no_words))[1] == [("gorse", "topic")]


def test_another_firm_with_a_generic_word_makes_no_word_of_a_name() -> None:
    met = chats("Gorse watermark <> Ourco")[0]
    assert decide(met, item("calendar", "Gorse cutting day")).status == "review"
    assert decide(met, item("calendar", "Gorse Foundation day")).status == "matched"


def test_deals_teach_what_is_said_of_companies_that_are_no_words() -> None:
    deals = [item("deal", f"{name} Upsell") for name in ("Acme", "Brindle", "Dunlin")]
    assert said(decide(item("deal", "Gorse Upsell"), *deals))[1] == [("gorse", "segment")]
    idioms = [item("slack", f"{name}-day") for name in ("acme", "brindle", "dunlin")]
    assert decide(item("deal", "Gorse Upsell"), *deals, *idioms).status == "review"


def test_a_firm_may_be_called_like_what_joins_two() -> None:
    rows = "base_company\nx\ngorse\n"
    for name in ("X x Ourco", "Ourco x X", "X <> Ourco", "X and Ourco"):
        assert said(decide(*chats(name), rows=rows)) == ("matched", [("x", "segment")])
    assert said(decide(*chats("Gorse x Ourco"), rows=rows)) == ("matched", [("gorse", "segment")])


REFERENCES = beside("ref. C <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold")


def test_a_deal_in_whose_name_another_company_stands_may_be_theirs() -> None:
    deal, known = (
        item("deal", "Zorg Works / Gorse"),
        item("deal", "Deal", companies=("Zorg Works",)),
    )
    assert decide(deal).status == "matched"  # nobody knows that it is a company
    assert (decide(deal, known).status, decide(deal, known).reason) == ("review", title.OTHERS)


@pytest.mark.parametrize("name", ["Zorg Works - ref. Gorse", "Zorg Works [Gorse]", "Zorg (Gorse)"])
def test_who_stands_behind_a_name_that_nothing_explains_may_have_introduced_it(name: str) -> None:
    decision = decide(item("deal", name), *REFERENCES)
    assert (decision.status, decision.reason) == ("review", title.OTHERS)


@pytest.mark.parametrize("name", ["billing", "Ann Poe", "4711", "[Q3]"])
def test_what_is_said_of_many_a_person_or_a_number_is_nobody_introduced(name: str) -> None:
    there = item("telegram", "Somewhere", "Ann Poe", "Ann Ray")
    deal = item("deal", f"{name} - ref. Gorse")
    assert decide(deal, there, *REFERENCES, *BILLING).status == "matched"
    assert decide(item("deal", f"ref. Gorse - {name} here"), *REFERENCES).status == "matched"


def test_a_person_whom_the_crm_calls_a_company_is_no_other() -> None:
    known = item("deal", "Renewal", companies=("Ann Poe",))
    there = item("telegram", "Somewhere", "Ann Poe", "Ann Ray")
    assert decide(item("deal", "Gorse - Ann Poe"), known).reason == title.OTHERS
    assert decide(item("deal", "Gorse - Ann Poe"), known, there).status == "matched"


def test_words_of_peoples_names_are_a_person_only_behind_a_first_name() -> None:
    people = item("telegram", "Somewhere", "Ann Zorg", "Ann Works", "Bo Zorg Works")
    for name, status in (("Zorg Works", "review"), ("Ann Zorg", "matched")):
        assert decide(item("deal", f"{name} - ref. Gorse"), people, *REFERENCES).status == status


def test_another_company_is_seen_among_words_that_recur() -> None:
    corpus = [item("deal", f"Zorg Works ref. {name}") for name in ("Acme", "Brindle", "Dunlin")]
    deal = item("deal", "Zorg Works ref. Gorse")
    assert decide(deal, *corpus).status == "matched"
    decision = decide(deal, *corpus, item("deal", "Renewal", companies=("Zorg Works",)))
    assert (decision.status, decision.reason) == ("review", title.OTHERS)
    beside_many = beside("Zorg Works C <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold")
    known = item("calendar", "Weekly", emails=("ann@zorg-works.test",))
    assert decide(item("deal", "Zorg Works - Gorse"), *beside_many).status == "matched"
    assert decide(item("deal", "Zorg Works - Gorse"), *beside_many, known).reason == title.OTHERS
    one_word = [item("deal", f"Zorg ref. {name}") for name in ("Acme", "Brindle", "Dunlin")]
    known = item("deal", "Renewal", companies=("Zorg",))
    assert decide(item("deal", "Zorg ref. Gorse"), *one_word, known).reason == title.OTHERS


def test_a_longer_name_of_another_that_begins_with_ours_is_theirs() -> None:
    rows = "base_company\nourco-insight\ngorse\n"
    for name in ("Ourco Insight <> Ourco", "Ourco / Ourco Insight", "Ourco Insight | Ourco"):
        decision = decide(*chats(name), rows=rows)
        assert said(decision) == ("matched", [("ourco-insight", "segment")])
    assert decide(*chats("Gorse / Ourco Insight"), rows=rows).status == "matched"
    assert decide(*chats("Ourco Insight Gorse"), rows=rows).status == "unmatched"


def test_a_name_may_hold_what_else_stands_between_two() -> None:
    rows = 'base_company,variant_name\ntoys-r-me,"Toys ""R"" Me"\nz-ga,Z/GA\nga,GA\na-b,A/B\n'
    for name in ('Toys "R" Me <> Ourco', "Ourco / Toys 'R' Me GmbH", 'Toys "R" Me | Ourco | here'):
        assert said(decide(*chats(name), rows=rows))[1] == [("toys-r-me", "segment")]
    for name in ("Z/GA <> Ourco", "Ourco | Z / GA"):
        assert said(decide(*chats(name), rows=rows)) == ("matched", [("z-ga", "segment")])
    assert said(decide(*chats("Z / Ourco / GA"), rows=rows))[1] == [("ga", "segment")]
    assert decide(*chats("Ourco A/B test"), rows=rows).status == "unmatched"


def test_a_name_that_goes_on_behind_a_dotted_word_is_the_longest() -> None:
    rows = "base_company,variant_name\ngorse,gorse\ngorse,Gorse.io Group\nacme,acme\n"
    assert said(decide(*chats("Meet Gorse.io Group"), rows=rows))[0] == "unmatched"
    assert said(decide(*chats("Ourco with Gorse.io Group"), rows=rows))[0] == "matched"


# core


def test_a_name_without_its_generic_word_is_enough_with_us() -> None:
    assert said(decide(*chats("Juniper <> Ourco"))) == ("matched", [("juniper-labs", "core")])
    assert decide(*chats("Juniper")).status == "unmatched"


def test_a_short_name_that_somebody_else_has_is_the_nearest_thing_seen() -> None:
    somebody = item("calendar", "Weekly", emails=("a@juniper.test",))
    decision = decide(*chats("Juniper <> Ourco"), somebody)
    assert decision.status == "unmatched"
    assert decision.nearest is not None
    assert decision.nearest == Nearest(
        text="Juniper", field="title", detail=title.SOMEBODY_ELSE, company="juniper-labs"
    )
    assert decide(*chats("Zorg <> Ourco"), somebody).nearest is None


@pytest.mark.parametrize(
    "rows", ["juniper-labs\njuniper-capital", "juniper-labs\njuniper", "juniper-labs\nx,juniper"]
)
def test_a_short_name_of_two_is_no_short_name(rows: str) -> None:
    decision = decide(*chats("Juniper <> Ourco"), rows=f"base_company,variant_name\n{rows}\n")
    assert [match.method for match in decision.matches] in ([], ["segment"])


def test_a_short_name_with_another_generic_word_is_another_firm() -> None:
    assert decide(*chats("Juniper Capital <> Ourco")).status == "unmatched"
    known = [item("deal", "Renewal", companies=("Juniper",))] * 2
    assert decide(*chats("Juniper <> Ourco"), *known).status == "unmatched"


def test_a_short_name_that_is_a_word_is_nobody() -> None:
    corpus = chats("Acme juniper tasting <> Ourco")
    assert decide(*chats("Juniper <> Ourco"), *corpus).status == "unmatched"


# topic


@pytest.mark.parametrize("name", ["Gorse to have", "Gorse small site"])
def test_a_deal_that_reads_like_a_sentence_is_nobodys(name: str) -> None:
    assert decide(item("deal", name)).status == "review"
    assert said(decide(item("deal", name.replace("Gorse", "Corvid One"))))[0] == "matched"


def test_half_of_a_hyphened_word_is_no_name() -> None:
    assert decide(*chats("Corvid One-out option <> Ourco")).status == "review"
    assert decide(*chats("Corvid One exit option <> Ourco")).status == "matched"


@pytest.mark.parametrize("name", ["Gorse watermark <> Ourco", "Ourco | Gorse audit papers"])
def test_a_word_in_small_letters_met_once_is_what_it_is_about(name: str) -> None:
    decision = decide(*chats(name))
    assert said(decision) == ("matched", [("gorse", "topic")])
    assert "met beside no name but here" in decision.matches[0].evidence.detail


@pytest.mark.parametrize(
    "entry",
    [
        *chats("Gorse Watermark <> Ourco", "gorse watermark <> ourco", "Gorse watermark"),
        *chats("Gorse labs <> Ourco", "Gorse and watermark <> Ourco"),
        *chats("Gorse one two three four five <> Ourco"),
        item("slack", "gorse-watermark-ourco"),
    ],
)
def test_a_word_that_may_be_part_of_a_name_is_not(entry: Entry) -> None:
    assert decide(entry).status != "matched"


def test_a_word_that_recurs_with_one_company_is_part_of_its_name() -> None:
    assert decide(*chats("Gorse works <> Ourco"), *chats("Gorse works | Ourco")).status == "review"


def test_who_stands_beside_several_companies_is_no_word_said_of_many() -> None:
    parties = beside("C | Zorg | Ourco", "Acme", "Brindle", "Dunlin", "Emberfold")
    alone = chats("Zorg <> Ourco", "Ourco / Zorg")
    entry = item("slack", "gorse-zorg-ourco", flags=("ext_shared",))
    assert decide(entry, *parties).status == "matched"
    assert decide(entry, *parties, *alone).status == "review"
    crm = [item("deal", "Renewal", companies=("Zorg",))] * 2
    assert decide(entry, *parties, *crm).status == "review"


def test_a_common_word_is_not_what_something_is_about() -> None:
    idiom = item("telegram", "Gorse cutting on Sunday")
    assert decide(*chats("Gorse watermark <> Ourco"), idiom).status == "review"
    assert decide(item("deal", "Gorse round"), idiom).status == "review"


# all


def test_the_same_title_again_teaches_nothing_new() -> None:
    series = [item("calendar", "Kestrelmeer <> Ourco")] * 5
    assert said(decide(*series)) == ("matched", [("kestrelmere", "typo")])


def test_a_personal_chat_and_a_public_channel_stay_with_a_person() -> None:
    for flag in ("personal", "public"):
        entry = item("telegram", "Gorse billing <> Ourco", flags=(flag,))
        assert decide(entry, *BILLING).status == "review"


def test_of_two_items_with_one_title_it_does_not_matter_which_comes_first() -> None:
    """Though one is shared and the other is not, and others take part."""
    names = ("acme", "brindle", "dunlin", "emberfold", "figtree", "gorse")
    corpus = [
        item("slack", f"{name}-partner", flags=("ext_shared",) * shared)
        for name in names
        for shared in (False, True)
    ]
    corpus += [item("deal", "Gorse paperwork", companies=named) for named in ((), ("Gorse",))]
    titles = [f"{name} <> Ourco" for name in names]
    corpus += [item("telegram", title, who) for title in titles for who in ("Ann Lee", "Bo Fox")]
    expected = learnt(corpus).learnt
    assert expected.everywhere == {"Ann Lee", "Bo Fox"}
    for seed in range(5):
        random.Random(seed).shuffle(corpus)
        assert learnt(corpus).learnt == expected


def test_the_order_of_the_corpus_makes_no_difference() -> None:
    corpus = [
        *BILLING,
        *chats(
            "Gorse billing <> Ourco", "Kestrelmeer <> Ourco", "Gorse cake <> Ourco", "Juniper | OC"
        ),
        item("deal", "Renewal", companies=("Zorg",)),
        item("slack", "cust-acme", flags=("ext_shared",)),
        item("telegram", "Launch", "Ann | Gorse", "Bo (Gorse)"),
    ]
    expected = {summary.title: learnt(corpus).match(summary, who) for summary, who in corpus}
    assert {decision.reason for decision in expected.values()} >= {"segment", "typo", "topic"}
    for seed in range(5):
        random.Random(seed).shuffle(corpus)
        matcher = learnt(corpus)
        assert {s.title: matcher.match(s, who) for s, who in corpus} == expected
