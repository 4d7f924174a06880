"""How large the chats of a real account are: measured page sizes, chats and pages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from random import Random

CHATS = 3958
SEED = 7
# Sizes of a chat's (only) page, in kB, at these shares of the chats.
_SIZES = (
    *((0.0, 1.15), (0.1, 1.5), (0.2, 2.6), (0.3, 3.9), (0.4, 5.7), (0.5, 8.7), (0.6, 14.2)),
    *((0.7, 24.3), (0.8, 41.0), (0.89, 75.0), (0.922, 99.0), (0.96, 190.0), (0.985, 325.0)),
    (1.0, 540.0),
)
# Chats of several pages, the longest last: 88 pages more than there are chats.
_FURTHER = (1,) * 17 + (2,) * 5 + (3,) * 3 + (4, 4, 5, 5, 6, 7, 9, 12)
_WORDY = (0.6, 0.8, 1.0, 1.3, 2.5)
_KINDS = ("private",) * 9 + ("group",) * 8 + ("channel",) * 2 + ("bot",)


@dataclass(frozen=True)
class Chat:
    """What is planned of a chat: its number in the plan, and so much to write.

    ``size`` in bytes is for chats of one page; others have ``further`` full ones.
    """

    number: int
    size: int
    further: int
    kind: str
    wordy: float

    @property
    def rng(self) -> Random:
        """Chance for this chat alone: it is the same in an account of any size."""
        return Random(f"{SEED}:{self.number}")  # noqa: S311 - not for secrets


def chats(share: int = 1) -> list[Chat]:
    """One of every so many of the account's chats, of all sizes alike, in the
    order of the export.
    """
    chosen = [_chat(number) for number in range(share // 2, CHATS, share)]
    Random(SEED).shuffle(chosen)  # noqa: S311
    return chosen


def _chat(number: int) -> Chat:
    single = CHATS - len(_FURTHER)
    rng = Random(f"plan:{number}")  # noqa: S311
    further = _FURTHER[number - single] if number >= single else 0
    return Chat(
        number=number,
        size=int(1000 * _size(min(1.0, number / single))),
        further=further,
        kind="group" if further else rng.choice(_KINDS),
        wordy=rng.choice(_WORDY) if not further else 2.9 if further == 4 else 0.7 + number % 7 / 10,
    )


def _size(share: float) -> float:
    shares = [at for at, _ in _SIZES]
    place = min(bisect_right(shares, share), len(_SIZES) - 1)
    (low, small), (high, large) = _SIZES[place - 1], _SIZES[place]
    return float(small * (large / small) ** ((share - low) / (high - low)))
