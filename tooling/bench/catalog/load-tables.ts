/** Loads tables with floe-catalog-rest: one after another, or many at once. Prints seconds of wall and of CPU time. */
import { tmpdir } from "node:os";
import { createTestContext } from "@floe/testkit/check";
import rest from "floe-catalog-rest";

const [properties, tables, loads, atOnce] = JSON.parse(process.argv[2] ?? "") as [
  { uri: string; warehouse: string },
  string[],
  number,
  number,
];
const context = createTestContext({ kind: "catalog", name: "rest", dir: tmpdir() });
const { uri, warehouse } = properties;
const catalog = await rest.create(rest.configSchema.parse({ uri, warehouse }), context).connect();
const names = Array.from({ length: loads }, (_, index) => tables[index % tables.length] ?? "");
await catalog.loadTable(names[0] ?? "");

const snapshots = new Set<string>();
const cpu = process.cpuUsage();
const started = performance.now();
const ahead = names.values();
const next = async (): Promise<void> => {
  for (const name of ahead) snapshots.add(String((await catalog.loadTable(name)).currentSnapshotId));
};
await Promise.all(Array.from({ length: atOnce }, next));
const wall = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wall, cpu: (user + system) / 1e6, snapshots: [...snapshots].toSorted() }));
