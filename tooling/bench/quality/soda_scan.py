"""The same checks with Soda 3, from the start of the process: `soda_scan.py <folder>`."""

import json
import resource
import sys
from pathlib import Path

from soda.scan import Scan

FOLDER = Path(sys.argv[1])
EXPECTATIONS = json.loads((FOLDER / "expectations.json").read_text())
DATA_SOURCE = f"""data_source orders_db:
  type: duckdb
  path: {FOLDER / "orders.duckdb"}
  read_only: true
"""


def check_of(e: dict) -> tuple[str, dict]:
    """The check in SodaCL that passes whatever it finds, and its configuration."""
    column, where = e.get("column"), e.get("where")
    own = {"filter": where} if where else {}
    match e["type"]:
        case "not_null":
            return f"missing_count({column}) >= 0", own
        case "unique":
            return f"duplicate_count({', '.join(e['columns'])}) >= 0", own
        case "accepted_values":
            return f"invalid_count({column}) >= 0", {**own, "valid values": e["values"]}
        case "relationships":
            return f"values in ({column}) must exist in {e['to'][-1]} ({e['field']})", own
        case "between" if isinstance(e["min"], int | float):
            return f"invalid_count({column}) >= 0", {
                **own,
                "valid min": e["min"],
                "valid max": e["max"],
            }
        case "between":
            condition = f"{column} NOT BETWEEN '{e['min']}' AND '{e['max']}'"
            return counted(e, f"count(CASE WHEN {condition} THEN 1 END)", own)
        case "matches_regex":
            return f"invalid_count({column}) >= 0", {**own, "valid regex": e["regex"]}
        case "row_count_between":
            return "row_count >= 0", own
        case "freshness":
            return f"freshness({column}) < 40000d", own
        case "mean_between":
            return f"avg({column}) >= 0", own
        case "quantile_between":
            return f"percentile({column}, {e['quantile']}) >= 0", own
        case "distinct_count_between":
            return counted(e, f"count(DISTINCT {column})", own)
        case _:
            return counted(e, f"count(CASE WHEN NOT ({e['expression']}) THEN 1 END)", own)


def counted(e: dict, expression: str, own: dict) -> tuple[str, dict]:
    metric = e["name"]
    return f"{metric} >= 0", {**own, f"{metric} expression": expression}


def value_of(check: dict, kind: str) -> float | None:
    """What Soda found. Of repeated keys it counts the different values, which is another number."""
    if check["outcome"] not in ("pass", "fail"):
        return None
    if kind == "freshness":
        return 1 if check["outcome"] == "pass" else 0
    value = (check.get("diagnostics") or {}).get("value")
    return None if value is None else float(value)


scan = Scan()
scan.set_data_source_name("orders_db")
scan.disable_telemetry()
scan.add_configuration_yaml_str(DATA_SOURCE)
checks = [{check: {"name": e["name"], **own}} for e in EXPECTATIONS for check, own in [check_of(e)]]
scan.add_sodacl_yaml_str(json.dumps({"checks for orders": checks}))
scan.execute()
by_name = {check["name"]: check for check in scan.get_scan_results()["checks"]}
found = {
    e["name"]: value_of(by_name[e["name"]], e["type"]) if e["name"] in by_name else None for e in EXPECTATIONS
}
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
