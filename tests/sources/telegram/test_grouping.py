"""Which readings are one chat, told without comparing every pair: as if every pair were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.records import Message
from sources.telegram import grouping
from sources.telegram.grouping import chats_of
from sources.telegram.kinship import Reading, continues, same
from tests.sources.telegram.readings import happened, read, reading, said

Pair = tuple[int, int]


def by_every_pair(readings: Sequence[Reading]) -> list[list[Reading]]:
    """The same by the plain road."""
    alike: set[Pair] = set()
    follow: set[Pair] = set()
    against: set[Pair] = set()
    entwined: set[Pair] = set()
    for pair in combinations(range(len(readings)), 2):
        one, other = sorted((readings[n] for n in pair), key=lambda r: r.columns.ids[:1].tolist())
        verdict = same(readings[pair[0]], readings[pair[1]])
        if verdict is not None:
            (alike if verdict else against).add(pair)
        elif are_apart(one, other):
            follow |= {pair} if continues(other, one) else set()
        else:
            entwined.add(pair)
    strong = connected(len(readings), alike, against)
    home = {reading: number for number, chat in enumerate(strong) for reading in chat}

    def of_chats(pairs: Iterable[Pair]) -> set[Pair]:
        return {(home[a], home[b]) for a, b in pairs if home[a] != home[b]}

    groups = connected(len(strong), of_chats(follow), of_chats(against | entwined))
    chats = [sorted(reading for number in group for reading in strong[number]) for group in groups]
    return [[readings[number] for number in chat] for chat in sorted(chats)]


def are_apart(one: Reading, other: Reading) -> bool:
    """Whether all ids of one are below all ids of the other, and both have some."""
    ids, others = one.columns.ids, other.columns.ids
    return bool(ids and others) and (ids[-1] < others[0] or others[-1] < ids[0])


def connected(count: int, links: set[Pair], against: set[Pair]) -> list[list[int]]:
    alone: set[int] = set()
    while True:
        group = {number: {number} for number in range(count)}
        for one, other in links:
            if alone.isdisjoint((one, other)):
                union = group[one] | group[other]
                group.update(dict.fromkeys(union, union))
        clashes = Counter(
            number
            for pair in against
            if alone.isdisjoint(pair) and pair[1] in group[pair[0]]
            for number in pair
        )
        if not clashes:
            return [list(found) for found in sorted({tuple(sorted(g)) for g in group.values()})]
        worst = max(clashes.values())
        alone |= {number for number, clash in clashes.items() if clash == worst}


PEOPLE: list[list[str | None]] = [["Ada", "Bel"], ["Ada"], [None], ["Ada", "Cy", "Di"]]


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    """Some of a chat, or of another, by some people, by some clock."""
    start, chat = draw(st.integers(0, 30)), draw(st.sampled_from("aab"))
    hours, second = draw(st.sampled_from((0, 0, 1, 3))), draw(st.sampled_from((0, 0, 7)))
    people = draw(st.sampled_from(PEOPLE))
    found = []
    for n in sorted(draw(st.sets(st.integers(start, start + 12), max_size=5))):
        if draw(st.integers(0, 5)) == 0:
            found.append(happened(n, subtype=draw(st.sampled_from((None, "created")))))
        else:
            text = f"{chat}{n}{draw(st.sampled_from(('', '', '', ' edited')))}"
            time = f"2024-03-05T{10 + hours}:{n:02}:{second:02}Z"
            found.append(said(n, text, timestamp=time, author=people[n % len(people)]))
    return found


@st.composite
def some_readings(draw: st.DrawFn) -> list[Reading]:
    found = []
    for number, held in enumerate(draw(st.lists(messages(), min_size=2, max_size=9))):
        archive = draw(st.sampled_from((f"x/C{number}", f"x/C{number}", f"y/C{number}", "x/D")))
        inside = draw(st.sampled_from(("", "", "", f"{archive}/chats/chat_1")))
        title = draw(st.sampled_from(("Support", "Support", "Sales")))
        chat = draw(st.sampled_from(("", "", "", "channel1", "channel2", "user1")))
        kind = draw(st.sampled_from((None, None, "group", "private")))
        made = read(held, archive, title=title, chat=chat, directory=inside, chat_type=kind)
        found.append(reading(made, f"unit {number}"))
    return found


@settings(max_examples=400, deadline=None)
@given(some_readings())
def test_chats_are_those_that_comparing_every_pair_gives(readings: list[Reading]) -> None:
    assert [[r.part.unit for r in chat] for chat in chats_of(readings)] == [
        [r.part.unit for r in chat] for chat in by_every_pair(readings)
    ]


@pytest.mark.parametrize(
    ("archives", "chats"), [(("x", "x"), ("", "")), (("x", "y"), ("channel1", "channel2"))]
)
def test_export_that_shares_messages_with_two_that_are_known_to_be_two_joins_neither(
    archives: tuple[str, str], chats: tuple[str, str]
) -> None:
    early = read(map(said, range(1, 4)), archives[0], chat=chats[0])
    late = read(map(said, range(7, 10)), archives[1], chat=chats[1])
    bridge = read(map(said, range(3, 8)), "z")
    readings = [reading(one, f"unit {n}") for n, one in enumerate((early, late, bridge))]
    assert len(chats_of(readings)) == len(by_every_pair(readings)) == 3


MANY = 300


def looked_at(readings: list[Reading], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many pairs are compared to group these, and into how many chats."""
    count = 0

    def counted(one: Reading, other: Reading) -> bool | None:
        nonlocal count
        count += 1
        return same(one, other)

    def also_counted(later: Reading, earlier: Reading) -> bool:
        nonlocal count
        count += 1
        return continues(later, earlier)

    monkeypatch.setattr(grouping, "same", counted)
    monkeypatch.setattr(grouping, "continues", also_counted)
    return len(chats_of(readings)), count


def test_months_of_a_chat_are_held_against_their_neighbours_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    months = [read([said(2 * n), said(2 * n + 1)], f"x/C{n}") for n in range(MANY)]
    chats, pairs = looked_at(list(map(reading, months)), monkeypatch)
    assert chats == 1
    assert pairs <= 3 * MANY


@pytest.mark.parametrize("people", [["Customer {0}"], ["Us", "Customer {0}"]])
@pytest.mark.parametrize("step", [0, 2])
def test_namesakes_are_not_held_against_one_another(
    people: list[str], step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chats of other people, one behind the other or, in groups, with the same ids."""
    found = []
    for n in range(MANY):
        who = [person.format(n) for person in people]
        time = f"2024-03-05T10:{n // 60:02}:{n % 60:02}Z"
        held = [said(step * n + k, author=who[k % len(who)], timestamp=time) for k in (0, 1)]
        found.append(reading(read(held, f"x/C{n}")))
    assert looked_at(found, monkeypatch) == (MANY, 0)


def test_chats_of_one_account_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [read([said(n)], "x", directory=f"x/chats/chat_{n}") for n in range(MANY)]
    assert looked_at(list(map(reading, chats)), monkeypatch) == (MANY, 0)
