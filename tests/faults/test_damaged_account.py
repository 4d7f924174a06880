"""A large account of which one chat in fifty is damaged: just those are quarantined, and
everything else is read as before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.account.writing import Account, write
from tests.faults.tally import Tally, number
from tests.running import Workplace, items_of

ONE_IN = 50
SHARE = number(40, 1)
"""One of so many chats of the benchmarks' account."""

Damage = Callable[[bytes, Random], bytes]


def _cut(page: bytes, random: Random) -> bytes:
    return page[: random.randrange(len(page) // 4, len(page) * 3 // 4)]


def _noise(page: bytes, random: Random) -> bytes:
    return random.randbytes(len(page))


def _zeros(page: bytes, _: Random) -> bytes:
    return bytes(len(page))


def _another_product(page: bytes, _: Random) -> bytes:
    return b"<!DOCTYPE html><html><body><p>Service unavailable</p></body></html>\n"


DAMAGES: tuple[Damage, ...] = (_cut, _noise, _zeros, _another_product)


def _damage(data: Path) -> set[str]:
    """Damage the first page of every fiftieth chat. Returns the folders of those."""
    random = Random(7)
    chats = sorted(path.parent for path in data.rglob("chats/*/messages.html"))
    chosen = random.sample(chats, max(len(chats) // ONE_IN, len(DAMAGES)))
    for place, chat in enumerate(chosen):
        page = chat / "messages.html"
        page.write_bytes(DAMAGES[place % len(DAMAGES)](page.read_bytes(), random))
    return {chat.relative_to(data).as_posix() for chat in chosen}


def read(item: dict[str, Any]) -> dict[str, Any]:
    """What was read of an item: who is of us, all chats together teach."""
    return {name: value for name, value in item.items() if name not in {"our_people", "findings"}}


def _broken(
    place: Workplace, damaged: set[str], before: dict[str, dict[str, Any]]
) -> Iterator[str]:
    lines = (place.output.parent / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    told = {json.loads(line)["unit"] for line in lines}
    yield from (f"loss: {unit} is damaged, and nothing says so" for unit in damaged - told)
    yield from (f"other: {unit} is quarantined, and whole" for unit in told - damaged)
    after = items_of(place.result)
    for key, item in before.items():
        if item["directory"] not in damaged and read(after.get(key, {})) != read(item):
            yield f"loss: {key} is not what it was"


def test_just_the_damaged_chats_of_an_account_are_quarantined(tmp_path: Path, tally: Tally) -> None:
    place = Workplace(tmp_path)
    write(Account(tmp_path), SHARE)
    assert place.run("--include-unmatched").returncode == 0
    before = items_of(place.result)
    damaged = _damage(place.data)
    done = place.run("--include-unmatched")
    assert done.returncode == 0, done.stderr
    broken = [*_broken(place, damaged, before)]
    tally.count("H1 damaged chats of an account", broken, trials=len(damaged))
    assert broken == []
