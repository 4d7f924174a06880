"""Whose a host name is: the registrable domain, by the public suffix list.

``eu.acme.co.uk`` belongs to ``acme.co.uk``, ``acme.github.io`` to itself, ``co.uk`` to
nobody. The list is bundled with its package and read on first use.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_HOST = re.compile(r"[^\s.@/:,;<>()\"']+(\.[^\s.@/:,;<>()\"']+)+")
_PATH = re.compile(r"[/?#]")
_PORT = re.compile(r":\d+$")
_ADDRESS = re.compile(r"[^\s@/?#:]+@([^\s@/?#:]+)")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*:(//)?", re.IGNORECASE)

_LONGEST_HOST = 253

# Rooms, shared calendars and imported ones have addresses there; no guest has.
_CALENDAR_HOSTS = ".calendar.google.com"

_EVERYWHERE = "yahoo hotmail live outlook"
_COUNTRIES = """
    com fr de it es co.uk co.jp ca com.br com.au com.mx com.ar co.in in nl be at ch ie dk se no
    gr pl pt ro ru cz hu com.tr co.id com.sg com.hk com.tw com.vn com.ph cl co.nz co.za co.kr
"""
_ELSEWHERE = """
    gmail.com googlemail.com ymail.com rocketmail.com msn.com aol.com aim.com icloud.com me.com
    mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com
    tutamail.com fastmail.com fastmail.fm zoho.com zohomail.com mail.com email.com usa.com
    gmx.com gmx.net gmx.de gmx.at gmx.ch gmx.fr gmx.co.uk web.de posteo.de posteo.net mailbox.org
    wanadoo.fr laposte.net yandex.ru yandex.com ya.ru mail.ru inbox.ru list.ru bk.ru rambler.ru
    ukr.net i.ua o2.pl centrum.cz abv.bg qq.com foxmail.com 163.com 126.com yeah.net
    naver.com hanmail.net rediffmail.com btinternet.com ntlworld.com comcast.net verizon.net
    att.net sbcglobal.net bellsouth.net bigpond.com duck.com hushmail.com mailfence.com
    runbox.com disroot.org riseup.net simplelogin.com mozmail.com mailinator.com
"""
FREE_MAIL: frozenset[str] = frozenset(_ELSEWHERE.split()) | {
    f"{host}.{end}" for host in _EVERYWHERE.split() for end in _COUNTRIES.split()
}
"""Where anybody can have an address: no evidence of anything. Providers whose own staff
write from the same domain (``t-online.de``) are left out: mapped, they may be meant.
"""


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def host_of(text: str) -> str | None:
    """The host in an address, a URL, or a bare domain, lower case and in its ASCII form;
    ``None`` when the text is none of them.
    """
    bare = _SCHEME.sub("", text.strip(), count=1)
    bare = _PATH.split(bare, maxsplit=1)[0].rpartition("@")[2]
    bare = _PORT.sub("", bare).rstrip(".").lower()
    if len(bare) > _LONGEST_HOST or not _HOST.fullmatch(bare) or bare.rpartition(".")[2].isdigit():
        return None
    try:
        ascii_form = bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    # Some letters (an acute accent of its own) decompose into what no host may hold.
    return ascii_form if _HOST.fullmatch(ascii_form) else None


@lru_cache(maxsize=16384)
def registrable(text: str) -> str | None:
    """The domain somebody registered, for an address, a URL or a host; ``None`` for a
    public suffix and for what is no host.
    """
    host = host_of(text)
    if host is None:
        return None
    found: str | None = _suffixes().privatesuffix(host)
    return found


def label(host: str) -> str:
    """What a host is called like, comparable with the key of a name: ``acmepay`` of
    ``acme-pay.example``.
    """
    return host.partition(".")[0].replace("-", "")


@lru_cache(maxsize=8192)
def of_address(address: str) -> str | None:
    """The registrable domain of a person's e-mail address: equality is its only use, the
    part before the ``@`` never counts. ``None`` for rooms and for free mail.
    """
    if address.lower().rstrip(".").endswith(_CALENDAR_HOSTS):
        return None
    plain = _ADDRESS.fullmatch(address)
    # what is remembered of a host serves everybody there
    domain = registrable(plain[1] if plain else address)
    return None if domain in FREE_MAIL else domain
