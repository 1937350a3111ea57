"""The catalog, as PyIceberg opens it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.update import AddSchemaUpdate, TableRequirement, TableUpdate
from requests import Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from floe_ingestion_dlt.destination import resolve

# Seconds: to connect, for the first answer, and between two bytes of any other.
_CONNECT, _FIRST, _USUAL = 5, 8, 60
# Too many requests, and not now: neither was carried out.
_LATER = (429, 503)


class _PatientCatalog(RestCatalog):
    """Doesn't wait for ever for a server that says nothing, and asks one that is busy again."""

    _patience = _FIRST
    _last_column_id = 0

    def __init__(self, name: str, **properties: str) -> None:
        super().__init__(name, **properties)
        self._patience = _USUAL

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        added = [one.schema_.highest_field_id for one in updates if isinstance(one, AddSchemaUpdate)]
        self._last_column_id = max(table.metadata.last_column_id, *added, 0)
        return super().commit_table(table, requirements, updates)

    def _create_session(self) -> Session:
        session = super()._create_session()
        request = session.request

        def patient(*given: Any, **more: Any) -> Response:
            if isinstance(more.get("data"), bytes):
                more["data"] = self._complete(more["data"])
            return request(*given, **{"timeout": (_CONNECT, self._patience), **more})

        session.request = patient  # type: ignore[method-assign]
        retry = Retry(
            total=4, connect=0, read=False, backoff_factor=0.5, status_forcelist=_LATER, allowed_methods=None
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        return session

    def _complete(self, body: bytes) -> bytes:
        """Say which id the last column has: PyIceberg leaves it out, as it may, and Nessie needs it.

        See https://iceberg.apache.org/rest-catalog-spec/, AddSchemaUpdate.
        """
        if b'"add-schema"' not in body:
            return body
        content = json.loads(body)
        for update in content.get("updates", []):
            if update.get("action") == "add-schema":
                update.setdefault("last-column-id", self._last_column_id)
        return json.dumps(content).encode()


def open_catalog(config: Mapping[str, Any], storage: Mapping[str, str], env: Mapping[str, str]) -> Catalog:
    """Open a catalog; a REST catalog is asked for its own configuration.

    `config` is what `getDestinationConfig` gives; `storage` how its tables' files are reached, unless the
    catalog itself says so.
    """
    properties = {
        **storage,
        **{key: resolve(str(value), env) for key, value in config["iceberg_catalog_config"].items()},
    }
    name = config["iceberg_catalog_name"]
    if config["iceberg_catalog_type"] == "rest":
        return _PatientCatalog(name, **properties)
    return load_catalog(name, type=config["iceberg_catalog_type"], **properties)
