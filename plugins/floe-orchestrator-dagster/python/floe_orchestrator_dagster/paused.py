"""The garbage collector, paused while much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Look for no garbage, nor ever again in what is there afterwards.

    Imports and definitions make hundreds of thousands of objects that live as long as the process. Looking
    through them again and again, and once more at its end, is a third of the time that a load takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
