"""dbt's tests and floe's expectations as Dagster's asset checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetSpec,
    MetadataValue,
)
from floe_product import CheckFinished, Expectation, NodeFinished, Product
from floe_product.graph import parents_of

from floe_orchestrator_dagster.translator import ProductTranslator


class ProductChecks:
    """All checks of a product, by what they come from."""

    def __init__(
        self,
        product: Product,
        manifest: Mapping[str, Any],
        translator: ProductTranslator,
        specs: Mapping[str, AssetSpec],
    ) -> None:
        self.specs: list[AssetCheckSpec] = []
        self.tests: dict[str, AssetCheckKey] = {}
        """By dbt's unique id."""
        self._expectations: dict[AssetCheckKey, Expectation] = {}
        self._keys: dict[tuple[str, str], AssetCheckKey] = {}
        taken: set[AssetCheckKey] = set()
        for unique_id, node in manifest["nodes"].items():
            if node["resource_type"] == "test":
                self._add_test(unique_id, node, manifest, translator, specs)
        taken.update(self.tests.values())
        for expectation in product.expectations:
            if expectation.model in specs:
                self._add_expectation(expectation, specs[expectation.model], taken)

    def tests_of(self, asked: Collection[AssetCheckKey]) -> set[str]:
        """Find the dbt tests among checks, by unique id."""
        return {unique_id for unique_id, key in self.tests.items() if key in asked}

    def expectations_of(self, asked: Collection[AssetCheckKey]) -> list[Expectation]:
        """Find floe's expectations among checks."""
        return [one for key, one in self._expectations.items() if key in asked]

    def result_of_check(self, check: CheckFinished) -> AssetCheckResult:
        """Tell how one of floe's checks came out."""
        expectation = check.expectation
        key = self._keys[(expectation.model, expectation.name)]
        found = {
            "expected": MetadataValue.text(expectation.expected),
            **({} if check.failing_rows is None else {"failing_rows": MetadataValue.int(check.failing_rows)}),
            **({} if check.rows_checked is None else {"rows_checked": MetadataValue.int(check.rows_checked)}),
            **({} if check.observed is None else {"observed": MetadataValue.text(check.observed)}),
            **({} if check.message is None else {"error": MetadataValue.text(check.message)}),
        }
        return AssetCheckResult(
            passed=not check.unmet,
            asset_key=key.asset_key,
            check_name=key.name,
            severity=_severity(expectation.severity),
            description=check.message,
            metadata=found,
        )

    def result_of_test(self, test: NodeFinished) -> Iterator[AssetCheckResult]:
        """Tell how one of dbt's tests came out. One that was skipped has no result."""
        if test.status == "skipped":
            return
        key = self.tests[test.unique_id]
        failures = {} if test.failures is None else {"failing_rows": MetadataValue.int(test.failures)}
        yield AssetCheckResult(
            passed=test.status in {"pass", "success"},
            asset_key=key.asset_key,
            check_name=key.name,
            severity=_severity("warn" if test.status == "warn" else "error"),
            description=test.message,
            metadata={"unique_id": test.unique_id, "status": test.status, **failures},
        )

    def _add_test(
        self,
        unique_id: str,
        node: Mapping[str, Any],
        manifest: Mapping[str, Any],
        translator: ProductTranslator,
        specs: Mapping[str, AssetSpec],
    ) -> None:
        """Take dbt's test as dagster-dbt has it: a check of the model or source that it is declared on."""
        for parent in parents_of(node):
            if parent not in specs and parent not in manifest["sources"]:
                continue
            asset = specs.get(parent) or translator.get_asset_spec(manifest, parent, None)
            spec = translator.get_asset_check_spec(asset, manifest, unique_id, None)
            if spec is not None and unique_id not in self.tests:
                self.specs.append(spec)
                self.tests[unique_id] = spec.key

    def _add_expectation(self, expectation: Expectation, asset: AssetSpec, taken: set[AssetCheckKey]) -> None:
        """Take one of floe's. A critical one blocks what depends on the asset."""
        name = expectation.id
        key = AssetCheckKey(asset.key, name)
        number = 1
        while key in taken:
            number += 1
            key = AssetCheckKey(asset.key, f"{name}_{number}")
        taken.add(key)
        self._expectations[key] = expectation
        self._keys[(expectation.model, expectation.name)] = key
        self.specs.append(
            AssetCheckSpec(
                name=key.name,
                asset=asset.key,
                description=f"{expectation.name}: {expectation.expected}",
                blocking=expectation.critical,
                metadata={
                    "type": expectation.type,
                    "class": expectation.definition["class"],
                    "critical": expectation.critical,
                    "weight": expectation.weight,
                },
            )
        )


def _severity(severity: str) -> AssetCheckSeverity:
    return AssetCheckSeverity.ERROR if severity == "error" else AssetCheckSeverity.WARN
