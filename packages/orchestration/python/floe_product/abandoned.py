"""Runs whose process ended before it could tell their end: whoever comes next tells it for them."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from floe_product.event_time import event_time, now
from floe_product.locks import try_lock

_OPEN = ".open"
_LOST_SECONDS = 24 * 3600.0
"""How long a writer of another machine counts as alive: not every network's files know its locks."""


class Writing:
    """A mark beside a file of events: its writer lives.

    It is locked as long as that lives; only a writer that ends in order takes it away. Where there are no
    locks, nobody can be known to be dead, and there are no marks.
    """

    def __init__(self, file: Path) -> None:
        self._mark = file.with_suffix(_OPEN)
        self._lock: TextIO | None = None
        with suppress(OSError):
            # Locked before it has the name that others look for.
            part = self._mark.with_suffix(".opening")
            lock = part.open("w")
            if try_lock(lock):
                lock.write(socket.gethostname())
                lock.flush()
                part.replace(self._mark)
                self._lock = lock
            else:
                lock.close()
                part.unlink()

    def end(self) -> None:
        """Take the mark away: what is still to be told of these runs, others tell."""
        if self._lock is not None:
            with suppress(OSError):
                self._mark.unlink()
            self._lock.close()
            self._lock = None


def is_written(file: Path) -> bool:
    """Say whether a file's writer has more to tell, or left it so."""
    return file.with_suffix(_OPEN).exists()


def end_abandoned(folder: Path, run_id: str) -> None:
    """Add an ABORT for each job that a dead writer left open, to the file where it left it.

    The run `run_id` itself goes on, in another process than that which told its start.
    """
    for mark in sorted(folder.glob(f"*{_OPEN}")):
        with suppress(OSError), mark.open("r+") as lock:
            file = mark.with_suffix(".jsonl")
            mine = lock.read() == socket.gethostname()
            if not mine and time.time() - file.stat().st_mtime < _LOST_SECONDS:
                continue
            # Others may have been quicker.
            if try_lock(lock) and os.fstat(lock.fileno()).st_nlink > 0:
                _end(file, run_id)
                mark.unlink()


def _end(file: Path, run_id: str) -> None:
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(file, whole)
    left = list(_open([json.loads(line) for line in content[:whole].splitlines()], run_id))
    if left:
        with file.open("a", encoding="utf-8") as lines:
            lines.write("".join(f"{json.dumps(event)}\n" for event in left))


def _open(events: list[dict[str, Any]], run_id: str) -> Iterator[Mapping[str, Any]]:
    """Give the ends that are missing, the last job that began first, as they lie within each other."""
    started = {one["run"]["runId"]: one for one in events if one["eventType"] == "START"}
    ended = {one["run"]["runId"] for one in events if one["eventType"] != "START"}
    ended_at = event_time(now())
    for one, event in reversed(started.items()):
        if one not in ended and one != run_id:
            yield {**event, "eventType": "ABORT", "eventTime": ended_at}
