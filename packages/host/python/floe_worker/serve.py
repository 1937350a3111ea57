"""JSON-RPC 2.0 over stdin and stdout, one message a line."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

from floe_worker.errors import FloeError
from floe_worker.registry import METHODS

if TYPE_CHECKING:
    from typing import TextIO

_output: TextIO | None = None


def serve(module: str) -> None:
    """Import `module`, then answer calls until the input ends, as it does when floe does."""
    global _output
    _output = _take_stdout()
    import_failure: Exception | None = None
    try:
        importlib.import_module(module)
    except Exception as error:
        # Told to the first call: there is nobody to tell yet.
        import_failure = error
    for line in sys.stdin:
        request = json.loads(line)
        _send({"jsonrpc": "2.0", "id": request["id"], **_answer(request, import_failure)})


def progress(value: object) -> None:
    """Tell floe how far the current call is. JSON of any shape."""
    _send({"jsonrpc": "2.0", "method": "progress", "params": value})


def _take_stdout() -> TextIO:
    """Keep the real stdout for messages; whatever prints from now on writes to stderr.

    On the level of file descriptors, for libraries in C and processes that are started print as well.
    """
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(private, "w", encoding="utf-8", newline="\n")


def _answer(request: dict[str, Any], import_failure: Exception | None) -> dict[str, object]:
    try:
        if import_failure is not None:
            raise import_failure
        function = METHODS.get(request["method"])
        if function is None:
            raise LookupError(f"there is no function {request['method']!r}")
        result = function(**request.get("params", {}))
        json.dumps(result)
        return {"result": result}
    except FloeError as error:
        return {"error": {"code": -32000, "message": str(error), "data": error.to_json()}}
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        print(text, file=sys.stderr)
        message = f"{type(error).__name__}: {error}"
        return {"error": {"code": -32000, "message": message, "data": {"traceback": text}}}


def _send(message: dict[str, object]) -> None:
    if _output is None:
        raise RuntimeError("progress() works only in a function that floe called")
    _output.write(json.dumps(message) + "\n")
    _output.flush()
