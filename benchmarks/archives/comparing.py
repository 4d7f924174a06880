"""What was read, by whomever, against the oracle: field by field, everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

Facts = dict[str, Any]


def differences(
    read: Iterable[tuple[Facts, list[Facts]]], told: Iterable[tuple[str, Facts]]
) -> Counter[str]:
    """How many were ``compared``, are ``missing`` or ``extra``, and how often each field
    differs. A field that is left out and an empty one are the same.
    """
    wanted = dict(told)
    counts: Counter[str] = Counter()
    for head, messages in read:
        key = head["key"]
        for name, facts in ((key, head), *((f"{key}/{m['message_id']}", m) for m in messages)):
            counts["compared"] += 1
            want = wanted.pop(name, None)
            if want is None:
                counts["extra"] += 1
            else:
                counts.update(_differing(facts, want))
    counts["missing"] += len(wanted)
    return +counts


def _differing(facts: Facts, want: Facts) -> list[str]:
    if facts == want:
        return []
    names = dict.fromkeys((*facts, *want))
    return [name for name in names if (facts.get(name) or None) != (want.get(name) or None)]
