"""Locks of files between processes, which the operating system releases however their holder ends."""

from __future__ import annotations

from typing import TextIO


def try_lock(file: TextIO) -> bool | None:
    """Take an open file's lock until it is closed, if nobody has it. None where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
