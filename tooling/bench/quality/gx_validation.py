"""The same checks with Great Expectations, from the start of the process: `gx_validation.py <folder>`."""

import json
import resource
import sys
from enum import Enum
from pathlib import Path

import great_expectations as gx
from great_expectations import expectations as gxe
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

FOLDER = Path(sys.argv[1])
EXPECTATIONS = json.loads((FOLDER / "expectations.json").read_text())


# On DuckDB, results would otherwise be fetched after their connection is closed.
class Persisted(str, Enum):
    DUCKDB = "duckdb"


engine._PERSISTED_CONNECTION_DIALECTS = (
    *engine._PERSISTED_CONNECTION_DIALECTS,
    Persisted.DUCKDB,
)


def expectation_of(e: dict) -> gxe.Expectation | None:
    """None for what it has no expectation for, without SQL that fetches every failing row."""
    column = e.get("column")
    if "where" in e:
        return None
    match e["type"]:
        case "not_null":
            return gxe.ExpectColumnValuesToNotBeNull(column=column)
        case "unique" if len(e["columns"]) == 1:
            return gxe.ExpectColumnValuesToBeUnique(column=e["columns"][0])
        case "unique":
            return gxe.ExpectCompoundColumnsToBeUnique(column_list=e["columns"])
        case "accepted_values":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=e["values"])
        case "between":
            return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=e["min"], max_value=e["max"])
        case "matches_regex":
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=e["regex"])
        case "row_count_between":
            return gxe.ExpectTableRowCountToBeBetween(min_value=0)
        case "mean_between":
            return gxe.ExpectColumnMeanToBeBetween(column=column, min_value=0)
        case "distinct_count_between":
            return gxe.ExpectColumnUniqueValueCountToBeBetween(column=column, min_value=0)
        case _:
            return None


def quantiles_of(column: str, asked: list[dict]) -> gxe.Expectation:
    """All quantiles of a column: it evaluates one expectation of them for each column."""
    return gxe.ExpectColumnQuantileValuesToBeBetween(
        column=column,
        quantile_ranges={
            "quantiles": [e["quantile"] for e in asked],
            "value_ranges": [[0, None] for _ in asked],
        },
    )


def values_of(result: gx.core.ExpectationValidationResult) -> list[float | None]:
    info = result.exception_info
    names = result.expectation_config.meta["names"]
    failures = [info, *(one for one in info.values() if isinstance(one, dict))]
    if any(one.get("raised_exception") for one in failures):
        return [None for _ in names]
    value = result.result.get("unexpected_count", result.result.get("observed_value"))
    values = value["values"] if isinstance(value, dict) else [value]
    return [None if one is None else float(one) for one in values]


context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_sql(
    "orders_db",
    connection_string=f"duckdb:///{FOLDER / 'orders.duckdb'}",
    create_temp_table=False,
)
batch = source.add_table_asset("orders", table_name="orders").add_batch_definition_whole_table("all")
suite = gx.ExpectationSuite("orders")


def add(expectation: gxe.Expectation, names: list[str]) -> None:
    expectation.meta = {"names": names}
    suite.add_expectation(expectation)


quantiles: dict[str, list[dict]] = {}
for e in EXPECTATIONS:
    if e["type"] == "quantile_between":
        quantiles.setdefault(e["column"], []).append(e)
    elif (expectation := expectation_of(e)) is not None:
        add(expectation, [e["name"]])
for column, asked in quantiles.items():
    add(quantiles_of(column, asked), [e["name"] for e in asked])

outcome = batch.get_batch().validate(suite, result_format="BASIC")
found = {e["name"]: None for e in EXPECTATIONS}
for result in outcome.results:
    names = result.expectation_config.meta["names"]
    found.update(zip(names, values_of(result), strict=True))
used = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "found": found,
            "cpuSeconds": used.ru_utime + used.ru_stime,
            "peakMegabytes": used.ru_maxrss / 1024,
        }
    )
)
