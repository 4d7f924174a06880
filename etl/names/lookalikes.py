"""Letters of other scripts that are drawn like Latin ones, and what the rest sound like.

The look-alikes are those of Unicode Technical Standard 39 that people meet in names.
Whenever a small letter stands here its capital does too: folding what is folded changes
nothing.
"""

from __future__ import annotations

from functools import lru_cache

_CYRILLIC = "авекмнорстухіјѕһԁԛԝӏ"
_CYRILLIC_AS = "abekmhopctyxijshdqwl"
_GREEK = "αβεηικνορτυχ"
_GREEK_AS = "abeniKvoptux".lower()
_GREEK_CAPITALS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_GREEK_CAPITALS_AS = "abezhikmnoptyx"

LOOKALIKES: dict[str, str] = {
    **dict(zip(_CYRILLIC, _CYRILLIC_AS, strict=True)),
    **dict(zip(_CYRILLIC.upper(), _CYRILLIC_AS, strict=True)),
    **dict(zip(_GREEK, _GREEK_AS, strict=True)),
    **dict(zip(_GREEK_CAPITALS, _GREEK_CAPITALS_AS, strict=True)),
}

_SOUNDS: dict[str, str] = {
    **dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufye", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    "і": "i",
    "ј": "j",
    "є": "ye",
    "ґ": "g",
    "ђ": "dj",
    "љ": "lj",
    "њ": "nj",
    **dict(zip("αβγδεζηικλμνοπρστυω", "avgdeziiklmnoprstyo", strict=True)),
    "ς": "s",
    "θ": "th",
    "ξ": "x",
    "φ": "f",
    "χ": "ch",
    "ψ": "ps",
}


def _foreign(letter: str) -> bool:
    return "\u0370" <= letter <= "\u03ff" or "\u0400" <= letter <= "\u052f"


def as_it_sounds(word: str) -> str:
    """A word of Cyrillic or Greek letters alone, in Latin ones; empty for any other."""
    if not all(map(_foreign, word)):
        return ""
    return "".join(_SOUNDS.get(letter.lower(), letter) for letter in word)


@lru_cache(maxsize=8192)
def latin(word: str) -> str:
    """The word in Latin letters where it is Cyrillic or Greek.

    A word whose letters all look Latin, or that mixes scripts, is read as it looks;
    any other as it sounds.
    """
    foreign = [letter for letter in word if _foreign(letter)]
    if not foreign:
        return word
    as_it_looks = len(foreign) < sum(letter.isalpha() for letter in word) or all(
        letter in LOOKALIKES for letter in foreign
    )
    looks = LOOKALIKES if as_it_looks else {}
    sounded = (looks.get(c) or _SOUNDS.get(c.lower(), c) if _foreign(c) else c for c in word)
    return "".join(sounded) or word
