"""The cells of a mapping: which column it is, and which values stand in it."""

from __future__ import annotations

import re

from etl.names.letters import composed

COLUMNS: dict[str, str] = {
    "basecompany": "base_company",
    "variantname": "variant_name",
    "companyname": "variant_name",
    "slackgroup": "slack_group",
    "slackgroups": "slack_group",
    "telegramgroup": "telegram_group",
    "telegramgroups": "telegram_group",
    "calendardomain": "calendar_domain",
    "calendardomains": "calendar_domain",
    "calendarsearchdomain": "calendar_domain",
    "fullnodeaddress": "full_node_address",
    "fullnodeaddresses": "full_node_address",
    "varianttype": "variant_type",
    "variants": "variant_type",
}
"""The columns, by their spellings in small letters without spaces or underscores."""

_NOTHING = "- -- --- – — ? . / n/a #n/a na n.a. none null nil nan tbd tba todo unknown"
PLACEHOLDERS = frozenset(_NOTHING.split())
"""What people write into a cell that has nothing to say."""

_URL = re.compile(r"^(?:[a-z][a-z0-9+.\-]*://|www\.|t\.me/|telegram\.me/)", re.IGNORECASE)
_MAILTO = re.compile(r"^mailto:", re.IGNORECASE)


def column(header: str) -> str | None:
    """The column that a header means; ``None`` for one we do not know."""
    return COLUMNS.get(re.sub(r"[\s_\-]+", "", header).casefold())


def is_placeholder(value: str) -> bool:
    """Whether the value only says that there is none."""
    return value.casefold() in PLACEHOLDERS


def values(cell: str) -> list[str]:
    """The values of a cell: one per line, without the spaces around them."""
    return [bare for line in cell.splitlines() if (bare := tidy(line))]


def tidy(text: str) -> str:
    """The text in one line, composed, without control characters."""
    plain = composed(text, "NFC").replace("\0", "").replace("\ufeff", "")
    return " ".join(plain.split())


def group_name(value: str) -> str:
    """A group's name without ``#``, ``@`` or the URL it stands in; the value itself when
    nothing else is in it.
    """
    if _URL.match(value):
        path = re.sub(r"^[a-z][a-z0-9+.\-]*://", "", value, flags=re.IGNORECASE)
        path = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/")
        host, slash, rest = path.partition("/")
        # a bare host is a name that somebody gave a group
        return rest.rpartition("/")[2].lstrip("+@") or value if slash else host
    return value.lstrip("#@").strip() or value


def domain_text(value: str) -> str:
    """What is left of a domain when ``mailto:``, ``@``, ``www.`` or a URL are taken off."""
    bare = _MAILTO.sub("", value)
    bare = re.sub(r"^[a-z][a-z0-9+.\-]*://", "", bare, flags=re.IGNORECASE)
    bare = re.split(r"[/?#]", bare, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r"^www\.", "", bare, flags=re.IGNORECASE).rstrip(".").lower()
