"""Selection of many nodes by their full names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, chain
from typing import Any

from dbt.contracts.graph.manifest import Manifest
from dbt.graph.selector_methods import MethodManager, MethodName, QualifiedNameSelectorMethod

_WILDCARDS = "*?[]"

Node = tuple[str, Any]


class FullNames(QualifiedNameSelectorMethod):
    """dbt's own method `fqn`, which would compare every name that is selected with every node.

    A wave of a build is thousands of names in a project of thousands of models: minutes. What a name can
    match at all is looked up here; whether it does is dbt's to say.
    """

    def search(self, included_nodes: set[Any], selector: str) -> Iterator[Any]:
        """Yield the nodes that the name matches."""
        if any(sign in selector for sign in _WILDCARDS):
            yield from super().search(included_nodes, selector)
            return
        for unique_id, node in _index_of(self).get(selector):
            if unique_id in included_nodes and self.node_is_match(selector, node.fqn, node.is_versioned):
                yield unique_id


class _Index:
    def __init__(self, nodes: Iterator[Node]) -> None:
        self._nodes: dict[str, list[Node]] = defaultdict(list)
        self._versioned: list[Node] = []
        for unique_id, node in nodes:
            if node.is_versioned:
                # They match in ways of their own, and are few.
                self._versioned.append((unique_id, node))
                continue
            for key in {node.fqn[-1], *_beginnings(node.fqn), *_beginnings(node.fqn[1:])}:
                self._nodes[key].append((unique_id, node))

    def get(self, name: str) -> Iterator[Node]:
        return chain(self._nodes.get(name, ()), self._versioned)


def _beginnings(fqn: list[str]) -> Iterator[str]:
    """`a`, `a.b` and `a.b.c`: a name that a folder has selects all in it."""
    return accumulate(".".join(fqn).split("."), lambda before, part: f"{before}.{part}")


_last: tuple[Manifest, _Index] | None = None


def _index_of(method: FullNames) -> _Index:
    global _last
    if _last is None or _last[0] is not method.manifest:
        _last = (method.manifest, _Index(method.non_source_nodes(_Everything())))
    return _last[1]


class _Everything(set[Any]):
    """The set that has every node in it."""

    def __contains__(self, _: object) -> bool:
        return True


def install() -> None:
    """Let dbt select by it."""
    MethodManager.SELECTOR_METHODS[MethodName.FQN] = FullNames
