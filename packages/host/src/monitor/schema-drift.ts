import { join } from "node:path";
import { ownModelsOf } from "@floe/core";
import { compileProduct } from "../compile/compile.ts";
import { inspectTables, tableKey } from "../lineage/inspect-tables.ts";
import { partsOf } from "../lineage/product-jobs.ts";
import { readOrNothing, writeFileWhole } from "../process/write-file.ts";
import type { Product } from "../project/product.ts";

/** Column to type, by table. */
type Schemas = Record<string, Record<string, string>>;

/**
 * How the columns of the product's tables differ from what they were at the last look, and from what its
 * output ports promise. The first look only remembers.
 */
export async function compareSchemas(product: Product): Promise<string[]> {
  const { project, compute, computeConfig, spec } = product;
  const { manifest } = await compileProduct(product, { dryRun: true });
  const models = ownModelsOf(manifest);
  const connection = await compute.connect(computeConfig);
  const current: Schemas = {};
  const byModel = new Map<string, Record<string, string>>();
  try {
    const tables = await inspectTables(product, connection, models.map(partsOf));
    for (const model of models) {
      const facts = tables.get(tableKey(partsOf(model)));
      if (facts === undefined) continue;
      const columns = Object.fromEntries(facts.columns.map(({ name, type = "" }) => [name, type]));
      current[tableKey(partsOf(model))] = columns;
      byModel.set(model.name, columns);
    }
  } finally {
    await connection.close();
  }
  const file = join(project.paths.stateDir, "schemas.json");
  const before = JSON.parse(readOrNothing(file) ?? "{}") as Schemas;
  writeFileWhole(file, JSON.stringify(current));
  const drift = Object.entries(before).flatMap(([table, columns]) =>
    differences(table, columns, current[table]),
  );
  const broken = (spec.outputPorts ?? []).flatMap(({ name, schema }) => {
    const columns = byModel.get(name);
    if (columns === undefined) return [`The output port ${name} has no table.`];
    const there = new Set(Object.keys(columns).map((column) => column.toLowerCase()));
    return schema
      .filter((column) => !there.has(column.name.toLowerCase()))
      .map((column) => `The output port ${name} has no column ${column.name}.`);
  });
  return [...drift, ...broken];
}

function differences(
  table: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>> | undefined,
): string[] {
  if (after === undefined) return [`${table} is gone.`];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    if (was === undefined) return [`${table} has a new column ${name} (${is}).`];
    return [
      is === undefined ? `${table} lost its column ${name}.` : `${table}.${name} was ${was} and is ${is}.`,
    ];
  });
}
