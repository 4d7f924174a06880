from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.records import Channel, Participant
from tests.reading import merge, source
from tests.sources.slack.writing import ANN, GENERAL, read_export, read_one, say, write_export

DAY = "general/2024-03-01.json"
ALONE = {"id": "C0GENERAL", "name": "general"}


def people(root: Path, *entries: dict[str, Any], **lists: Any) -> list[Participant]:
    lists = {"channels": [ALONE], "users": [ANN], **lists}
    head = read_one(write_export(root, {DAY: list(entries)}, **lists)).head
    assert isinstance(head, Channel)
    return list(head.people)


def kinds(found: list[Participant]) -> dict[str, tuple[str, str | None]]:
    return {person.id: (person.kind, person.organisation) for person in found}


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        ({}, "member"),
        ({"team_id": "T0NORTH"}, "external"),
        ({"is_stranger": True}, "external"),
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_restricted": True, "team_id": "T0NORTH"}, "external"),
        ({"is_bot": True}, "bot"),
        ({"is_bot": True, "team_id": "T0NORTH"}, "bot"),
    ],
)
def test_list_tells_what_somebody_is(tmp_path: Path, user: dict[str, Any], kind: str) -> None:
    bob = {"id": "U0BOB", "team_id": "T0ACME", "name": "bob", **user}
    cy = {"id": "U0CY", "team_id": "T0ACME", "name": "cy"}
    found = people(tmp_path, say("1.1", user="U0BOB"), users=[ANN, bob, cy])
    assert kinds(found) == {"U0BOB": (kind, bob["team_id"])}


def test_deactivated_member_is_named_and_marked(tmp_path: Path) -> None:
    gone = {**ANN, "deleted": True}
    (ann,) = people(tmp_path, say("1.1"), users=[gone])
    assert (ann.name, ann.kind, ann.deactivated) == ("Ann", "member", True)
    assert ann.email == "ann@acme.example"


@pytest.mark.parametrize(
    ("entry", "kind", "organisation"),
    [
        ({"user_team": "T0NORTH"}, "external", "T0NORTH"),
        ({"user_profile": {"name": "e", "team": "T0NORTH"}}, "external", "T0NORTH"),
        ({"source_team": "T0NORTH"}, "external", "T0NORTH"),
        ({"user_team": "T0ACME"}, "member", "T0ACME"),
        ({"user_team": "T0ACME", "user_profile": {"is_restricted": True}}, "guest", "T0ACME"),
        ({}, "unknown", None),
        ({"bot_id": "B1", "user_team": "T0NORTH"}, "bot", "T0NORTH"),
        ({"user": "USLACKBOT"}, "bot", None),
        ({"subtype": "bot_message"}, "bot", None),
        ({"user": None, "bot_id": "B1", "subtype": "bot_message"}, "bot", None),
    ],
)
def test_whom_no_list_names_their_messages_tell(
    tmp_path: Path, entry: dict[str, Any], kind: str, organisation: str | None
) -> None:
    (found,) = people(tmp_path, {**say("1.1", user="U0EVE"), **entry})
    assert (found.kind, found.organisation) == (kind, organisation)


def test_person_of_another_organisation_is_told_by_whichever_message_tells(tmp_path: Path) -> None:
    found = people(
        tmp_path,
        say("1.1", user="U0EVE"),
        say("2.1", user="U0EVE", user_team="T0NORTH", user_profile={"real_name": "Eve"}),
        say("3.1", user="U0EVE"),
    )
    assert found == [Participant(id="U0EVE", name="Eve", kind="external", organisation="T0NORTH")]


def test_without_any_list_nobody_is_a_stranger(tmp_path: Path) -> None:
    found = people(tmp_path, say("1.1", user_team="T0NORTH"), users=None)
    assert kinds(found) == {"U0ANN": ("unknown", "T0NORTH")}


def test_of_two_workspaces_of_one_size_nothing_tells_which_is_home(tmp_path: Path) -> None:
    bob = {"id": "U0BOB", "team_id": "T0NORTH", "name": "bob"}
    entries = [say("1.1"), say("2.1", user="U0BOB"), say("3.1", user="U0EVE", user_team="T0ACME")]
    found = people(tmp_path, *entries, users=[ANN, bob])
    assert kinds(found) == {
        "U0ANN": ("unknown", "T0ACME"),
        "U0BOB": ("unknown", "T0NORTH"),
        "U0EVE": ("unknown", "T0ACME"),
    }


def test_the_workspace_of_its_primary_owner_is_home_however_few_it_lists(tmp_path: Path) -> None:
    ann = {**ANN, "is_primary_owner": True}
    others = [{"id": f"U0N{n}", "team_id": "T0NORTH", "name": f"n{n}"} for n in range(3)]
    entries = [say("9.1"), *(say(f"{n}.1", user=f"U0N{n}") for n in range(3))]
    found = kinds(people(tmp_path, *entries, users=[ann, *others]))
    assert found.pop("U0ANN") == ("member", "T0ACME")
    assert set(found.values()) == {("external", "T0NORTH")}


def test_members_who_never_wrote_are_among_the_people(tmp_path: Path) -> None:
    found = people(tmp_path, say("1.1"), channels=[GENERAL])
    assert kinds(found) == {"U0ANN": ("member", "T0ACME"), "U0BOB": ("unknown", None)}


def test_all_workspaces_of_an_organisation_are_home(tmp_path: Path) -> None:
    wide = [
        {"id": f"W0{team}{n}", "team_id": f"T0{team}", "name": f"{team}{n}"}
        for team, size in (("ACME", 3), ("EAST", 1))
        for n in range(size)
    ]
    stranger = {"id": "W0STR", "team_id": "T0FAR", "is_stranger": True, "name": "far"}
    entries = [
        say("1.1", user="W0EAST0"),
        say("2.1", user="W0STR"),
        say("3.1", user="W0NEW", user_team="T0EAST"),
        say("4.1", user="W0OUT", user_team="T0FAR"),
    ]
    found = people(tmp_path, *entries, users=None, org_users=[*wide, stranger])
    assert kinds(found) == {
        "W0EAST0": ("member", "T0EAST"),
        "W0NEW": ("member", "T0EAST"),
        "W0OUT": ("external", "T0FAR"),
        "W0STR": ("external", "T0FAR"),
    }


def test_enterprise_counts_before_the_workspace(tmp_path: Path) -> None:
    def listed(who: str, team: str, enterprise: str) -> dict[str, Any]:
        told = {"enterprise_id": enterprise}
        return {"id": who, "team_id": team, "name": who, "enterprise_user": told}

    users = [
        listed("U0A", "T0ACME", "E0US"),
        listed("U0B", "T0ACME", "E0US"),
        listed("U0C", "T0EAST", "E0US"),
        listed("U0D", "T0FAR", "E0THEM"),
    ]
    entries = [say(f"{n}.1", user=user["id"]) for n, user in enumerate(users)]
    found = people(tmp_path, *entries, say("9.1", user="U0E", user_team="E0US"), users=users)
    assert {who: kind for who, (kind, _) in kinds(found).items()} == {
        "U0A": "member", "U0B": "member", "U0C": "member", "U0D": "external", "U0E": "member",
    }  # fmt: skip


def test_merged_people_are_those_of_all_exports_as_the_newest_knows_them(tmp_path: Path) -> None:
    eve = {"user": "U0EVE", "user_team": "T0NORTH"}
    old = write_export(
        tmp_path / "a",
        {DAY: [say("1.1"), {**say("2.1", user=None), **eve}]},
        channels=[ALONE],
        users=[ANN],
    )
    new = write_export(
        tmp_path / "b",
        {DAY: [say("3.1"), say("4.1", user="U0EVE")]},
        channels=[ALONE],
        users=[{**ANN, "deleted": True}],
    )
    reads = [read_export(root).items[0] for root in (new, old)]
    head = merge(source("slack"), reads).items[0].head
    assert isinstance(head, Channel)
    assert kinds(list(head.people)) == {
        "U0ANN": ("member", "T0ACME"),
        "U0EVE": ("external", "T0NORTH"),
    }
    assert [person.deactivated for person in head.people] == [True, False]
