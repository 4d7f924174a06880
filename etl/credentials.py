"""What opens the live services: from the environment, or from a file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sources.live.scope import Credential

VARIABLES = {
    "slack": "SLACK_BOT_TOKEN",
    "calendar": "GOOGLE_CALENDAR_CREDENTIALS",
    "hubspot": "HUBSPOT_API_KEY",
}
"""By source. Each may also be given as a file: ``<variable>_FILE``."""

SUBJECT = "GOOGLE_CALENDAR_SUBJECT"
"""The person a service account speaks for."""

_ARE_FILES = {"calendar"}
"""Whose variable is the path of a file already."""


def credentials(environment: Mapping[str, str]) -> dict[str, Credential]:
    """What these variables open, by source. Raises ``ValueError``, which never holds what
    is secret.
    """
    found: dict[str, Credential] = {}
    for source, variable in VARIABLES.items():
        direct = environment.get(variable, "").strip()
        named = environment.get(f"{variable}_FILE", "").strip()
        subject = environment.get(SUBJECT, "").strip() if source == "calendar" else ""
        if direct and named:
            raise ValueError(f"{variable} and {variable}_FILE are both set: leave one of them out")
        if source in _ARE_FILES and (direct or named):
            path = _file(variable if direct else f"{variable}_FILE", direct or named)
            found[source] = Credential(str(path), subject or None)
        elif direct or named:
            name = variable if direct else f"{variable}_FILE"
            found[source] = Credential(_token(name, direct or _text(name, named)))
    return found


def _token(variable: str, text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        # It would go into the head of a request, and an error there would quote it.
        raise ValueError(f"{variable} holds no token: letters, digits and signs without a blank")
    return text


def _text(variable: str, name: str) -> str:
    path = _file(variable, name)
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable}: {path} cannot be read ({type(error).__name__})") from error
    if not text:
        raise ValueError(f"{variable}: {path} is empty: put the token into it")
    return text


def _file(variable: str, name: str) -> Path:
    try:
        path = Path(name).expanduser().absolute()
        there = path.is_file()
    except (OSError, RuntimeError, ValueError):
        there = False
    if not there:
        # A token given where a file is meant must not be printed.
        raise ValueError(f"{variable} names no file that is there: give its path")
    return path
