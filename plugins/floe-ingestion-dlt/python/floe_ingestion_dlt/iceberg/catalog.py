"""The catalog, as PyIceberg opens it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.catalog.rest import RestCatalog
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from floe_ingestion_dlt.destination import resolve

# Seconds: to connect, and between two bytes of an answer.
_TIMEOUT = (5, 60)
# Too many requests, and not now: neither was carried out.
_LATER = (429, 503)


class _PatientCatalog(RestCatalog):
    """Doesn't wait for ever for a server that says nothing, and asks one that is busy again."""

    def _create_session(self) -> Session:
        session = super()._create_session()
        session.request = partial(session.request, timeout=_TIMEOUT)  # type: ignore[method-assign]
        retry = Retry(
            total=4, connect=0, read=0, backoff_factor=0.5, status_forcelist=_LATER, allowed_methods=None
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        return session


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
