import type { DbtManifest, DbtNode, DbtNodeResult, Expectation, ExpectationResult } from "@floe/core";
import { tableOf } from "../compile/expectations.ts";

const STATUSES: Readonly<Record<string, ExpectationResult["status"]>> = {
  pass: "passed",
  success: "passed",
  warn: "failed",
  fail: "failed",
  skipped: "skipped",
};

/** The outcome of one of dbt's tests as a quality result, so that lineage tells both alike. */
export function dbtTestResult(
  test: DbtNode,
  result: DbtNodeResult,
  manifest: DbtManifest,
): ExpectationResult {
  const [model] = test.attached_node != null ? [test.attached_node] : (test.depends_on?.nodes ?? []);
  const node = model === undefined ? undefined : manifest.nodes[model];
  return {
    expectation: expectationOf(test, node === undefined ? ["?"] : tableOf(node)),
    status: STATUSES[result.status.toLowerCase()] ?? "error",
    failingRows: result.failures ?? null,
    rowsChecked: null,
    ...(result.message == null ? {} : { message: result.message }),
  };
}

/** dbt's own four kinds have a counterpart in the common vocabulary; any other test is a condition of dbt's. */
function expectationOf(test: DbtNode, table: string[]): Expectation {
  const { name, config, column_name: column, test_metadata: kind } = test;
  const severity = config?.severity?.toLowerCase() === "warn" ? ("warn" as const) : ("error" as const);
  const common = { name, table, severity, class: "standard" as const };
  if (column != null && kind?.name === "not_null") return { ...common, type: "not_null", column };
  if (column != null && kind?.name === "unique") return { ...common, type: "unique", columns: [column] };
  const { values, to, field } = kind?.kwargs ?? {};
  if (column != null && kind?.name === "accepted_values" && Array.isArray(values)) {
    return { ...common, type: "accepted_values", column, values };
  }
  if (column != null && kind?.name === "relationships" && typeof to === "string") {
    const referred = /ref\(\s*['"](\w+)['"]\s*\)/.exec(to)?.[1] ?? to;
    return { ...common, type: "relationships", column, to: [referred], field: String(field) };
  }
  return { ...common, type: "expression", expression: `dbt test ${kind?.name ?? name}` };
}
