"""Column lineage of one statement, by sqlglot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

Leaf = tuple[tuple[str, ...], str]
Owners = dict[int, Scope]
_RANK = {"IDENTITY": 0, "TRANSFORMATION": 1, "AGGREGATION": 2}
_INDIRECT = {"where": "FILTER", "having": "FILTER", "qualify": "FILTER", "group": "GROUP_BY", "order": "SORT"}


class UnknownLineageError(Exception):
    """The statement can't be followed, and why."""


@dataclass
class Lineage:
    """Origins by output column, and what decides about all of them."""

    columns: dict[str, dict[Leaf, str]] = field(default_factory=dict)
    indirect: dict[Leaf, str] = field(default_factory=dict)


def column_lineage(sql: str, dialect: str, schema: dict[str, Any]) -> Lineage:
    """Follow every output column to the tables. `schema`: database, schema, table, column to type."""
    try:
        tree = parse_one(sql, dialect=dialect)
        qualified = qualify(
            tree,
            dialect=dialect,
            schema=schema,
            validate_qualify_columns=False,
            identify=False,
            quote_identifiers=False,
        )
    except Exception as error:
        raise UnknownLineageError(str(error).splitlines()[0]) from error
    scope = build_scope(qualified)
    if scope is None:
        raise UnknownLineageError("the statement is no query")
    # A column belongs to the nearest query around it, which may be a subquery of the one that is followed.
    owners = {id(inner.expression): inner for inner in scope.traverse()}
    lineage = Lineage()
    names = scope.expression.named_selects
    if not names or "*" in names:
        raise UnknownLineageError("a star stands for columns that aren't known")
    for position, name in enumerate(names):
        lineage.columns[name] = _origins(scope, position, owners)
    for inner in scope.traverse():
        _collect_indirect(inner, lineage.indirect, owners)
    return lineage


def _origins(scope: Scope, position: int, owners: Owners) -> dict[Leaf, str]:
    """Find the columns of tables that an output column is made of, each with how."""
    if scope.set_operation_scopes:
        return _merge([_origins(part, position, owners) for part in scope.set_operation_scopes])
    projection = scope.expression.selects[position]
    inner = projection.unalias()
    if isinstance(inner, exp.Column):
        kind = "IDENTITY"
    else:
        kind = "AGGREGATION" if inner.find(exp.AggFunc) else "TRANSFORMATION"
    return _merge([_leaves(scope, column, kind, owners) for column in projection.find_all(exp.Column)])


def _leaves(scope: Scope, column: exp.Column, kind: str, owners: Owners) -> dict[Leaf, str]:
    """Follow one column through common table expressions and subqueries."""
    own = [name.lower() for name in scope.expression.named_selects]
    if not column.table and column.name.lower() in own:
        # ORDER BY and GROUP BY may name an output column.
        return _origins(scope, own.index(column.name.lower()), owners)
    source = _source(owners.get(id(column.parent_select), scope), column.table)
    if source is None:
        raise UnknownLineageError(f"nothing says where {column.sql()} comes from")
    if isinstance(source, Scope):
        names = [name.lower() for name in source.expression.named_selects]
        if column.name.lower() not in names:
            raise UnknownLineageError(f"{column.table} has no column {column.name} that can be followed")
        found = _origins(source, names.index(column.name.lower()), owners)
        return {leaf: max(kind, inner, key=_RANK.__getitem__) for leaf, inner in found.items()}
    if not isinstance(source, exp.Table) or not source.name:
        # A function or list of values: made here, from no table.
        return {}
    parts = tuple(part.name for part in source.parts)
    return {(parts, column.name): kind}


def _source(scope: Scope | None, name: str) -> Any:
    while scope is not None:
        if name in scope.sources:
            return scope.sources[name]
        scope = scope.parent
    return None


def _collect_indirect(scope: Scope, found: dict[Leaf, str], owners: Owners) -> None:
    """Columns that decide which rows there are: of filters, joins, groups and orders."""
    if not isinstance(scope.expression, exp.Select):
        return
    clauses = [(scope.expression.args.get(key), kind) for key, kind in _INDIRECT.items()]
    clauses += [(join, "JOIN") for join in scope.expression.args.get("joins") or []]
    for clause, kind in clauses:
        if clause is None:
            continue
        for column in clause.find_all(exp.Column):
            for leaf in _leaves(scope, column, "IDENTITY", owners):
                found.setdefault(leaf, kind)


def _merge(parts: list[dict[Leaf, str]]) -> dict[Leaf, str]:
    merged: dict[Leaf, str] = {}
    for part in parts:
        for leaf, kind in part.items():
            merged[leaf] = max(merged.get(leaf, kind), kind, key=_RANK.__getitem__)
    return merged
