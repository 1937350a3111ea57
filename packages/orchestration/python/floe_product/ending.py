"""The end of a process whose starter is gone, or ends it: what it has asked the engine for ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TextIO

from floe_product.build import cancel_build

GRACE_SECONDS = 10.0
INTERRUPTED = 130
"""floe's own exit code."""


def end_with(starter: TextIO) -> None:
    """End when the other side of a pipe is closed, as it is however the process that holds it ends.

    SIGTERM ends it in the same way.
    """
    signal.signal(signal.SIGTERM, lambda *_: _in_background(_end))
    _in_background(lambda: (starter.read(), _end()))


def _end() -> None:
    with contextlib.suppress(Exception):
        cancel_build()
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE_SECONDS)
    os._exit(INTERRUPTED)


def _in_background(work: Callable[[], object]) -> None:
    threading.Thread(target=work, daemon=True).start()
