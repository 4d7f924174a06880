"""What opens a service is found where it may be, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import check
from etl.credentials import credentials
from etl.given import SettingsError, resolve
from etl.settings import Settings

SECRET = "xoxb-1234-canary"


def test_nothing_is_configured_until_something_is() -> None:
    assert credentials({}) == {}
    assert credentials({"SLACK_BOT_TOKEN": " ", "HUBSPOT_API_KEY_FILE": ""}) == {}


def test_token_stands_in_the_variable_or_in_a_file_it_names(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"\ufeff{SECRET}\n", encoding="utf-8")
    for given in ({"SLACK_BOT_TOKEN": SECRET}, {"SLACK_BOT_TOKEN_FILE": str(file)}):
        assert credentials(given)["slack"].secret == SECRET


def test_key_of_a_calendar_is_a_file_however_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text("{}")
    for name in ("GOOGLE_CALENDAR_CREDENTIALS", "GOOGLE_CALENDAR_CREDENTIALS_FILE"):
        found = credentials({name: str(file), "GOOGLE_CALENDAR_SUBJECT": "ann@ours.example"})
        assert found["calendar"].secret == str(file)
        assert found["calendar"].subject == "ann@ours.example"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": SECRET, "SLACK_BOT_TOKEN_FILE": "x"}, "both set"),
        ({"SLACK_BOT_TOKEN": f"{SECRET}\nX-Evil: 1"}, "holds no token"),
        ({"SLACK_BOT_TOKEN": f"Bearer {SECRET}"}, "holds no token"),
        ({"HUBSPOT_API_KEY_FILE": SECRET}, "names no file"),
        ({"GOOGLE_CALENDAR_CREDENTIALS": SECRET}, "names no file"),
        ({"SLACK_BOT_TOKEN_FILE": "{empty}"}, "is empty"),
        ({"SLACK_BOT_TOKEN_FILE": "{binary}"}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_without_what_is_secret(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff" + SECRET.encode())
    for name in ("empty", "binary"):
        given = {k: v.replace(f"{{{name}}}", str(tmp_path / name)) for k, v in given.items()}
    with pytest.raises(SettingsError, match=said) as caught:
        resolve({}, given)
    assert SECRET not in str(caught.value)


def test_run_that_asks_nobody_does_not_mind_what_is_wrong() -> None:
    settings = resolve({"no_live": True}, {"SLACK_BOT_TOKEN_FILE": "nowhere"})
    assert not settings.credentials
    assert not settings.fetched_sources


def test_settings_do_not_show_what_is_secret(tmp_path: Path) -> None:
    settings = resolve({"data_dir": str(tmp_path)}, {"SLACK_BOT_TOKEN": SECRET})
    assert settings.fetched_sources == ("slack",)
    said = check.check(settings)[0]
    assert "  slack     configured\n" in said
    assert "  hubspot   not configured: no HUBSPOT_API_KEY\n" in said
    assert SECRET not in repr(settings) + said + repr(settings.credentials)


def test_narrowed_run_asks_only_what_it_reads() -> None:
    environment = {"SLACK_BOT_TOKEN": SECRET, "HUBSPOT_API_KEY": SECRET}
    assert resolve({"source": ["hubspot"]}, environment).fetched_sources == ("hubspot",)
    assert resolve({}, environment).fetched_sources == ("slack", "hubspot")
    assert Settings().fetched_sources == ()
