"""`python -m floe_worker MODULE`: a worker by hand, to try a module."""

from __future__ import annotations

import sys

from floe_worker.serve import leave, serve

if __name__ == "__main__":
    serve(sys.argv[1])
    leave()
