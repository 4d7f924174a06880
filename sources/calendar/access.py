"""What opens Google's Calendar API: a file, and the calls that carry what it gives.

``google-auth`` asks for tokens, and asks again when that fails, with pauses of its own; and
for service accounts it looks up in the background where they may be used. Here tokens are
asked for once, within the call that needs them, and nothing else is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from http.client import BadStatusLine
from pathlib import Path
from typing import Any, NamedTuple

import httplib2
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials

from sources.live.calling import TIMEOUT, Refused
from sources.live.scope import Credential

_PREFIX = "https://www.googleapis.com/auth/calendar"
SCOPES = (f"{_PREFIX}.calendarlist.readonly", f"{_PREFIX}.events.readonly")
"""The least that lists calendars and reads events."""
_ENOUGH = {f"{_PREFIX}.readonly", _PREFIX}
_INSTEAD = {
    SCOPES[0]: {f"{_PREFIX}.calendarlist", *_ENOUGH},
    SCOPES[1]: {f"{_PREFIX}.events", *_ENOUGH},
}
"""Which wider ones would do, too."""

_TOKENS = "https://oauth2.googleapis.com/token"
_PASSING = {"internal_failure", "server_error", "temporarily_unavailable"}


class TokenTrouble(Exception):
    """The token endpoint did not answer as it should, which may pass."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after


class _Told(NamedTuple):
    """What the token endpoint said, as ``google-auth`` wants to see it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Access:
    """A credential that is in use."""

    def __init__(self, credential: Credential) -> None:
        """Raises `Refused` when the file is none of those that open the API."""
        self._credentials = _load(credential)
        self._granted: set[str] = set()

    def http(self) -> Http:
        """What calls are made with."""
        return Http(self)

    @property
    def missing(self) -> tuple[str, ...]:
        """Scopes that the last token lacks, where Google says which it has."""
        granted = self._granted
        return tuple(s for s in SCOPES if granted and not granted & {s, *_INSTEAD[s]})

    def sign(self, headers: dict[str, str], http: Http) -> None:
        """Put a token that is still good into the head of a request."""
        if not self._credentials.valid:
            self._credentials.refresh(partial(self._ask, http))
        self._credentials.apply(headers)

    def _ask(self, http: Http, url: str, method: str, body: Any, headers: Any, **_: Any) -> _Told:
        """A token, asked for once."""
        response, content = http.send(url, method, body=body, headers=headers)
        try:
            said = json.loads(content)
        except ValueError:
            said = None
        given = isinstance(said, dict) and said.get("access_token")
        passing = isinstance(said, dict) and str(said.get("error")) in _PASSING
        status = response.status
        if passing or status in {408, 429} or status >= 500 or (status == 200 and not given):
            raise TokenTrouble(status, response.get("retry-after"))
        if given:
            self._granted = set(str(said.get("scope") or "").split())
        return _Told(status, response, content)


class _Once:
    """A connection of which ``httplib2`` does not ask a second time by itself."""

    def getresponse(self) -> Any:
        try:
            return super().getresponse()  # type: ignore[misc]
        except BadStatusLine as error:
            raise ConnectionResetError from error


class _Plain(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    """Without encryption: a server of the tests."""


class _Secure(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    """With it."""


class Http:
    """Speaks HTTP as ``googleapiclient`` wants it spoken."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._http = httplib2.Http(timeout=TIMEOUT)
        self._asking = False

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **more: Any
    ) -> Any:
        """Response and content. Raises whatever the network does."""
        signed = dict(headers or {})
        self._asking = True
        try:
            self._access.sign(signed, self)
            return self.send(uri, method, body=body, headers=signed, **more)
        except Exception:
            self._http.close()  # what was left in the middle of an answer gives no other
            raise
        finally:
            self._asking = False

    def send(self, uri: str, method: str, **more: Any) -> Any:
        """The same without a token."""
        kind = _Secure if uri.startswith("https:") else _Plain
        return self._http.request(uri, method, connection_type=kind, **more)

    def close(self) -> None:
        """Close the connections, unless somebody who was not waited for any longer is still
        reading an answer there: closing would wait for its end.
        """
        if not self._asking:
            self._http.close()


def _load(credential: Credential) -> Any:
    try:
        info = json.loads(Path(credential.secret).read_text("utf-8-sig"))
        kind = info.get("type")
        if kind == "service_account":
            return service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                info, scopes=list(SCOPES), subject=credential.subject
            )
        if kind == "authorized_user" or "refresh_token" in info:  # gcloud, or the libraries
            # What it may do was settled when it was made: no scopes.
            return Credentials(  # type: ignore[no-untyped-call]
                None,
                refresh_token=info["refresh_token"],
                client_id=info["client_id"],
                client_secret=info["client_secret"],
                token_uri=info.get("token_uri") or _TOKENS,
            )
    except (OSError, ValueError, KeyError, AttributeError, GoogleAuthError) as error:
        # What the error says may quote the file.
        detail = f"the credentials' file cannot be used ({type(error).__name__})"
        raise Refused(f"{detail}: docs/sources/calendar.md says how to make one") from None
    detail = "the credentials' file is neither a service account's key nor an authorised user's"
    raise Refused(f"{detail}: docs/sources/calendar.md says how to make one")
