"""Rows of REST APIs, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit


def read_pages(source: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the rows of each page. Pagination is dlt's own."""
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.rest_api.config_setup import create_paginator

    address = urlsplit(source["url"])
    paginator = create_paginator(source.get("pagination") or "auto")
    client = RESTClient(base_url=f"{address.scheme}://{address.netloc}", paginator=paginator)
    path = address.path + (f"?{address.query}" if address.query else "")
    for page in client.paginate(
        path, params=source.get("params") or {}, data_selector=source.get("dataPath")
    ):
        yield list(page)
