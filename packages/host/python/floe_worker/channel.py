"""Messages over what were the process's stdin and stdout."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Longer than floe waits before it insists, so that this only matters where floe itself was killed.
GRACE_SECONDS = 5


class Channel:
    """Takes stdin and stdout away from everything else in the process.

    On the level of file descriptors, for libraries in C and processes that are started use them as well: what
    they print goes to stderr, and they read an empty input.
    """

    def __init__(self) -> None:
        self._input = os.dup(0)
        self._output = os.dup(1)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        os.dup2(2, 1)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        self._lock = threading.Lock()
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="floe-input", daemon=True).start()

    def lines(self) -> Iterator[bytes]:
        """What floe sends, until it closes the input or ends."""
        while (line := self._lines.get()) is not None:
            yield line

    def send(self, message: str) -> None:
        """Write one message. Functions report progress from any thread, and lines must not mix."""
        rest = memoryview(message.encode() + b"\n")
        with self._lock:
            while rest:
                rest = rest[os.write(self._output, rest) :]

    def _read(self) -> None:
        """Read in a thread, so that a function that never returns doesn't outlive floe."""
        parts: list[bytes] = []
        while chunk := os.read(self._input, 1 << 16):
            *ends, rest = chunk.split(b"\n")
            for end in ends:
                self._lines.put(b"".join([*parts, end]))
                parts.clear()
            parts.append(rest)
        self._lines.put(None)
        time.sleep(GRACE_SECONDS)
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
