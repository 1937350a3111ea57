"""Errors that say what to do."""

from __future__ import annotations

from collections.abc import Sequence


class ProductError(Exception):
    """What keeps a product from being loaded or run, with one of floe's codes and the way out."""

    def __init__(self, code: str, summary: str, *, why: str | None = None, next: Sequence[str] = ()) -> None:  # noqa: A002 - the name of the field in floe's errors
        lines = [f"{code}: {summary}", *([why] if why else []), *(f"-> {step}" for step in next)]
        super().__init__("\n".join(lines))
        self.code = code
        self.summary = summary
        self.why = why
        self.next = list(next)
