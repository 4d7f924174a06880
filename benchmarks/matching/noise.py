"""A name as people get it wrong."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

_FORMS = ("Ltd", "GmbH", "Inc.", "S.A.", "B.V.", "LLC", "Pty Ltd", "AG", "s.r.o.", "Oy")
_LOOKALIKES = str.maketrans("aecopxyAEOPCTHKM", "аесорхуАЕОРСТНКМ")
_ACCENTS = str.maketrans("aeiou", "áèîöü")
_EMOJI = "🔥🌊🟢⚡🚀"


def typo(name: str, dice: random.Random) -> str:
    """One slip behind the first letter."""
    place = dice.randrange(1, len(name) - 1)
    while not (name[place].isalpha() and name[place + 1].isalpha()):
        place = dice.randrange(1, len(name) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + name[place] + name[place:]
    if kind == 2 and name[place] != name[place + 1]:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    letter = dice.choice([c for c in "abcdefghiklmnoprstuvw" if c != name[place].lower()])
    return name[:place] + letter + name[place + 1 :]


def _fullwidth(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _respaced(name: str, dice: random.Random) -> str:
    return name.replace(" ", dice.choice(["", "-", "_", "  "]))


NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "lower": lambda name, _: name.lower(),
    "upper": lambda name, _: name.upper(),
    "legal": lambda name, dice: f"{name} {dice.choice(_FORMS)}",
    "emoji": lambda name, dice: f"{name} {dice.choice(_EMOJI)}",
    "lookalike": lambda name, _: name.translate(_LOOKALIKES),
    "accent": lambda name, _: unicodedata.normalize("NFC", name.translate(_ACCENTS)),
    "fullwidth": lambda name, _: _fullwidth(name),
    "respaced": _respaced,
    "typo": typo,
}
"""What may befall a name in a title, by its kind."""
