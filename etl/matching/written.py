"""How a name is written in a title: as a word may be, or as no word is."""

from __future__ import annotations

from etl.matching.parts import Found, Parts


def is_written_as_a_name(parts: Parts, found: Found) -> bool:
    """Whether a name has capitals where a word would have none: within a title, or in two
    words, and all others there are small.
    """
    if not found.first and found.last < 2:
        return False
    name = parts.name
    words = [name.text[start:end] for start, end in name.spans]
    others = words[: found.first] + words[found.last :]
    if found.first:
        others[0] = others[0][:1].lower() + others[0][1:]
    named = words[found.first : found.last]
    return (
        all(word[0].isupper() for word in named)
        and bool(others)
        and not any(map(_has_capital, others))
    )


def is_no_word(parts: Parts, found: Found) -> bool:
    """Whether a name is written like no word: in two, with a digit or a capital within."""
    if found.last - found.first > 1:
        return True
    text = parts.name.quote(found.first, found.last)[0]
    return any(map(str.isdigit, text)) or (not text.isupper() and _has_capital(text[1:]))


def _has_capital(word: str) -> bool:
    return any(map(str.isupper, word))
