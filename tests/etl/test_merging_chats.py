"""Chats met in several exports, from the pages to the items that are left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from etl import current
from etl.merging import Merged, merge_all
from etl.reading import Job, read_batch
from etl.state import State
from sources import registry
from sources._archive import FolderTree
from sources.protocol import ReaderOptions, Unit
from sources.records import Message, Summary
from tests.sources.telegram.export_builder import Page, write, write_full

START = datetime(2019, 1, 1, 9, tzinfo=UTC)
TITLES = (
    "Acme Support",
    "acme support",
    "Acme-Support (2021)",
    "ACME Support!",
    "Acme Support 2021-05",
)


def page(numbers: Iterable[int], title: str, *, said: str = "text", days: int = 0) -> str:
    """Six messages a day; under one id the same is said at the same time."""
    made = Page(title)
    for number in numbers:
        moment = START + timedelta(days=days, hours=4 * number)
        time = f"{moment:%d.%m.%Y %H:%M:%S} UTC+00:00"
        made.message(number, time, f"{said} {number}", author="Ada" if number % 2 else "Bel")
    return made.html()


class Run:
    """The exports of a folder, read and merged."""

    def __init__(self, state: State, data: Path) -> None:
        self.state = state
        source = registry.load("telegram", ReaderOptions())
        units = [u for u in source.discover(FolderTree(data)) if isinstance(u, Unit)]
        spool = data.parent / "spool"
        spool.mkdir(exist_ok=True)
        job = Job(
            source="telegram", options=ReaderOptions(), units=tuple(units), spool_dir=str(spool)
        )
        state.commit(read_batch(job), [unit.name for unit in units])
        current.begin(state)
        state.execute("INSERT INTO current SELECT id FROM units")
        self.merged: Merged = merge_all(state, {"telegram": source}, str(spool))
        current.make_live(state, self.merged)
        self.items = [item for (item,) in state.query("SELECT item FROM live ORDER BY item")]

    @property
    def ids(self) -> list[list[int]]:
        return sorted([int(m.message_id) for m in self.messages(item)] for item in self.items)

    @property
    def summaries(self) -> list[Summary]:
        return [self.state.summary(item) for item in self.items]

    def messages(self, item: int) -> list[Message]:
        return list(self.state.messages(item))


def test_61_months_with_retouched_titles_of_which_two_overlap_are_one_chat(
    tmp_path: Path, state: State
) -> None:
    for month in range(61):
        last = month * 30 + 30 + (12 if month == 30 else 0)  # two days into the next
        html = page(range(month * 30 + 1, last + 1), TITLES[month % len(TITLES)])
        year, number = divmod(month, 12)
        write(tmp_path / "d" / "acme" / f"{2019 + year}-{number + 1:02}", html)
    run = Run(state, tmp_path / "d")
    assert run.ids == [list(range(1, 61 * 30 + 1))]
    account = run.merged.accounts["telegram"]
    assert (account.accepted, account.duplicate) == (-12, 12)
    (summary,) = run.summaries
    assert [f.count for f in summary.findings if f.kind == "merged"] == [61]
    assert {summary.title, *summary.aliases} == {*TITLES}


def test_overlapping_exports_meet_whatever_their_titles_and_first_messages(
    tmp_path: Path, state: State
) -> None:
    for overlap in (1, 3, 16, 100, 400):
        folder = tmp_path / f"overlap-{overlap}"
        write(folder / "d" / "ChatExport_2024-01-01", page(range(1, 501), "Acme pilot"))
        later = page(range(501 - overlap, 1001 - overlap), "Nimbus rollout")
        write(folder / "d" / "elsewhere" / "ChatExport_2024-02-01", later)
        with_state = State.open(folder / "state.db")
        assert Run(with_state, folder / "d").ids == [list(range(1, 1001 - overlap))], overlap
        with_state.close()


def test_export_that_lies_within_another_meets_it(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "ChatExport_2024-01-01", page(range(1, 2001), "Acme pilot"))
    month = page(range(1003, 1093), "Nimbus rollout")
    write(tmp_path / "d" / "elsewhere" / "ChatExport_2024-02-01", month)
    assert Run(state, tmp_path / "d").ids == [list(range(1, 2001))]


def test_chats_of_two_customers_with_one_title_stay_two(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "ChatExport_2024-01-01", page(range(1, 50), "Support"))
    other = page(range(1, 50), "Support", said="other", days=3)
    write(tmp_path / "d" / "ChatExport_2024-01-01 (1)", other)
    run = Run(state, tmp_path / "d")
    assert run.ids == [list(range(1, 50))] * 2
    assert len({summary.key for summary in run.summaries}) == 2
    kinds = [[finding.kind for finding in summary.findings] for summary in run.summaries]
    assert all("same_title" in found and "merged" not in found for found in kinds)


def test_chats_of_a_full_export_make_no_candidates(tmp_path: Path, state: State) -> None:
    chats = [(f"chat_{n:02}", f"Acme {n} pilot", "group", "30 messages") for n in range(1, 41)]
    pages = {
        folder: [page(range(1, 31), title, said=f"said {folder}", days=n % 3)]
        for n, (folder, title, *_) in enumerate(chats)
    }
    write_full(tmp_path / "d" / "DataExport_2024-01-01", chats, pages)
    run = Run(state, tmp_path / "d")
    assert len(run.items) == 40
    assert run.merged.merges == []


def test_renamed_chat_of_two_full_exports_is_one(tmp_path: Path, state: State) -> None:
    for day, title, last in (("01", "Acme pilot", 40), ("02", "Acme rollout", 60)):
        page_of = page(range(1, last + 1), title)
        root = tmp_path / "d" / f"DataExport_2024-01-{day}"
        write_full(root, [("chat_1", title, "group", "messages")], {"chat_1": [page_of]})
    run = Run(state, tmp_path / "d")
    assert run.ids == [list(range(1, 61))]
    (summary,) = run.summaries
    assert (summary.title, summary.aliases) == ("Acme rollout", ("Acme pilot",))
