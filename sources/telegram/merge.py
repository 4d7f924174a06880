from collections.abc import Iterator, Sequence
from sources.protocol import Part, Yielded
def merged_chats(parts: Sequence[Part]) -> Iterator[Yielded]:
    raise NotImplementedError
