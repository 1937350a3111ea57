"""dbt in this process: imported and parsed once, however many commands a build takes."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import dbt.adapters.factory as adapters
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from floe_product.artifacts import Product
from floe_product.errors import ProductError
from floe_product.events import NodeFinished, NodeStarted
from floe_product.state import is_writable

_QUIET = ["--quiet", "--log-level", "none", "--log-level-file", "none", "--no-use-colors", "--no-print"]

# dbt keeps flags, adapters and the working directory for the whole process.
_ONE_AT_A_TIME = threading.RLock()

Listener = Callable[[NodeStarted | NodeFinished], None]


class Dbt:
    """Commands on a product's dbt project, with the profile that was compiled for it."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._manifest: Manifest | None = None
        self._profiles_dir = product.state_dir / "orchestrator" / "dbt"
        # A product whose folder is read-only has dbt write elsewhere.
        target = product.manifest_path.parent
        self.target_dir = target if is_writable(target) else product.state_dir / "target"

    def parse(self) -> Manifest:
        """Parse the project, once."""
        if self._manifest is None:
            with self._at_work():
                self._install_packages()
                result = dbtRunner().invoke(["parse", *_QUIET, *self._arguments()])
                if not result.success or not isinstance(result.result, Manifest):
                    raise self._failure(result.exception, "dbt can't parse the project.")
                self._manifest = result.result
        return self._manifest

    def build(self, selection: Sequence[str], listener: Listener) -> list[NodeFinished]:
        """Run `dbt build`. A node that fails is a result; raised is only what keeps dbt from working."""
        finished: dict[str, NodeFinished] = {}
        started: dict[str, datetime] = {}

        def hear(event: Any) -> None:
            kind = event.info.name
            if kind == "NodeStart":
                unique_id = event.data.node_info.unique_id
                started[unique_id] = _now()
                listener(NodeStarted(unique_id))
            elif kind == "NodeFinished":
                node = _finished(event.data, started.get(event.data.node_info.unique_id))
                finished[node.unique_id] = node
                listener(node)

        manifest = self.parse()
        with self._at_work():
            _forget_compiled(manifest)
            arguments = ["build", *_QUIET, *self._arguments(), *selection]
            result = dbtRunner(manifest=manifest, callbacks=[hear]).invoke(arguments)
        if result.exception is not None or (not result.success and result.result is None):
            raise self._failure(result.exception, "dbt couldn't build the project.")
        return [_settled(one, finished, started, listener) for one in getattr(result.result, "results", [])]

    @contextlib.contextmanager
    def connection(self) -> Iterator[Any]:
        """Open the engine by dbt's own adapter; its database is free again afterwards."""
        self.parse()
        with self._at_work():
            adapter = next(iter(adapters.FACTORY.adapters.values()))
            with adapter.connection_named("floe"):
                if adapter.type() == "duckdb":
                    # Times without a zone are UTC's, whatever this machine's zone is.
                    adapter.execute("SET TimeZone = 'UTC'", auto_begin=False, fetch=False)
                yield adapter

    def _arguments(self) -> list[str]:
        dbt = self._product.floe["dbt"]
        return [
            *("--project-dir", str(self._product.dbt_project_dir)),
            *("--profiles-dir", str(self._profiles_dir)),
            *("--profile", dbt["profile"]),
            *("--target", dbt["target"]),
            *("--target-path", str(self.target_dir)),
            *("--log-path", str(self.target_dir)),
        ]

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Be where the profile's relative paths start, and let go of the engine in the end."""
        with _ONE_AT_A_TIME:
            self._write_profiles()
            cwd = Path.cwd()
            before = {name: os.environ.get(name) for name in ("DBT_SEND_ANONYMOUS_USAGE_STATS",)}
            os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
            os.chdir(self._product.dir)
            try:
                yield
            finally:
                _close_connections()
                os.chdir(cwd)
                for name, value in before.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value

    def _write_profiles(self) -> None:
        """Write what was compiled, as JSON, which is YAML. The file beside the product may be the user's."""
        self._profiles_dir.mkdir(parents=True, exist_ok=True)
        file = self._profiles_dir / "profiles.yml"
        text = json.dumps(self._product.artifacts["dbt_profiles"], indent=2)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            temporary = file.with_name(f"profiles.{os.getpid()}.{threading.get_ident()}.tmp")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(file)

    def _install_packages(self) -> None:
        """Do what `dbt deps` does, where nobody has done it."""
        folder = self._product.dbt_project_dir
        declared = [
            folder / name for name in ("packages.yml", "dependencies.yml") if (folder / name).is_file()
        ]
        if (folder / "dbt_packages").exists() or not any("packages:" in one.read_text() for one in declared):
            return
        result = dbtRunner().invoke(["deps", *_QUIET, *self._arguments()])
        if not result.success:
            raise self._failure(result.exception, "The packages of the dbt project can't be installed.")

    def _failure(self, exception: BaseException | None, summary: str) -> ProductError:
        return ProductError(
            "DBT.FAILED",
            summary,
            why=str(exception or "dbt gave no reason").strip(),
            next=[f"cd {self._product.dir} && dbt debug", "floe compile"],
        )


def _finished(data: Any, started_at: datetime | None) -> NodeFinished:
    result = data.run_result
    now = _now()
    return NodeFinished(
        unique_id=data.node_info.unique_id,
        status=(result.status or data.node_info.node_status).lower(),
        message=result.message or None,
        failures=result.num_failures or None,
        rows=None,
        started_at=started_at or now,
        ended_at=now,
    )


def _settled(
    result: Any, finished: dict[str, NodeFinished], started: dict[str, datetime], listener: Listener
) -> NodeFinished:
    """Add what dbt's own record says: nodes that were skipped never finish, and rows are told only here."""
    unique_id = result.node.unique_id
    known = finished.get(unique_id)
    now = _now()
    rows = (result.adapter_response or {}).get("rows_affected")
    node = NodeFinished(
        unique_id=unique_id,
        status=str(result.status).lower(),
        message=result.message,
        failures=result.failures,
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
        started_at=started.get(unique_id, now),
        ended_at=known.ended_at if known else now,
    )
    if known is None:
        listener(node)
    return node


def _forget_compiled(manifest: Manifest) -> None:
    """Undo what the last command left in the nodes: dbt wouldn't put ephemeral models into them again."""
    for node in manifest.nodes.values():
        if getattr(node, "compiled", False):
            node.compiled = False
            node.compiled_code = None
            node.extra_ctes_injected = False
            node.extra_ctes = []


def cancel() -> None:
    """End what runs in the engine: dbt can't be told to stop, but its statements can."""
    for adapter in list(adapters.FACTORY.adapters.values()):
        if adapter.is_cancelable():
            with adapter.connection_named("floe-cancel"):
                adapter.cancel_open_connections()


def _close_connections() -> None:
    """A DuckDB file stays locked as long as dbt's connections are open."""
    for adapter in list(adapters.FACTORY.adapters.values()):
        close_all = getattr(type(adapter.connections), "close_all_connections", None)
        if close_all is not None:
            close_all()
        adapter.cleanup_connections()


def _now() -> datetime:
    return datetime.now(timezone.utc)
