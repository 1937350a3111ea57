"""JSON-RPC 2.0, one message a line."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import sys
import traceback
from typing import Any

from floe_worker.channel import Channel
from floe_worker.errors import FloeError
from floe_worker.registry import METHODS

_channel: Channel | None = None


def serve(module: str) -> None:
    """Import `module`, then answer calls until the input ends, as it does when floe does."""
    global _channel
    _channel = Channel()
    import_failure: BaseException | None = None
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:
        # Told to every call: there is nobody to tell yet.
        import_failure = error
    for line in _channel.lines():
        try:
            _channel.send(_answer(json.loads(line), import_failure))
        except BrokenPipeError:
            return


def leave() -> None:
    """End the process at once: floe waits for it, and the system frees what Python would take apart."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def progress(value: object) -> None:
    """Tell floe how far the current call is. JSON of any shape, from any thread."""
    if _channel is None:
        raise RuntimeError("progress() works only in a function that floe called")
    _channel.send(_encode({"method": "progress", "params": value}))


def _answer(request: dict[str, Any], import_failure: BaseException | None) -> str:
    try:
        if import_failure is not None:
            raise import_failure
        function = METHODS.get(request["method"])
        if function is None:
            raise LookupError(f"there is no function {request['method']!r}")
        return _encode({"id": request["id"], "result": function(**request.get("params", {}))})
    except FloeError as error:
        problem = {"code": -32000, "message": str(error), "data": error.to_json()}
    except (Exception, SystemExit) as error:
        # SystemExit: tools that are commands as well end by it, and it ends the call, not the worker.
        text = "".join(traceback.format_exception(error))
        print(text, file=sys.stderr)
        message = f"{type(error).__name__}: {error}"
        problem = {"code": -32000, "message": message, "data": {"traceback": text}}
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": problem}, default=str)


def _encode(message: dict[str, object]) -> str:
    """NaN and infinity, which JSON hasn't, are refused here, where the function can be named."""
    return json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False)
