"""Regular files, opened without following or waiting for whatever took their place."""

from __future__ import annotations

import errno
import os
import stat

REPLACED = "something else stands in its place since it was listed"
_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Links are not followed; where nobody writes to a pipe, opening it would not end."""
_NO_FILE = {errno.ELOOP, errno.ENXIO, errno.EISDIR}


def regular(path: str, flags: int) -> int:
    """An ``opener`` for ``open``. Raises ``OSError`` for all but a regular file."""
    descriptor = os.open(path, flags | _CAREFULLY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENXIO, REPLACED)
    return descriptor


def is_replaced(error: OSError) -> bool:
    """Whether that is what the system says of a link, a pipe, a socket or a folder."""
    return error.errno in _NO_FILE
