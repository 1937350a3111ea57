"""Events on disk, and beside the work on their way: a receiver that is down neither fails nor slows a run."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from floe_product.abandoned import Writing, end_abandoned, is_written
from floe_product.locks import try_lock

_PASSING = {401, 403, 404, 408, 425, 429}
"""Answers that a repetition can change: the rest of 4xx says that the event itself is wrong."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


class Spool:
    """A folder of events in files, one for each run and process, delivered in the order of their writing."""

    def __init__(self, folder: Path, name: str, transport: Mapping[str, Any] | None) -> None:
        self._folder = folder
        self._name = name
        self._transport = transport
        # Names sort by time, so that a backlog arrives as it happened.
        self._file = folder / f"{time.time_ns():020d}-{os.getpid()}-{name}.jsonl"
        self._wake = threading.Condition()
        self._closing = False
        self._idle = True
        self._failing = False
        self._thread: threading.Thread | None = None
        self._writing: Writing | None = None

    def write(self, event: Mapping[str, Any]) -> None:
        """Keep an event. That it can't be kept is no reason to fail."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._writing is None:
                end_abandoned(self._folder, self._name)
                self._writing = Writing(self._file)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")
        if self._transport is None:
            return
        with self._wake:
            self._idle = False
            self._wake.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="floe-lineage", daemon=True)
            self._thread.start()

    def close(self, grace: float) -> None:
        """Wait for the rest, for so many seconds at most; a receiver that fails isn't waited for.

        What is left then goes on for as long as the process lives, else the next run delivers it.
        """
        if self._writing is not None:
            self._writing.end()
        if self._thread is None:
            return
        deadline = time.monotonic() + grace
        with self._wake:
            self._closing = True
            self._wake.notify_all()
            while not self._idle and not self._failing and time.monotonic() < deadline:
                self._wake.wait(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            done = self._deliver()
            with self._wake:
                self._failing = not done
                self._idle = done and not any(_rest(file)[1] for file in self._files())
                self._wake.notify_all()
                if self._closing and (self._idle or self._failing):
                    return
                if self._idle:
                    self._wake.wait()
                elif not done:
                    self._wake.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
            if done:
                pause = _FIRST_PAUSE

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _deliver(self) -> bool:
        """Send what waits. False where the receiver can't take it now."""
        with _alone(self._folder) as alone:
            # Whoever holds the lock delivers for all.
            if not alone:
                return False
            for file in self._files():
                sent, lines = _rest(file)
                for line in lines:
                    if not self._send(line):
                        return False
                    sent += len(line)
                    _note(file, sent)
                if file != self._file:
                    self._forget(file)
        return True

    def _forget(self, file: Path) -> None:
        """Remove what was sent whole, once nobody writes to it any more."""
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > 3600 and not is_written(file):
                file.unlink()
                file.with_suffix(".sent").unlink(missing_ok=True)

    def _send(self, line: bytes) -> bool:
        transport = self._transport or {}
        wanted = transport.get("event_types")
        if wanted is not None and json.loads(line).get("eventType") not in wanted:
            return True
        # Here, for it is slow to import, and who only reads a product needs none of it.
        import urllib.error
        import urllib.request

        headers = {"content-type": "application/json"}
        token = os.environ.get(transport.get("token_variable") or "")
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(transport["url"], data=line.strip(), headers=headers, method="POST")
        try:
            with _opener().open(request, timeout=transport.get("timeout", 5)) as response:
                response.read()
            return True
        except urllib.error.HTTPError as error:
            return 400 <= error.code < 500 and error.code not in _PASSING
        except Exception:
            return False


def transport_of(plan: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Say where events go: OpenLineage's own variables go before what was compiled."""
    url = os.environ.get("OPENLINEAGE_URL")
    if not url:
        return plan.get("transport")
    endpoint = os.environ.get("OPENLINEAGE_ENDPOINT") or "api/v1/lineage"
    token = "OPENLINEAGE_API_KEY" if os.environ.get("OPENLINEAGE_API_KEY") else None
    return {
        "timeout": 5,
        **(plan.get("transport") or {}),
        "url": f"{url.rstrip('/')}/{endpoint.lstrip('/')}",
        **({"token_variable": token} if token else {}),
    }


def _opener() -> Any:
    """Follow no redirect: it would carry the token elsewhere."""
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    return urllib.request.build_opener(NoRedirect)


def _note(file: Path, sent: int) -> None:
    """Remember how far a file was sent, at one stroke: of what is half written, all would be sent again."""
    with suppress(OSError):
        part = file.with_suffix(".part")
        part.write_text(str(sent))
        part.replace(file.with_suffix(".sent"))


def _rest(file: Path) -> tuple[int, list[bytes]]:
    """Give how many bytes of a file were sent, and the whole lines after them."""
    try:
        content = file.read_bytes()
    except OSError:
        return 0, []
    try:
        sent = int(file.with_suffix(".sent").read_text())
    except (OSError, ValueError):
        sent = 0
    whole = content[sent : content.rfind(b"\n") + 1]
    return sent, whole.splitlines(keepends=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock. Where there are no locks, everyone is alone."""
    try:
        lock = (folder / ".lock").open("w")
    except FileNotFoundError:
        yield False
        return
    with lock:
        yield try_lock(lock) is not False
