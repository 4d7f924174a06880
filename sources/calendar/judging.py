"""What Google's libraries raise, and what it means for whoever asks."""

from __future__ import annotations

import json
from typing import Any

from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError
from httplib2.error import HttpLib2Error

from sources.calendar.access import TokenTrouble
from sources.live.calling import Trouble

_LIMITS = {"rateLimitExceeded", "userRateLimitExceeded"}
_QUOTAS = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_SCOPES = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_DISABLED = {"accessNotConfigured", "SERVICE_DISABLED"}
_SEE = "docs/sources/calendar.md says how it is made"


class Strange(Exception):
    """An answer that is JSON, and none of this API."""


def whole(answer: Any) -> dict[str, Any]:
    """The answer, if it is one. Raises `Strange`."""
    items = answer.get("items", []) if isinstance(answer, dict) else None
    if items is None or not str(answer.get("kind")).startswith("calendar#"):
        raise Strange  # taken for a list of nothing, it would say that all is deleted
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Strange
    return answer  # type: ignore[no-any-return]


def judged(error: Exception) -> Trouble | None:
    """What an error means; nothing where it is none of Google's."""
    if isinstance(error, HttpError):
        return _of_answer(error.resp.status, error.content, error.resp.get("retry-after"))
    if isinstance(error, TokenTrouble):
        detail, wait = f"no token from Google (HTTP {error.status})", error.retry_after
        limited = error.status == 429
        return Trouble("limited" if limited else "transient", detail, retry_after=wait)
    if isinstance(error, RefreshError):
        return _of_refusal(error)
    if isinstance(error, HttpLib2Error | UnicodeDecodeError | Strange):
        return Trouble("transient", f"no whole answer ({type(error).__name__})")
    return None


def _of_answer(status: int, content: bytes, retry_after: str | None) -> Trouble:
    """What an answer that is an error means."""
    reasons = _reasons(content)
    reason = next(iter(reasons), "")
    told = f"HTTP {status}{f' {reason}' if reason else ''}"
    if status >= 500 or status == 408:
        return Trouble("transient", told, retry_after=retry_after)
    if _QUOTAS & set(reasons):
        return Trouble("quota", f"{told}: used up", reason)
    if status == 429 or (status == 403 and _LIMITS & set(reasons)):
        return Trouble("limited", told, reason, retry_after)
    if status == 401:
        return Trouble("refused", "the credential is not accepted (HTTP 401)", "401")
    if _SCOPES & set(reasons):
        return Trouble("refused", f"the credential lacks a scope: {_SEE}", reason)
    if _DISABLED & set(reasons):
        return Trouble("refused", "the Calendar API is not enabled in the project", reason)
    return Trouble("rejected", told, str(status))


def _reasons(content: bytes) -> list[str]:
    """Google's own words, newest manner last."""
    try:
        error = json.loads(content)["error"]
        entries = [*error.get("errors", ()), *error.get("details", ())]
        return [word for entry in entries if (word := _word(entry.get("reason")))]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _of_refusal(error: Exception) -> Trouble:
    """No token. Google's word for it is told, not its sentence, which may quote."""
    said = error.args[1] if len(error.args) > 1 else None
    word = _word(said.get("error")) if isinstance(said, dict) else ""
    hints = {
        "unauthorized_client": "the service account is not allowed these scopes for that person",
        "invalid_grant": "expired, revoked, or no such person; or this computer's clock is wrong",
        "invalid_client": "the OAuth client is not known",
    }
    hint = hints.get(word, _SEE)
    return Trouble("refused", f"Google gives no token ({word or 'no reason'}): {hint}", word)


def _word(told: Any) -> str:
    """A name of Google's for what is wrong; nothing else of its answers is shown."""
    return told if isinstance(told, str) and told.isidentifier() else ""
