"""A text cut into words, at soft separators and at hard breaks, and a word into its parts."""

from __future__ import annotations

import re
from functools import cache

from etl.names.legal_forms import GLUED
from etl.names.letters import TABLE, fold

# Chinese, Japanese and Korean words are written to others without a space.
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_SLASHED_FORM = re.compile(r"(?<![^\W_])(?:(?<=\s)[Aa]/[Ss]|(?<=\s)[Ss]/[Aa])(?![^\W_])")


def cut(text: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """The words of a text, and whether a hard break stands before each."""
    whole = _SLASHED_FORM.sub(lambda form: form[0].replace("/", "."), text) if "/" in text else text
    return _words(whole.translate(TABLE))


def _words(cleaned: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    if "|" not in cleaned and "-" not in cleaned:
        words = tuple(cleaned.split())
        return words, (False,) * len(words)
    tokens: list[str] = []
    breaks: list[bool] = []
    broken = False
    for run in cleaned.replace(" -", "|").replace("- ", "|").replace("-", " ").split("|"):
        if found := run.split():
            tokens += found
            breaks.append(broken)
            breaks += [False] * (len(found) - 1)
        broken = True
    return tuple(tokens), tuple(breaks)


def parts_in(word: str) -> list[tuple[str, list[str]]]:
    """A word in runs of one script, each with the tokens that it makes."""
    if word.isascii():
        return [(word, [word.lower()])]
    return [(run, _unglued(fold(run))) for run in _scripts().split(word)]


@cache
def _scripts() -> re.Pattern[str]:
    """Where the scripts change in a word. Made for the first that needs it, for it takes long."""
    return re.compile(rf"(?<=[^\W_{_CJK}])(?=[{_CJK}])|(?<=[{_CJK}])(?=[^\W\d_{_CJK}])")


def _unglued(token: str) -> list[str]:
    if token.isascii() or not GLUED.search(token):
        return [token]
    return [part for part in GLUED.split(token) if part]
