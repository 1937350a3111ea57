"""Whether a project is still what it was when it was parsed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_OUTPUTS = {"target", "logs", ".git", "node_modules", "__pycache__", ".floe", ".venv"}
_READ = (".sql", ".yml", ".yaml", ".py", ".csv", ".md")

Snapshot = dict[str, tuple[int, int, int]]


def snapshot(*roots: Path) -> Snapshot:
    """Size and times of each file that dbt may read. The time of change can't be set back by a tool."""
    return {
        path: (info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        for root in roots
        for path, info in _files(root)
    }


def _files(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    ahead = [str(root)]
    while ahead:
        try:
            entries = list(os.scandir(ahead.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _OUTPUTS:
                    ahead.append(entry.path)
            elif entry.name.endswith(_READ):
                yield entry.path, entry.stat()
