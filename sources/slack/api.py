"""Slack's Web API through Slack's own client: a method and its parameters in, an answer out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sources.live.calling import TIMEOUT, Caller, Rejected, Trouble, Turning
from sources.live.landing import Told
from sources.slack.fields import mapping, objects, string

SCOPES = (
    *("channels:read", "channels:history", "groups:read", "groups:history"),
    *("im:read", "im:history", "mpim:read", "mpim:history"),
    *("users:read", "users:read.email"),
)
"""What a token needs to read everything; without some, less is read."""

NOT_IN_CHANNEL = "the app is not in it; invite it there, if it is to be read"

_PASSING = frozenset(
    {"fatal_error", "internal_error", "service_unavailable", "request_timeout", "timeout"}
)
_REFUSING = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("org_login_required", "team_access_not_granted", "two_factor_setup_required"),
        "not_allowed_token_type",
    }
)
_is_code = re.compile("[a-z][a-z0-9_]{1,60}").fullmatch


class SlackApi:
    """The API of one workspace, as one token sees it."""

    def __init__(self, token: str, base_url: str | None = None) -> None:
        self._client = WebClient(
            token=token,
            base_url=base_url or WebClient.BASE_URL,
            timeout=int(TIMEOUT),
            # What is asked again, and when, is not the client's to say.
            retry_handlers=[],
        )

    def ask(self, caller: Caller, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one call. Raises `CallError`."""
        return caller.call(lambda: self._answer(method, asked)[0])

    def whoami(self, caller: Caller) -> tuple[dict[str, Any], frozenset[str] | None]:
        """Whom the token belongs to, and its scopes when Slack tells them."""
        answer, headers = caller.call(lambda: self._answer("auth.test", {}))
        told = next((v for name, v in headers.items() if name.lower() == "x-oauth-scopes"), None)
        return answer, told and frozenset(re.split(r"[,\s]+", told))

    def pages(
        self,
        caller: Caller,
        method: str,
        member: str,
        given: Mapping[str, Any],
        cursor: str = "",
    ) -> Iterator[Told]:
        """What a method lists under that name, page by page to the end: an empty one, or a
        short one, is no end; where a cursor ran out, from the beginning. Raises `CallError`.
        """
        turning = Turning()
        seen: set[str] = set()
        while True:
            asked = {**given, **({"cursor": cursor} if cursor else {})}
            try:
                answer = self.ask(caller, method, asked)
            except Rejected as error:
                if error.code != "invalid_cursor" or not cursor:
                    raise
                turning.more("again", new=False)
                cursor = ""
                continue
            answer.setdefault(member, [])
            yield {"method": method, **asked}, answer
            names = {string(e.get("ts") or e.get("id")) for e in objects(answer[member])}
            cursor = turning.more(next_cursor(answer), new=not names <= seen)
            seen |= names
            if not cursor:
                return

    def _answer(self, method: str, asked: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        try:
            response = self._client.api_call(method, params=dict(asked))
        except AttributeError as error:  # the client's own, of JSON that is no object
            raise OSError("no JSON object") from error
        if not isinstance(response.data, dict):
            raise OSError("no JSON object")
        return response.data, response.headers


def next_cursor(answer: Mapping[str, Any]) -> str:
    """Where the next page begins; nothing after the last one."""
    return string(mapping(answer.get("response_metadata")).get("next_cursor"))


def judge(error: Exception) -> Trouble | None:
    """What an error of the client means."""
    if not isinstance(error, SlackApiError):
        return None
    response = error.response
    status = response.status_code
    data = response.data if isinstance(response.data, dict) else {}
    retry_after = next(
        (string(v) for name, v in response.headers.items() if name.lower() == "retry-after"), None
    )
    # Where Slack says nothing it could say, the client puts in what it got instead.
    code = string(data.get("error"))
    code = code if _is_code(code) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return Trouble("limited", "too many calls", "ratelimited", retry_after)
    if status >= 500 or code in _PASSING or not (code or status >= 400):
        what = f"Slack failed ({status}{f', {code}' if code else ''})"
        return Trouble("transient", what, code, retry_after)
    refused = status in {401, 403} or code in _REFUSING
    said = code or status
    detail = f"Slack refuses the token ({said})" if refused else f"Slack says {said}"
    if code == "not_in_channel":
        detail = NOT_IN_CHANNEL
    elif code == "missing_scope":
        scopes = re.findall(r"[a-z][a-z._:]+", string(data.get("needed")))
        detail = f"the token lacks the scope {', '.join(scopes) or '?'}"
    return Trouble("refused" if refused else "rejected", detail, code)
