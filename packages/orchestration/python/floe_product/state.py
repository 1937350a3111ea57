"""Where a product keeps what it must remember: beside it, or elsewhere if its folder can't be written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

VARIABLE = "FLOE_STATE_DIR"


def state_dir(product_dir: Path, slug: str) -> Path:
    """Find the first folder that can be written.

    What FLOE_STATE_DIR says, `.floe` in the product, the user's cache, a temporary one. In a container only
    the first two outlive it: what ingestion has loaded already is remembered there.
    """
    own = f"{slug}-{hashlib.sha256(str(product_dir).encode()).hexdigest()[:12]}"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "floe" / "products" / own
    given = os.environ.get(VARIABLE)
    candidates = [
        *([Path(given) / slug] if given else []),
        product_dir / ".floe",
        cache,
        Path(tempfile.gettempdir()) / f"floe-{own}",
    ]
    for folder in candidates:
        if is_writable(folder):
            return folder
    return candidates[-1]


def is_writable(folder: Path) -> bool:
    """Try it: permissions alone say nothing of a read-only mount, nor to root."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
