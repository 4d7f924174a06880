"""The words that say what kind of firm a firm is, taken off the ends of its name.

Only a whole form at the very end, or at the beginning where the language puts it there,
and never so that nothing is left. ``Group`` and ``Holding`` stay: they tell firms apart.
"""

from __future__ import annotations

import re

_LAST = """
    inc incorporated llc llp lllp lp ltd limited plc co corp corporation coltd colimited coinc
    pty ptyltd ptylimited pte pteltd ptelimited pvtltd pvtlimited privatelimited
    gmbh mbh ag kg ug ohg gbr ggmbh gmbhandcokg gmbhcokg ugandcokg agandcokg se eg ev
    sa sas sasu sarl eurl snc sca scs spa srl srls sapa sl slu sau sll ltda eireli
    sadecv sabdecv srldecv sapidecv sasdecv bv nv vof cv bvba sprl
    oy oyj ab as asa aps ivs kft zrt nyrt spzoo spzoospk sro doo ood eood
    scoop ltdsti jsc ojsc cjsc pjsc kgaa gmbhandcokgaa agandcokgaa seandcokgaa
    sia uab ou tov ooo oao zao pao fzco fzllc fze kk gk sdnbhd bhd tbk
"""
_FIRST = "ooo oao zao pao tov oy ab pt cv kk sia uab"
_GLUED = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "株式会社",
    "合同会社",
    "有限会社",
    "주식회사",
)
_AFTER = frozenset((*_LAST.split(), *_GLUED))
_BEFORE = frozenset((*_FIRST.split(), *_GLUED))
GLUED = re.compile(f"({'|'.join(_GLUED)})")
"""Chinese, Japanese and Korean write the form without a space."""

_LONGEST = 6
# What the last word of a name with a form can be: most names need no closer look.
_ENDS = frozenset(form[place:] for form in _AFTER for place in range(len(form)))
_STARTS = frozenset(form[:place] for form in _AFTER for place in range(1, len(form) + 1))


def without_legal_form(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens of a name without its legal form; the same tokens when it has none."""
    if not tokens or (tokens[-1] not in _ENDS and tokens[0] not in _BEFORE):
        return tokens
    ends = 0, len(tokens)
    while (shorter := _once(tokens, *ends)) != ends:
        ends = shorter
    first, last = ends
    return tokens[first:last]


def _once(tokens: tuple[str, ...], first: int, last: int) -> tuple[int, int]:
    for size in range(min(_LONGEST, last - first - 1), 0, -1):
        if "".join(tokens[last - size : last]) in _AFTER:
            rest = last - size
            return first, rest - (rest - first > 1 and tokens[rest - 1] == "and")
    if last - first > 1 and tokens[first] in _BEFORE:
        return first + 1, last
    return first, last


def form_length(tokens: tuple[str, ...], first: int, last: int) -> int:
    """How many tokens from ``first`` on, not beyond ``last``, are a legal form."""
    if first >= last or tokens[first] not in _STARTS:
        return 0
    for size in range(min(_LONGEST, last - first), 0, -1):
        if "".join(tokens[first : first + size]) in _AFTER:
            return size
    return 0


def leads(token: str) -> bool:
    """Whether a legal form may stand before a name so."""
    return token in _BEFORE
