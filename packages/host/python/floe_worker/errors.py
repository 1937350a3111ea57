"""Errors that reach floe's user as they were meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class FloeError(Exception):
    """An error with one of floe's codes: what is wrong, why, and what to do about it.

    `where` is a place in a file: `{"file": ..., "line": ..., "column": ...}`, counted from 1.
    """

    def __init__(
        self,
        code: str,
        summary: str,
        *,
        why: str | None = None,
        next: Sequence[str] = (),  # noqa: A002 - the name of the field in floe's errors
        where: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(summary)
        self.code = code
        self.why = why
        self.next = list(next)
        self.where = None if where is None else dict(where)

    def to_json(self) -> dict[str, object]:
        """What goes over the wire beside the summary."""
        return {"code": self.code, "why": self.why, "next": self.next, "where": self.where}
