from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support import write_product

from floe_product import CheckFinished, NodeFinished, RunLineage, SourceResult, load_product

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
RUN = str(uuid.UUID(int=7))


class Receiver:
    """Takes events on loopback; `status` and `delay` make it a bad one."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.status = 201
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                time.sleep(receiver.delay)
                if receiver.status == 201:
                    receiver.events.append(json.loads(body))
                    receiver.tokens.append(self.headers["authorization"])
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1/lineage"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_ENDPOINT", "OPENLINEAGE_API_KEY", "FLOE_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)


def _spooled(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / ".floe" / "orchestrator" / "lineage").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def _node(status: str = "success", message: str | None = None) -> NodeFinished:
    return NodeFinished("model.shop.orders", status, message, None, None, NOW, NOW)


def test_tells_a_run_in_the_words_that_were_compiled(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    lineage = RunLineage(product, RUN)
    lineage.run_started()
    lineage.source_started("orders")
    lineage.source_ended(SourceResult("orders", "raw.orders", True, 3, 0.1, NOW, NOW, bytes=9))
    lineage.node_started("model.shop.orders")
    lineage.node_ended(_node(), 3)
    critical, usual = product.expectations
    test = {"resource_type": "test", "name": "unique_id", "depends_on": {"nodes": ["model.shop.orders"]}}
    lineage.checks_ended(
        {"nodes": {"test.shop.unique": test}},
        [NodeFinished("test.shop.unique", "pass", None, 0, None, NOW, NOW)],
        [CheckFinished(critical, "failed", 2, 10), CheckFinished(usual, "passed", None, 10, "10")],
    )
    lineage.run_ended("Not met")
    lineage.close()

    events = _spooled(tmp_path)
    assert [(one["job"]["name"], one["eventType"]) for one in events] == [
        ("shop", "START"),
        ("shop.ingestion.orders", "START"),
        ("shop.ingestion.orders", "COMPLETE"),
        ("shop.orders", "START"),
        ("shop.orders", "COMPLETE"),
        ("shop.orders.quality", "START"),
        ("shop.orders.quality", "FAIL"),
        ("shop", "FAIL"),
    ]
    by_job = {one["job"]["name"]: one for one in events if one["eventType"] != "START"}
    assert all(one["job"]["namespace"] == "floe-dev" for one in events)
    assert by_job["shop"]["run"]["runId"] == RUN
    child = by_job["shop.orders"]
    assert child["run"]["runId"] == str(uuid.uuid5(uuid.UUID(RUN), "shop.orders"))
    assert child["run"]["facets"]["parent"]["run"]["runId"] == RUN
    assert child["eventTime"] == "2026-01-02T03:04:05.000Z"
    assert [one["name"] for one in child["inputs"]] == ["shop.raw.orders"]
    (output,) = child["outputs"]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 3
    loaded = by_job["shop.ingestion.orders"]
    assert loaded["inputs"] == [{"namespace": "file", "name": f"{tmp_path}/data/orders.csv"}]
    assert loaded["outputs"][0]["outputFacets"]["outputStatistics"]["size"] == 9
    (checked,) = by_job["shop.orders.quality"]["inputs"]
    assertions = checked["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [(one["name"], one["success"]) for one in assertions] == [
        ("unique_id", True),
        ("an id: always", False),
        ("some", True),
    ]


def test_delivers_in_order_with_the_token_of_the_environment(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINEAGE_TOKEN", "t-" + uuid.uuid4().hex)
    write_product(
        tmp_path,
        floe__lineage__transport={"url": receiver.url, "timeout": 2, "token_variable": "LINEAGE_TOKEN"},
    )
    lineage = RunLineage(load_product(tmp_path), RUN)
    lineage.run_started()
    for _ in range(20):
        lineage.source_started("orders")
    lineage.run_ended()
    lineage.close()
    _until(lambda: len(receiver.events) == 4)
    assert [one["eventType"] for one in receiver.events] == ["START", "START", "ABORT", "COMPLETE"]
    assert all(token and token.startswith("Bearer t-") for token in receiver.tokens)


def test_openlineages_own_variables_go_before_what_was_compiled(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_product(tmp_path, floe__lineage__transport={"url": "http://127.0.0.1:9/nowhere", "timeout": 2})
    monkeypatch.setenv("OPENLINEAGE_URL", receiver.url.removesuffix("/api/v1/lineage"))
    lineage = RunLineage(load_product(tmp_path), RUN)
    lineage.run_started()
    lineage.close()
    _until(lambda: len(receiver.events) == 1)


@pytest.mark.parametrize("fault", ["down", "failing", "slow"])
def test_a_bad_backend_delays_no_run_and_the_next_delivers_what_is_left(
    tmp_path: Path, receiver: Receiver, fault: str
) -> None:
    good = receiver.url
    if fault == "failing":
        receiver.status = 503
    if fault == "slow":
        receiver.delay = 20
    url = "http://127.0.0.1:9/api/v1/lineage" if fault == "down" else good
    write_product(tmp_path, floe__lineage__transport={"url": url, "timeout": 1})
    begun = time.monotonic()
    lineage = RunLineage(load_product(tmp_path), RUN)
    lineage.run_started()
    lineage.run_ended()
    lineage.close()
    assert time.monotonic() - begun < 1

    receiver.status, receiver.delay = 201, 0
    write_product(tmp_path, floe__lineage__transport={"url": good, "timeout": 2})
    # The first may still hold what it was sending.
    time.sleep(1.5 if fault == "slow" else 0.1)
    later = RunLineage(load_product(tmp_path), str(uuid.UUID(int=8)))
    later.run_started()
    _until(lambda: len(receiver.events) == 3)
    later.close()
    assert [one["run"]["runId"] for one in receiver.events] == [RUN, RUN, str(uuid.UUID(int=8))]


def test_an_event_that_is_refused_for_good_holds_up_no_other(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 422
    write_product(tmp_path, floe__lineage__transport={"url": receiver.url, "timeout": 2})
    lineage = RunLineage(load_product(tmp_path), RUN)
    lineage.run_started()
    lineage.close()
    _until(lambda: any((tmp_path / ".floe").rglob("*.sent")))
    receiver.status = 201
    later = RunLineage(load_product(tmp_path), str(uuid.UUID(int=8)))
    later.run_started()
    _until(lambda: len(receiver.events) == 1)
    later.close()


def test_a_second_attempt_is_another_run_of_the_same_job(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    first, second = RunLineage(product, RUN), RunLineage(product, RUN, attempt=1)
    first.node_ended(_node("error", "the engine was away"))
    second.node_ended(_node())
    failed, succeeded = (one for one in _spooled(tmp_path) if one["eventType"] != "START")
    assert failed["run"]["facets"]["errorMessage"]["message"] == "the engine was away"
    assert failed["job"] == succeeded["job"]
    assert failed["run"]["runId"] != succeeded["run"]["runId"]


KILLED = """
import os, signal, sys
from floe_product import RunLineage, load_product
lineage = RunLineage(load_product(sys.argv[1]), sys.argv[2])
lineage.run_started()
lineage.source_started("orders")
lineage.node_started("model.shop.orders")
(file,) = load_product(sys.argv[1]).state_dir.rglob("*.jsonl")
file.open("a").write('{"eventType": "COMPL')
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_open_the_next_ends(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), RUN], check=False)
    assert killed.returncode == -signal.SIGKILL
    living = RunLineage(product, str(uuid.UUID(int=9)))
    living.run_started()
    later = RunLineage(product, str(uuid.UUID(int=8)))
    later.run_started()

    told = [(one["job"]["name"], one["eventType"], one["run"]["runId"]) for one in _spooled(tmp_path)]
    orders = str(uuid.uuid5(uuid.UUID(RUN), "shop.orders"))
    source = str(uuid.uuid5(uuid.UUID(RUN), "shop.ingestion.orders"))
    assert told == [
        ("shop", "START", RUN),
        ("shop.ingestion.orders", "START", source),
        ("shop.orders", "START", orders),
        ("shop.orders", "ABORT", orders),
        ("shop.ingestion.orders", "ABORT", source),
        ("shop", "ABORT", RUN),
        ("shop", "START", living.run_id),
        ("shop", "START", later.run_id),
    ]
    living.close()
    later.close()
    assert not list(tmp_path.rglob("*.open"))


def test_a_run_that_goes_on_in_another_process_ends_only_what_the_killed_one_did(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), RUN], check=False)
    again = RunLineage(product, RUN, attempt=1)
    again.run_ended()
    told = [(one["job"]["name"], one["eventType"]) for one in _spooled(tmp_path)]
    assert told[3:] == [("shop.orders", "ABORT"), ("shop.ingestion.orders", "ABORT"), ("shop", "COMPLETE")]


def test_a_writer_on_another_machine_counts_as_alive_for_a_day(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), RUN], check=False)
    (mark,) = tmp_path.rglob("*.open")
    mark.write_text("elsewhere")
    RunLineage(product, str(uuid.UUID(int=8))).run_started()
    assert "ABORT" not in mark.with_suffix(".jsonl").read_text()

    yesterday = time.time() - 25 * 3600
    os.utime(mark.with_suffix(".jsonl"), (yesterday, yesterday))
    RunLineage(product, str(uuid.UUID(int=9))).run_started()
    assert mark.with_suffix(".jsonl").read_text().count("ABORT") == 3


def test_what_is_broken_off_is_ended_when_its_process_ends_in_order(tmp_path: Path) -> None:
    lineage = RunLineage(load_product(write_product(tmp_path)), RUN)
    lineage.run_started()
    lineage.node_started("model.shop.orders")
    lineage.close()
    told = [(one["job"]["name"], one["eventType"]) for one in _spooled(tmp_path)]
    assert told == [("shop", "START"), ("shop.orders", "START"), ("shop.orders", "ABORT")]


def test_says_nothing_where_lineage_is_off(tmp_path: Path) -> None:
    lineage = RunLineage(load_product(write_product(tmp_path, floe__lineage__enabled=False)), RUN)
    lineage.run_started()
    lineage.run_ended()
    lineage.close()
    assert not list(tmp_path.rglob("*.jsonl"))


def test_takes_any_orchestrators_run_id(tmp_path: Path) -> None:
    product = load_product(write_product(tmp_path))
    one, same = (RunLineage(product, "scheduled__2026-01-01T00:00:00+00:00").run_id for _ in range(2))
    assert one == same
    assert uuid.UUID(one)


def _until(holds: Any) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
