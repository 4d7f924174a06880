"""Whose a key of the mapping is."""

from __future__ import annotations

import msgspec


class Owner(msgspec.Struct, frozen=True, gc=False):
    """A company to which a key leads, and the first row of the mapping that says so.

    ``variant`` is set when every row that says so is about that one variant. What an
    ``ignored`` row owns is nobody's.
    """

    company: str
    ignored: bool
    variant: str | None
    line: int
    column: str


Owners = tuple[Owner, ...]
"""More than one: the key ties, and settles nothing alone."""
