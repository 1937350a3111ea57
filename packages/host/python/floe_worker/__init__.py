"""The Python side of floe's workers.

A plugin's module registers functions and raises coded errors; floe calls the functions:

    from floe_worker import FloeError, method, progress

    @method
    def load(path: str) -> dict[str, int]:
        progress({"rows": 10})
        return {"rows": 20}
"""

from floe_worker.errors import FloeError
from floe_worker.registry import method
from floe_worker.serve import progress, serve

__all__ = ["FloeError", "method", "progress", "serve"]
