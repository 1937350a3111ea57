"""The order of a build: what depends on a model with critical checks is built after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from floe_product.graph import descendants_of, parents_of, resources_of

_BUILT = {"model", "seed", "snapshot", "test", "unit_test"}


def buildable(manifest: Mapping[str, Any]) -> list[str]:
    """List everything that `dbt build` would build."""
    return [
        unique_id
        for unique_id, node in resources_of(manifest).items()
        if node["resource_type"] in _BUILT and (node.get("config") or {}).get("materialized") != "ephemeral"
    ]


def in_waves(planned: Iterable[str], waves: Mapping[str, int]) -> list[list[str]]:
    """Group nodes by the wave that the compile put them in."""
    grouped: dict[int, list[str]] = {}
    for unique_id in planned:
        grouped.setdefault(waves.get(unique_id, 0), []).append(unique_id)
    return [grouped[wave] for wave in sorted(grouped)]


def selection(manifest: Mapping[str, Any], unique_ids: Iterable[str]) -> list[str]:
    """Select exactly these nodes, in dbt's words."""
    resources = resources_of(manifest)
    names = [f"fqn:{'.'.join(resources[one]['fqn'])}" for one in unique_ids if one in resources]
    return ["--select", *names, "--indirect-selection", "empty"]


def blocked_by(manifest: Mapping[str, Any], failed: Iterable[str]) -> set[str]:
    """Find what failed nodes block: a test, what depends on its models; anything else, what depends on it."""
    nodes = manifest["nodes"]
    roots: set[str] = set()
    for unique_id in failed:
        node = nodes.get(unique_id)
        if node is not None and node["resource_type"] == "test":
            attached = node.get("attached_node")
            roots.update([attached] if attached else parents_of(node))
        else:
            roots.add(unique_id)
    resources = resources_of(manifest)
    # A failed test doesn't block the other tests of its model.
    return {one for one in descendants_of(manifest, roots) if not _tests_one_of(resources[one], roots)}


def _tests_one_of(node: Mapping[str, Any], models: set[str]) -> bool:
    return node["resource_type"] == "test" and bool(models.intersection(parents_of(node)))
