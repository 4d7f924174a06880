"""Titles, names and mappings that somebody made to do harm, or that broke badly: every one gets
an answer, and in time.

Sizes are such that work with the square of them would need minutes, most of it hours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest

from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.decisions import Decision
from etl.matching.learnt import Learnt
from etl.matching.matcher import Matcher
from etl.matching.own_company import OwnCompany
from etl.matching.people import tagged
from etl.matching.said import Words
from etl.matching.title import LONG
from tests.etl.matching.corpus import NAMES, ROWS, Entry, beside, chats, item, learnt, said
from tests.guarding import no_hang

MANY = 10_000
HUGE = 1_000_000
OTHERS = [item("deal", f"Deal {name}", companies=(f"{name} Ltd",)) for name in ("Zed", "Zed Yaw")]
SAID = ("billing", "weekly sync", "support", "v1 2", "m", "a")
CORPUS = [*OTHERS, *(entry for words in SAID for entry in beside(f"C {words} <> Ourco", *NAMES))]
FIRMS = "base_company,calendar_domain,variant_name,variant_type\n" + "".join(
    [
        *(f"{name},{name}.example,,\n" for name in NAMES),
        *("Ourco Ventures,,,\n", "Ourco Ventures Two,,,\n", "R/GA,,,\n"),
        *(",,onboarding,word\n", ",,Zed Mining,name\n"),
    ]
)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    with no_hang():
        yield


def told(matcher: Matcher, entry: Entry) -> Decision:
    """The decision, when all that may be asked about the item was asked."""
    decision, own, suggesting = matcher.match(*entry), OwnCompany(), matcher.suggesting()
    own.add(entry[0])
    own.proposed()
    suggesting.add(entry[0], decision)
    list(suggesting.rows())
    list(matcher.trace(*entry))
    matcher.sides().our_people(*entry)
    return decision


def kinds(title: str, *people: str) -> list[Entry]:
    """The title as that of every kind of item."""
    return [
        item("telegram", title, *people),
        item("telegram", title, flags=("public",)),
        item("slack", title),
        item("slack", title, flags=("ext_shared",)),
        item("calendar", title),
        item("deal", title),
    ]


def numbered(count: int) -> str:
    return " ".join(f"word{number}z" for number in range(count))


REPEATED: dict[str, Callable[[int], str]] = {
    "words said of many": lambda n: "Acme " + "billing " * n + "<> Ourco",
    "words said of many before": lambda n: "weekly sync " * n + "Acme <> Ourco",
    "words said of many, and one more": lambda n: "Acme " + "billing " * n + "qux <> Ourco",
    "words that the mapping says are none": lambda n: "Acme onboarding " + "billing " * n + "Ourco",
    "names that the mapping says are some": lambda n: "Acme " + "zed billing " * n + "<> Ourco",
    "numbers": lambda n: "Acme " + "v1 2 " * n + "<> Ourco",
    "letters": lambda n: "Acme " + "m a " * n + "<> Ourco",
    "words of nobody": lambda n: f"Acme {numbered(n)} <> Ourco",
    "names": lambda n: "Acme Brindle " * n + "<> Ourco",
    "names that are joined": lambda n: "Acme x Zed and Brindle with " * n + "Ourco",
    "names apart": lambda n: "Acme, billing, qux, Brindle / " * n + "Ourco",
    "names among words": lambda n: "Acme billing Brindle support " * n + "<> Ourco",
    "names of others": lambda n: "Ourco | Acme | " + "Zed Yaw billing " * n,
    "names written to another": lambda n: "Acme株式会社" * n + " <> Ourco",
    "names as they sound": lambda n: "Акме Корвид " * n + "Acme <> Ourco",
    "our own name": lambda n: "Ourco OC " * n + "Acme",
    "names that begin with ours": lambda n: "Ourco Ventures Two " * n + "Ourco Acme",
    "all but names that begin with ours": lambda n: "Ourco " * n + "Ventures " * n + "Acme",
    "names with breaks": lambda n: "R/GA R/G " * n + "Acme <> Ourco",
    "hosts": lambda n: "acme.example acme.no.example " * n + "<> Ourco",
    "one host": lambda n: "Acme " + "a." * n + "example <> Ourco",
    "legal forms": lambda n: "Acme " + "Ltd " * n + "<> Ourco",
    "legal forms in front": lambda n: "ooo " * n + "Acme <> Ourco",
    "legal forms with a slash": lambda n: "Acme A/S " * n + "<> Ourco",
    "trades": lambda n: "Acme " + "Labs Pay " * n + "<> Ourco",
    "old ones": lambda n: "old " * n + "Acme <> Ourco",
}


@pytest.mark.parametrize("title", REPEATED.values(), ids=REPEATED)
def test_a_text_that_is_no_title_is_for_a_person_to_look_at(title: Callable[[int], str]) -> None:
    long = title(MANY)
    matcher = learnt([*CORPUS, *kinds(long)], FIRMS)
    for entry in kinds(long):
        decision = told(matcher, entry)
        assert decision.status == "review"
        assert decision.reason == LONG
        assert "acme" in [match.company for match in decision.candidates]


def test_a_text_that_is_no_title_teaches_nothing_and_is_not_ours_without_our_name() -> None:
    long = item("calendar", f"Acme {numbered(MANY)}")
    matcher = learnt([*CORPUS, long])
    decision = told(matcher, long)
    assert (decision.status, decision.nearest and decision.nearest.company) == ("unmatched", "acme")
    assert matcher.learnt == learnt([*CORPUS, item("calendar", "")]).learnt
    assert LONG in "".join(step.says for step in matcher.trace(*long))


def test_a_group_of_the_mapping_may_be_as_long_as_it_likes() -> None:
    long = "Acme <> Ourco " + "billing " * MANY
    entry = item("telegram", long)
    rows = f"base_company,telegram_group\nacme,{long}\n"
    assert said(told(learnt([entry], rows), entry)) == ("matched", [("acme", "explicit")])


LARGE = {
    "separators": "Acme " + "<> | - " * HUGE + "Ourco",
    "spaces": " " * HUGE + "Acme" + " " * HUGE + "<> Ourco",
    "letters without width": "A" + "\u200b" * HUGE + "cme <> Ourco",
    "marks": "A" + "\u0301\u0316" * HUGE + "cme <> Ourco",
    "emoji": "Acme " + "🔥" * HUGE + " Ourco",
}


@pytest.mark.parametrize("title", LARGE.values(), ids=LARGE)
def test_what_says_nothing_may_stand_there_in_masses(title: str) -> None:
    (entry, *_) = kinds(title)
    decision = told(learnt([*CORPUS, entry]), entry)
    assert said(decision) == ("matched", [("acme", "segment")])


NOTHING = {
    "separators": "<> | - " * HUGE,
    "letters without width": "\u200b" * HUGE,
    "a word": "q" * HUGE,
    "a word that ends like a trade": "q" * HUGE + "labs",
    "a number": "1" * HUGE,
    "dots": "." * HUGE,
    "marks of another script": "ا" + "\u0650\u064b" * (HUGE // 4),
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_a_title_or_a_company_field_of_a_megabyte_leads_nowhere(text: str) -> None:
    entries = [*kinds(text), item("deal", "Deal", companies=(text,))]
    for entry in entries:
        assert told(learnt([*CORPUS, entry]), entry).status == "unmatched"


def work(call: Callable[[], object]) -> int:
    """How many functions are called."""
    calls = 0

    def count(_frame: FrameType, event: str, _of: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("title", REPEATED.values(), ids=REPEATED)
def test_twice_as_long_a_title_is_at_most_some_four_times_the_work(
    title: Callable[[int], str],
) -> None:
    matcher = learnt(CORPUS, FIRMS)
    words = len(title(10).split()) / 10
    sizes = [int(part / words) for part in (70, 140, 280)]
    for place in range(len(kinds(""))):
        entries = [kinds(title(size))[place] for size in sizes]
        needed = [work(partial(told, matcher, entry)) for entry in entries]
        assert all(after < 5 * before for before, after in pairwise(needed))


class Counted(dict[str, frozenset[str]]):
    """How often something is looked up."""

    asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.asked += 1
        return super().get(key, default)


@pytest.mark.parametrize("last", ["", "qux"])
def test_each_rest_of_words_that_are_said_is_looked_at_once(last: str) -> None:
    asked = []
    for count in (500, 1000):
        before = Counted({"billing": frozenset("ABCDE")})
        words = (*("billing",) * count, *last.split())
        supported = Learnt(items=1, words=Words(before=before)).support(words, "before", "")
        assert supported == (0 if last else 5)
        asked.append(before.asked)
    assert asked[1] < 3 * asked[0]


class Companies(frozenset[str]):
    """How often sets of companies are gone through."""

    through = 0

    def __and__(self, other: Any) -> Any:
        Companies.through += 1
        return super().__and__(other)

    def __or__(self, other: Any) -> Any:
        Companies.through += 1
        return super().__or__(other)

    def __sub__(self, other: Any) -> Any:
        Companies.through += 1
        return super().__sub__(other)


def test_the_companies_beside_a_phrase_are_gone_through_once() -> None:
    Companies.through = 0
    words = Words(
        before={"sync": Companies("ABCD")},
        after={"sync": Companies("CDEF")},
        tokens={"sync": Companies("ABCDEF")},
        numbered={"v1": Companies("A")},
        pairs={("A", "v1"): 2},
    )
    known = Learnt(items=1, words=words)
    for _ in range(100):
        assert words.support("sync", "C") == ({"before": 3, "after": 3}, 5)
        assert words.support("sync", "Z") == ({"before": 4, "after": 4}, 6)
        assert known.seen("sync", "A")
        assert known.support(("v1",), "after", "A") == 0
    assert Companies.through <= 1


PEOPLE = {
    "a bar": (" " * HUGE + "|", ""),
    "spaces, and no company": ("Ann" + " " * HUGE + "| Acme" + " " * HUGE + "|", ""),
    "spaces, and a bracket": ("Ann" + " " * HUGE + "(" + " " * HUGE, ""),
    "spaces, and a company": (" " * HUGE + "Ann" + " " * HUGE + "|" + " " * HUGE + "Acme ", "Acme"),
    "at": ("Ann" + " @" * HUGE, "@" + " @" * (HUGE - 2)),
    "brackets": ("Ann " + "(" * HUGE + ")" * HUGE, ""),
}


@pytest.mark.parametrize(("person", "company"), PEOPLE.values(), ids=PEOPLE)
def test_the_name_of_a_person_may_be_of_any_length(person: str, company: str) -> None:
    assert tagged(person)[1] == company


def test_thousands_of_people_in_a_chat_with_a_long_title() -> None:
    people = [f"Ann{number} Lee{number} | Firm{number}" for number in range(MANY)]
    entry = item("telegram", f"Ourco <> {numbered(MANY)}", *people, "Bo | Acme", "Cy | Acme")
    decision = told(learnt([entry]), entry)
    assert said(decision) == ("matched", [("acme", "participants")])


def test_thousands_of_companies_of_one_name_are_all_put_forward() -> None:
    names = [f"firm{number:05}" for number in range(5_000)]
    rows = "base_company,variant_name,telegram_group\n"
    rows += "".join(f"{name},Namesake,Namesake News\n" for name in names)
    emails = tuple(f"ann@host{number}.example" for number in range(MANY))
    long = "Namesake " * MANY + "<> Ourco"
    entries = [
        *chats("Namesake <> Ourco", "Namesake News", long),
        item("calendar", long, emails=emails),
    ]
    matcher = learnt(entries, rows)
    for entry in entries:
        decision = told(matcher, entry)
        assert decision.status == "review"
        assert [match.company for match in decision.candidates] == names


def test_of_thousands_that_tie_rows_are_offered_for_some_and_the_rest_is_counted() -> None:
    rows = "base_company,variant_name\n" + "".join(f"firm{n:05},Namesake\n" for n in range(5_000))
    (entry,) = chats("Namesake <> Ourco")
    matcher = learnt([entry], rows)
    suggesting = matcher.suggesting()
    suggesting.add(entry[0], matcher.match(*entry))
    offered = list(suggesting.rows())
    assert [row["base_company"] for row in offered] == [f"firm{n:05}" for n in range(20)]
    assert {row["reason"][-25:] for row in offered} == {", firm00019 and 4980 more"}


def test_thousands_of_companies_and_hosts_of_one_deal() -> None:
    companies = tuple(f"Firm {number}" for number in range(MANY))
    emails = tuple(f"ann@firm{number}.example" for number in range(MANY))
    entry = item("deal", "Deal", companies=companies, emails=emails)
    matcher = learnt([entry])
    suggesting = matcher.suggesting()
    suggesting.add(entry[0], matcher.match(*entry))
    found = {row["base_company"]: row["calendar_domain"] for row in suggesting.rows()}
    assert found["Firm 4711"] == "firm4711.example"


def test_thousands_of_companies_apart_in_one_title() -> None:
    firms = [f"Firm{number}" for number in range(MANY)]
    rows = "base_company\n" + "".join(f"{firm}\n" for firm in firms)
    entry = item("telegram", "".join(f"{firm}, word{firm} | " for firm in firms) + "Ourco")
    decision = told(learnt([entry], rows), entry)
    assert (decision.status, decision.reason) == ("review", LONG)
    assert len(decision.candidates) == MANY


def test_thousands_of_names_of_a_company_in_as_many_words_of_a_channel() -> None:
    rows = "base_company,variant_name\n" + "".join(f"acme,Acme{number}\n" for number in range(MANY))
    title = "-".join(f"acme{number}-word{number}" for number in range(MANY))
    entry = item("slack", title, flags=("ext_shared",))
    assert told(learnt([entry], rows), entry).reason == LONG


CELLS = {
    "a word": "q" * 100_000,
    "words": "qux " * 25_000,
    "legal forms": "Qux" + " Ltd" * 25_000,
    "a word that ends like a trade": "q" * 100_000 + "labs",
    "our own name": "Ourco " * 15_000 + "Qux",
    "breaks": "qux/" * 25_000 + "qux",
    "marks": "ا" + "\u0650\u064b" * 50_000,
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_row_as_long_as_a_cell_may_be_is_met_as_it_is_and_costs_no_other(cell: str) -> None:
    rows = f"base_company,variant_name,variant_type\n{cell},,\nacme,,\n,{cell},word\n,Mining,name\n"
    deal = item("deal", "Deal", companies=(cell,))
    (chat,) = chats("Acme <> Ourco")
    matcher = learnt([deal, chat], rows)
    assert [match.method for match in told(matcher, deal).matches] == ["company_field"]
    assert said(told(matcher, chat)) == ("matched", [("acme", "segment")])


def test_our_own_name_may_be_of_any_length() -> None:
    ours = "our own " * MANY
    index = build_index(read_mapping(ROWS.encode()), [ours])
    matcher = Matcher(index, [ours], [], lambda _: None)
    for title in (ours, f"Acme <> {ours}", "own our " * MANY):
        assert not matcher.match(*item("telegram", title)).matches
