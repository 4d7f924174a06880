"""An organisation's export: workspaces of their own, people in common."""

from __future__ import annotations

from pathlib import Path

from sources.protocol import Account
from tests.reading import merge, source
from tests.sources.slack.writing import ANN, read_export, say, stems, write_export

DAY = "general/2024-03-01.json"
T = "1709283600.000100"


def test_organisation_without_channels_of_its_own_still_names_people(tmp_path: Path) -> None:
    win = {"id": "W0WIN", "real_name": "Win West"}
    write_export(tmp_path, {}, users=None, channels=None, org_users=[win])
    write_export(tmp_path / "teams/north", {DAY: [say(T, user="W0WIN")]}, users=None)
    reading = read_export(tmp_path)
    assert reading.by_key["slack:C0GENERAL"].messages[0].author == "Win West"
    assert (reading.ignored, reading.problems) == ([], [])


def test_organisation_gives_its_people_to_its_workspaces(tmp_path: Path) -> None:
    write_export(
        tmp_path,
        {"org-wide/2024-03-01.json": [say(T, user="W0WIN")]},
        users=None,
        channels=[{"id": "C0ORG", "name": "org-wide"}],
        org_users=[{"id": "W0WIN", "team_id": "E0ORG", "real_name": "Win West"}],
    )
    write_export(
        tmp_path / "teams/north",
        {DAY: [say(T, user="W0WIN")], "stray/2024-03-01.json": [say(T)]},
        users=[{"id": "U0NORTH", "team_id": "T0NORTH", "name": "n"}] * 2,
    )
    reading = read_export(tmp_path)
    assert {key: read.messages[0].author for key, read in stems(reading).items()} == {
        "slack:C0ORG": "Win West",
        "slack:C0GENERAL": "Win West",
        "slack:T0NORTH:stray": "U0ANN",
    }
    assert reading.ignored == []


def test_conversation_of_an_organisation_that_a_workspace_exports_too_is_one(
    tmp_path: Path,
) -> None:
    shared = {"id": "C0WIDE111", "name": "wide", "is_org_shared": True}
    write_export(
        tmp_path,
        {"wide/2024-03-01.json": [say("1.1", "a"), say("2.1", "b")]},
        users=None,
        org_users=[ANN],
        channels=[shared],
    )
    write_export(
        tmp_path / "teams/north",
        {"wide/2024-03-01.json": [say("2.1", "b"), say("3.1", "c", source_team="T0NORTH")]},
        channels=[shared],
    )
    reading = read_export(tmp_path)
    assert [read.summary.key for read in reading.items] == ["slack:C0WIDE111"] * 2
    together = merge(source("slack"), reading.items)
    (one,) = together.items
    assert [message.text for message in one.messages] == ["a", "b", "c"]
    assert together.account == Account(accepted=-1, duplicate=1)
