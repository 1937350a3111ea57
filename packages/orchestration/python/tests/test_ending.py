from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import write_product

PYTHON = Path(__file__).parents[1]
SLOW = """
import time
def load(config, sources, full_refresh, run_id):
    print("loading", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that loads a source, and would for a minute."""
    source = {"name": "orders", "destinationTable": "raw.orders"}
    runner = {"module": "slow.worker", "packages": []}
    folder = write_product(tmp_path / "shop", floe__ingestion={"sources": [source], "runner": runner})
    (folder / "deploy" / "python" / "slow").mkdir(parents=True)
    (folder / "deploy" / "python" / "slow" / "worker.py").write_text(SLOW)
    request = {
        "product": "shop",
        "run_id": "run",
        "lives": "stdin",
        "result": str(tmp_path / "told.json"),
        "steps": [{"step": "ingest", "sources": ["orders"]}],
    }
    with subprocess.Popen(
        [sys.executable, "-m", "floe_product"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PYTHON)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps(request)}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "loading\n"
        yield process
        process.kill()


def test_ends_when_who_started_it_is_gone(at_work: subprocess.Popen[str]) -> None:
    assert at_work.stdin is not None
    at_work.stdin.close()
    assert at_work.wait(timeout=20) == 130


def test_ends_when_it_is_told_to(at_work: subprocess.Popen[str]) -> None:
    at_work.send_signal(signal.SIGTERM)
    assert at_work.wait(timeout=20) == 130
