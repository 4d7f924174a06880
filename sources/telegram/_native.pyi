FINGERPRINT: int

def cut(
    page: bytes, start: int, end: int, /
) -> tuple[
    list[str | None],
    list[str] | None,
    dict[int, list[tuple[str, str, str]]],
    list[int],
]: ...
def written(page: bytes, /) -> int | None: ...
def told(line: str, /) -> tuple[str, list[tuple[str, str, str]]] | None: ...
