from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from stand_in import DAG, BaseOperator, read_dag

TIERS = ("bronze", "silver", "gold", None)


def product(nodes: dict[str, dict[str, Any]], tests: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Give what the compile writes below `floe` of models: `inputs`, `tier`, `critical`."""
    return {
        "models": {key: {"tier": node.get("tier")} for key, node in nodes.items()},
        "lineage": {
            "nodes": {key: {"kind": "model", "inputs": node.get("inputs", [])} for key, node in nodes.items()}
        },
        "expectations": [
            {"model": key, "critical": node["critical"]} for key, node in nodes.items() if "critical" in node
        ],
        "tests": tests or {},
    }


def tasks_by_node(dag: DAG, step: str, field: str) -> dict[str, BaseOperator]:
    found: dict[str, BaseOperator] = {}
    for task in dag.tasks:
        for one in task.steps:
            if one["step"] == step:
                for node in one[field]:
                    assert node not in found
                    found[node] = task
    return found


def assert_sound(dag: DAG, nodes: dict[str, dict[str, Any]], tests: dict[str, list[str]]) -> None:
    """Hold that everything is built once, after what it needs, and after the checks on that."""
    built = tasks_by_node(dag, "build", "nodes")
    tested = tasks_by_node(dag, "build", "tests")
    checked = tasks_by_node(dag, "check", "models")
    assert built.keys() == nodes.keys()
    assert tested.keys() == tests.keys()
    assert checked.keys() == {key for key, node in nodes.items() if "critical" in node}
    for key, node in nodes.items():
        above = built[key].above()
        for parent in node.get("inputs", []):
            if nodes[parent].get("critical"):
                assert checked[parent] in above
            else:
                assert built[parent] is built[key] or built[parent] in above
    for key, task in checked.items():
        assert built[key] in task.above()
    for key, parents in tests.items():
        assert all(built[one] is tested[key] or built[one] in tested[key].above() for one in parents)
    sent = [uri for task in dag.tasks for uri in task.outlets]
    assert sorted(sent) == sorted(f"x-floe://shop/{key.split('.')[-1]}" for key in nodes)
    for key, node in nodes.items():
        task = checked[key] if node.get("critical") else built[key]
        assert f"x-floe://shop/{key.split('.')[-1]}" in task.outlets


@pytest.mark.parametrize("granularity", ["tier", "model"])
@pytest.mark.parametrize("seed", range(60))
def test_any_graph_is_divided_soundly(tmp_path: Path, granularity: str, seed: int) -> None:
    dice = random.Random(seed)
    names = [f"model.shop.m{index}" for index in range(dice.randint(1, 40))]
    nodes: dict[str, dict[str, Any]] = {}
    for index, name in enumerate(names):
        # Tiers at random: a bronze model may well read a gold one.
        nodes[name] = {
            "tier": dice.choice(TIERS),
            "inputs": dice.sample(names[:index], min(index, dice.randint(0, 3))),
        }
        if dice.random() < 0.3:
            nodes[name]["critical"] = dice.random() < 0.5
    tests = {f"test.shop.t{index}": dice.sample(names, min(len(names), 2)) for index in range(5)}
    dag = read_dag(tmp_path, product(nodes, tests), granularity=granularity)
    assert_sound(dag, nodes, tests)


def test_a_tier_is_one_task_however_many_models_it_has(tmp_path: Path) -> None:
    nodes = {
        f"model.shop.{tier}_{index}": {
            "tier": tier,
            "inputs": [f"model.shop.{below}_{index}"] if below else [],
        }
        for below, tier in ((None, "bronze"), ("bronze", "silver"), ("silver", "gold"))
        for index in range(50)
    }
    dag = read_dag(tmp_path, product(nodes))
    assert [task.task_id for task in dag.tasks] == ["bronze.build", "silver.build", "gold.build"]


def test_a_product_without_models_is_a_dag_all_the_same(tmp_path: Path) -> None:
    assert read_dag(tmp_path, product({})).tasks == []
    tests = {"test.shop.alone": []}
    assert read_dag(tmp_path, product({}, tests)).tasks == []
