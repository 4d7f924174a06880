"""`--verify`, over the sample: what changed where size and time say nothing."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from etl.report import RunReport, Verified
from etl.settings import Settings
from tests.running import Workplace, run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    workplace = Workplace(tmp_path).with_sample()
    return workplace.settings(our_names=("Fernhollow",), include_unmatched=True)


def said(report: RunReport) -> Verified:
    assert report.verified is not None
    return report.verified


def change_unseen(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Other bytes, as many, of the same age."""
    info, before = path.stat(), path.read_bytes()
    after = change(before)
    assert after != before
    assert len(after) == len(before)
    path.write_bytes(after)
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def test_the_first_verifying_run_reads_all_and_the_next_nothing(settings: Settings) -> None:
    plain = run(settings)
    assert plain.verified is None
    units = sum(source.units for source in plain.sources.values())
    first = run(settings, verify=True)
    assert said(first) == Verified(units=units, first=units)
    assert first.content_sha256 == plain.content_sha256
    assert first.output_left_alone
    again = run(settings, verify=True)
    assert said(again) == Verified(units=units)
    assert sum(source.units_read for source in again.sources.values()) == 0
    assert run(settings).status == "unchanged"


CHANGES = {
    "calendar/fernhollow.ics": (b"Dunlin demo", b"Merlin demo"),
    "hubspot/hubspot-crm-exports-all-deals-2025-03-14.csv": (b"Custody pilot", b"Custard pilot"),
    "telegram/DataExport_2025-03-14/chats/chat_4/messages.html": (b"Lou from", b"Lee from"),
    "telegram/DataExport_2025-03-14/lists/chats.html": (b"Group", b"group"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_size_and_time_hide_is_read(settings: Settings, name: str) -> None:
    before = run(settings, verify=True)
    change_unseen(settings.data_dir / name, lambda data: data.replace(*CHANGES[name]))
    assert run(settings).status == "unchanged"
    after = run(settings, verify=True)
    assert said(after).changed >= 1
    assert said(after).first == 0
    assert after.content_sha256 == run(settings, fresh=True).content_sha256
    if "lists" not in name:
        assert after.content_sha256 != before.content_sha256
    assert said(run(settings, verify=True)).first > 0  # since the one that was fresh


def test_a_member_of_a_zip_that_changed_unseen_is_read(settings: Settings) -> None:
    """Its directory, and so its CRC, is as it was: what is there now cannot be read."""
    run(settings, verify=True)
    (archive,) = (settings.data_dir / "slack").glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        member = next(info for info in opened.infolist() if info.filename.startswith("general/2"))
        start = member.header_offset + 30 + len(member.filename)
    change_unseen(archive, lambda data: data[:start] + b"\xff\xff" + data[start + 2 :])
    report = run(settings, verify=True)
    assert any(member.filename in problem.path for problem in report.quarantine)
    assert report.content_sha256 == run(settings, fresh=True).content_sha256


def test_an_output_that_changed_unseen_is_written_again(settings: Settings) -> None:
    report = run(settings, verify=True)
    whole = settings.output.read_bytes()
    for old, new in ((b"Dunlin demo", b"Merlin demo"), (b"generated_at", b"generated_@t")):
        change_unseen(settings.output, lambda data, o=old, n=new: data.replace(o, n, 1))  # type: ignore[misc]
        again = run(settings, verify=True)
        assert not again.output_left_alone
        assert again.content_sha256 == report.content_sha256
        assert settings.output.read_bytes()[-9999:] == whole[-9999:]


def spoil_chunk(settings: Settings, owner: str) -> None:
    """A byte in the middle of the first messages that belong to a unit, or to a merge."""
    with closing(sqlite3.connect(settings.db_path)) as db, db:
        ((chunk, data),) = db.execute(
            "SELECT chunks.id, data FROM chunks JOIN items ON items.id = item"
            f" WHERE {owner} IS NOT NULL ORDER BY chunks.id LIMIT 1"
        )
        at = len(data) // 2
        data = data[:at] + bytes((data[at] ^ 4,)) + data[at + 1 :]
        db.execute("UPDATE chunks SET data = ? WHERE id = ?", (data, chunk))


def test_messages_that_changed_in_the_state_cost_one_unit(settings: Settings) -> None:
    before = run(settings, verify=True)
    spoil_chunk(settings, "unit")
    report = run(settings, verify=True)
    assert said(report).damaged == 1
    assert sum(source.units_read for source in report.sources.values()) == 1
    assert report.content_sha256 == before.content_sha256
    assert report.output_left_alone
    assert said(run(settings, verify=True)).damaged == 0


def test_a_merge_that_changed_in_the_state_is_made_again(settings: Settings) -> None:
    before = run(settings, verify=True)
    spoil_chunk(settings, "merge")
    report = run(settings, verify=True)
    assert said(report).damaged == 1
    assert sum(source.units_read for source in report.sources.values()) == 0
    assert report.content_sha256 == before.content_sha256


def test_a_state_that_cannot_be_believed_is_made_again(settings: Settings) -> None:
    before = run(settings, verify=True)
    with closing(sqlite3.connect(settings.db_path)) as db, db:
        db.execute("UPDATE items SET records = records + 1 WHERE id = 1")
    report = run(settings, verify=True)
    assert report.content_sha256 == before.content_sha256
    assert list(settings.db_path.parent.glob("*.corrupt-1"))
    assert said(report).first == 0  # nothing was known any more


def test_what_was_read_since_without_a_hash_is_read_once_more(settings: Settings) -> None:
    run(settings, verify=True)
    os.utime(settings.data_dir / "calendar" / "fernhollow.ics", ns=(1, 1))
    run(settings)
    assert said(run(settings, verify=True)).first == 1
    assert said(run(settings, verify=True)).first == 0
