"""Errors with floe's codes, where floe itself isn't: the worker hands them on, a program catches them."""

from __future__ import annotations

from collections.abc import Sequence


class IngestionError(Exception):
    """What is wrong (`str()` of it), why, and what to do about it; `code` is one of floe's."""

    def __init__(
        self,
        code: str,
        summary: str,
        *,
        why: str | None = None,
        next: Sequence[str] = (),  # noqa: A002 - the name of the field in floe's errors
    ) -> None:
        super().__init__(summary)
        self.code = code
        self.why = why
        self.next = list(next)
