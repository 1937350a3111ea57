"""What depends on what in a dbt project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Nodes = Mapping[str, Mapping[str, Any]]


def resources_of(manifest: Mapping[str, Any]) -> Nodes:
    """Give all that can be built or tested, by unique id."""
    return {**manifest["nodes"], **manifest.get("unit_tests", {})}


def parents_of(node: Mapping[str, Any]) -> list[str]:
    """Name what a node reads, by unique id. A seed reads nothing, and dbt says nothing of it."""
    return (node.get("depends_on") or {}).get("nodes") or []


def descendants_of(manifest: Mapping[str, Any], roots: Iterable[str]) -> set[str]:
    """Find all that depends on one of these, directly or not. Without those themselves."""
    children: dict[str, list[str]] = {}
    for unique_id, node in resources_of(manifest).items():
        for parent in parents_of(node):
            children.setdefault(parent, []).append(unique_id)
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        for child in children.get(ahead.pop(), []):
            if child not in found:
                found.add(child)
                ahead.append(child)
    return found


def declared_sources(manifest: Mapping[str, Any], source: Mapping[str, Any]) -> list[str]:
    """Find dbt's unique ids of the sources that stand for the table that an ingestion source loads."""
    *schemas, table = source["destinationTable"].split(".")
    return [
        unique_id
        for unique_id, declared in manifest.get("sources", {}).items()
        if (declared.get("identifier") or declared["name"]) == table
        and (not schemas or declared["schema"] == schemas[-1])
    ]
