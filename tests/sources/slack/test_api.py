"""What Slack's errors mean: to be tried again, to be passed over, to be given up."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from sources.live.calling import Trouble
from sources.slack.api import judge


def judged(body: Any, status: int = 200, **headers: str) -> Trouble | None:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return judge(SlackApiError("an error", response))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("ratelimited", "limited"),
        ("internal_error", "transient"),
        ("fatal_error", "transient"),
        ("invalid_auth", "refused"),
        ("account_inactive", "refused"),
        ("not_in_channel", "rejected"),
        ("thread_not_found", "rejected"),
        ("a_word_of_next_year", "rejected"),
    ],
)
def test_word_of_slack_decides(error: str, kind: str) -> None:
    trouble = judged({"ok": False, "error": error})
    assert trouble is not None
    assert trouble.kind == kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, "limited"), (500, "transient"), (503, "transient"), (401, "refused"), (403, "refused")],
)
def test_status_decides_where_slack_says_nothing(status: int, kind: str) -> None:
    trouble = judged({"ok": False}, status, retry_after="30")
    assert trouble is not None
    assert trouble.kind == kind
    assert trouble.retry_after == ("30" if kind in {"limited", "transient"} else None)


def test_what_the_client_could_not_read_is_weather_and_is_not_quoted() -> None:
    quoted = "Received a response in a non-JSON format: <html>secret"
    trouble = judged({"ok": False, "error": quoted})
    assert trouble is not None
    assert trouble.kind == "transient"
    assert "secret" not in repr(trouble)


def test_scope_that_is_missing_is_named() -> None:
    trouble = judged({"ok": False, "error": "missing_scope", "needed": "groups:read"})
    assert trouble is not None
    assert trouble.detail == "the token lacks the scope groups:read"
    refused = judged({"ok": False, "error": "missing_scope", "needed": "im:read,im:history"}, 403)
    assert refused is not None
    assert refused.kind == "refused"
    assert refused.detail == "the token lacks the scope im:read, im:history"


def test_what_is_not_of_the_client_is_not_judged_here() -> None:
    assert judge(OSError()) is None
