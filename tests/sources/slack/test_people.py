from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sources.slack.people import People
from tests.sources.slack.writing import (
    ANN,
    BOB,
    read_export,
    read_message,
    read_messages,
    say,
    write_export,
)

T = "1709283600.000100"


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "D", "real_name": "R"}, "real_name": "O", "name": "n"}, "D"),
        ({"profile": {"display_name": " ", "real_name": "R"}, "real_name": "O", "name": "n"}, "R"),
        ({"profile": {"display_name": ""}, "real_name": "O", "name": "n"}, "O"),
        ({"profile": {}, "real_name": " ", "name": "n"}, "n"),
        ({"profile": None, "name": ""}, "U1"),
    ],
)
def test_name_is_the_first_that_is_not_blank(user: dict[str, Any], name: str) -> None:
    assert People([{"id": "U1", **user}]).names == {"U1": name}


def test_team_is_the_one_most_members_have() -> None:
    users = [{"id": f"U{n}", "team_id": team} for n, team in enumerate(["T2", "T1", "T2", "T9"])]
    assert People(users).team == "T2"
    assert People([]).team == ""


def test_entries_that_are_no_users_are_passed_over() -> None:
    assert People([None, 3, {}, {"id": 3}, ANN]).names == {"U0ANN": "Ann"}


@pytest.mark.parametrize(
    ("entry", "author", "author_id"),
    [
        ({"user": "U0BOB", "username": "other"}, "Bob Baker", "U0BOB"),
        (
            {
                "user": "U0EXT",
                "user_profile": {"display_name": "", "real_name": "Eve East", "name": "eve"},
            },
            "Eve East",
            "U0EXT",
        ),
        ({"user": "U0EXT", "user_profile": {"name": "eve"}}, "eve", "U0EXT"),
        (
            {"user": "U0BOT", "bot_id": "B1", "bot_profile": {"name": "Deploys"}, "username": "x"},
            "Deploys",
            "U0BOT",
        ),
        ({"user": None, "bot_id": "B1", "username": "Hook"}, "Hook", "B1"),
        ({"user": None, "bot_id": "B0LISTED"}, "Lister", "B0LISTED"),
        ({"user": None, "bot_id": "B1"}, "B1", "B1"),
        ({"user": None, "username": "Old hook"}, "Old hook", None),
        ({"user": "USLACKBOT"}, "Slackbot", "USLACKBOT"),
        ({"user": "U00"}, "U00", "U00"),
    ],
)
def test_author_not_listed_is_named_by_the_message(
    tmp_path: Path, entry: dict[str, Any], author: str, author_id: str | None
) -> None:
    listed = {"id": "U0LISTER", "profile": {"real_name": "Lister", "bot_id": "B0LISTED"}}
    message = read_message(tmp_path, {"ts": T, "text": "x", **entry}, users=[ANN, BOB, listed])
    assert (message.author, message.author_id) == (author, author_id)


def test_everybody_unlisted_is_called_as_their_own_message_calls_them(tmp_path: Path) -> None:
    messages = read_messages(
        tmp_path,
        say("1.1", user="U0EXT", user_profile={"real_name": "Eve East"}),
        say("2.1", user="U0EXT", user_profile={"real_name": "Eve West"}),
        say("3.1", user="U0EXT"),
    )
    assert [message.author for message in messages] == ["Eve East", "Eve West", "Eve West"]


@pytest.mark.parametrize("depth", [1, 500, 985, 1020, 5000])
def test_profile_of_any_depth_names_its_person(tmp_path: Path, depth: int) -> None:
    profile = '{"real_name": "Eve", "x": ' + "[" * depth + "]" * depth + "}"
    entry = f'{{"ts": "2.1", "user": "U0EXT", "text": "b", "user_profile": {profile}}}'
    data = f"[3, {json.dumps(say('1.1', '<@U0EXT>'))}, {entry}]".encode()
    reading = read_export(write_export(tmp_path, {"general/2024-03-01.json": data}))
    said = [message.text for message in reading.items[0].messages]
    assert said[0] == ("@Eve" if len(said) == 2 else "@U0EXT")
    assert len(said) + reading.account.quarantined == 3


def test_person_met_once_with_a_profile_is_known_throughout_the_conversation(
    tmp_path: Path,
) -> None:
    messages = read_messages(
        tmp_path,
        say("1709283600.000100", "<@U0EXT>", reactions=[{"name": "eyes", "users": ["U0EXT"]}]),
        say("1709283600.000200", user="U0EXT", username="hook"),
        say("1709283600.000300", user="U0EXT", user_profile={"real_name": "Eve East"}),
    )
    assert messages[0].text == "@Eve East"
    assert messages[0].reactions[0].people == ("Eve East",)
    assert [message.author for message in messages[1:]] == ["Eve East", "Eve East"]
