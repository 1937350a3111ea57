from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from floe_worker import FloeError, method
from floe_worker.registry import METHODS

HERE = Path(__file__).parent

MODULE = """
import os
import subprocess
import sys
import threading
from floe_worker import FloeError, method, progress

print("printed while importing")

@method
def add(a, b):
    print("printed by Python")
    os.write(1, b"written to the descriptor")
    subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)
    progress({"half": True})
    return a + b

@method
def refuse():
    where = {"file": "a.sql", "line": 3}
    raise FloeError("CONFIG.INVALID_VALUE", "No.", why="Because.", next=["Say yes."], where=where)

@method
def fail():
    raise KeyError("x")

@method
def strange():
    return object()

@method
def infinite():
    return float("inf")

@method
def leave():
    sys.exit(2)

@method
def from_threads(count):
    def report():
        for i in range(count):
            progress({"i": i, "padding": "x" * 5000})
    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

@method
def read_input():
    child = subprocess.run(["cat"], capture_output=True, check=True)
    return child.stdout.decode() + sys.stdin.read()
"""


def ask(tmp_path: Path, module: str, *calls: tuple[str, dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    (tmp_path / "mine.py").write_text(module)
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": i, "method": name, "params": params})
        for i, (name, params) in enumerate(calls)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "floe_worker", "mine"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{HERE.parent}:{tmp_path}"},
        timeout=30,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_answers_calls_and_keeps_prints_away(tmp_path: Path) -> None:
    messages, stderr = ask(tmp_path, MODULE, ("add", {"a": 1, "b": 2}))
    assert messages == [
        {"jsonrpc": "2.0", "method": "progress", "params": {"half": True}},
        {"jsonrpc": "2.0", "id": 0, "result": 3},
    ]
    for text in ("while importing", "by Python", "to the descriptor", "by a child"):
        assert text in stderr


def test_sends_coded_errors_whole(tmp_path: Path) -> None:
    [message], _ = ask(tmp_path, MODULE, ("refuse", {}))
    assert message["error"]["message"] == "No."
    assert message["error"]["data"] == {
        "code": "CONFIG.INVALID_VALUE",
        "why": "Because.",
        "next": ["Say yes."],
        "where": {"file": "a.sql", "line": 3},
    }


def test_goes_on_after_an_exception(tmp_path: Path) -> None:
    calls = [
        *((name, {}) for name in ("fail", "nowhere", "strange", "infinite", "leave")),
        ("add", {"a": 1}),
        ("add", {"a": 1, "b": 1}),
    ]
    messages, stderr = ask(tmp_path, MODULE, *calls)
    errors = [message["error"]["message"] for message in messages if "error" in message]
    assert errors[0] == "KeyError: 'x'"
    assert errors[1] == "LookupError: there is no function 'nowhere'"
    assert errors[2].startswith("TypeError: Object of type object is not JSON")
    assert errors[3].startswith("ValueError: Out of range float values")
    assert errors[4] == "SystemExit: 2"
    assert "missing 1 required positional argument" in errors[5]
    assert messages[-1]["result"] == 2
    assert "Traceback" in stderr


def test_keeps_progress_of_threads_apart(tmp_path: Path) -> None:
    messages, _ = ask(tmp_path, MODULE, ("from_threads", {"count": 50}))
    assert sum(message.get("method") == "progress" for message in messages) == 400
    assert messages[-1] == {"jsonrpc": "2.0", "id": 0, "result": None}


def test_keeps_its_input_from_what_it_runs(tmp_path: Path) -> None:
    messages, _ = ask(tmp_path, MODULE, ("read_input", {}), ("add", {"a": 1, "b": 2}))
    assert [message["result"] for message in messages if "result" in message] == ["", 3]


def test_tells_the_first_call_why_the_module_failed(tmp_path: Path) -> None:
    [message], _ = ask(tmp_path, "import not_there", ("add", {}))
    assert message["error"]["message"] == "ModuleNotFoundError: No module named 'not_there'"


def test_does_at_its_end_what_was_registered_for_it(tmp_path: Path) -> None:
    module = MODULE + "\nimport atexit, sys\natexit.register(lambda: sys.stderr.write('farewell'))\n"
    _, stderr = ask(tmp_path, module, ("add", {"a": 1, "b": 2}))
    assert stderr.endswith("farewell")


def test_refuses_two_functions_of_one_name() -> None:
    def twice() -> None: ...

    method(twice)
    try:
        with pytest.raises(ValueError, match="two functions"):
            method(twice)
    finally:
        del METHODS["twice"]


def test_error_is_its_summary() -> None:
    error = FloeError("DBT.FAILED", "It failed.")
    assert str(error) == "It failed."
    assert error.to_json() == {"code": "DBT.FAILED", "why": None, "next": [], "where": None}
