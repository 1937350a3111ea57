import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { requireNessie } from "../../services/nessie.ts";
import { pyicebergPython, runPyiceberg } from "../../services/pyiceberg.ts";
import { requireService } from "../../services/service.ts";
import { summary } from "../measure.ts";

const LOADS = 1000;
/**
 * Nessie has every load's credentials made by the store's STS, which takes it tens of milliseconds, whoever asks. On
 * two cores sixteen at once bring it to a halt, and pyiceberg waits for ever.
 */
const LOADS_OF_NESSIE = 100;
const TABLES = 4;
const SNAPSHOTS = 20;
const ROUNDS = 3;
const AT_ONCE = 16;

interface Load {
  wall: number;
  cpu: number;
  snapshots: string[];
}

/**
 * 1,000 table loads beside pyiceberg on real servers: one after another beside the same, many at once beside threads.
 * The same few tables again and again: Iceberg's own server names their states, and floe asks for what has changed.
 */
export async function benchCatalog(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "floe-bench-"));
  try {
    {
      const server = await requireService(icebergRest({ path: join(folder, "warehouse") }));
      if ("missing" in server) throw new Error(server.missing);
      await using _server = server;
      await benchServer(
        "Iceberg's own REST catalog, local files",
        { uri: server.url, warehouse: "lake" },
        LOADS,
        [AT_ONCE, 1],
      );
    }
    const nessie = await requireNessie();
    if ("missing" in nessie) throw new Error(nessie.missing);
    await using _nessie = nessie;
    const { uri, warehouse } = nessie;
    await benchServer("Nessie on MinIO", { uri, warehouse }, LOADS_OF_NESSIE, [1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FILL = `
columns = [pa.field(f"column_{n}", pa.int64()) for n in range(20)]
rows = pa.table({column.name: [1, 2, 3] for column in columns}, schema=pa.schema(columns))
catalog.create_namespace("bench")
for name in given["tables"]:
    table = catalog.create_table(name, schema=rows.schema)
    for _ in range(given["snapshots"]):
        table.append(rows)
`;

async function benchServer(
  title: string,
  properties: Record<string, string>,
  times: number,
  concurrencies: readonly number[],
): Promise<void> {
  const tables = Array.from({ length: TABLES }, (_, index) => `bench.table_${index}`);
  await runPyiceberg({ type: "rest", ...properties }, FILL, { tables, snapshots: SNAPSHOTS });
  const python = await pyicebergPython();
  const folder = import.meta.dirname;
  const subject = (name: string, atOnce: number, further: Record<string, string> | undefined) => {
    const given = JSON.stringify([{ type: "rest", ...properties, ...further }, tables, times, atOnce]);
    return further === undefined
      ? { name, program: process.execPath, parameters: [join(folder, "load-tables.ts"), given] }
      : { name, program: python, parameters: [join(folder, "load_tables.py"), given] };
  };
  const refs = { "snapshot-loading-mode": "refs" };
  const subjects = concurrencies.flatMap((atOnce) => {
    const how = atOnce === 1 ? "one after another" : `${atOnce} at once`;
    return [
      subject(`floe, ${how}`, atOnce, undefined),
      subject(`pyiceberg, ${how}`, atOnce, {}),
      subject(`pyiceberg without past snapshots, ${how}`, atOnce, refs),
    ];
  });
  const results = new Map<string, Load[]>();
  // The first round warms the server, which would else count against whoever comes first.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { name, program, parameters } of subjects) {
      const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
      if (round < 0) continue;
      results.set(name, [
        ...(results.get(name) ?? []),
        JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""),
      ]);
    }
  }
  const [first, ...others] = [...results.values()].flat();
  if (!others.every(({ snapshots }) => isDeepStrictEqual(snapshots, first?.snapshots)))
    throw new Error("they didn't load the same");
  report(`${times} table loads, ${title}`, results);
}

function report(title: string, results: ReadonlyMap<string, Load[]>): void {
  console.log(`\n${title} (${TABLES} tables, ${SNAPSHOTS} snapshots, median of ${ROUNDS})`);
  const own = (how: string, part: "wall" | "cpu"): number => middle(results.get(`floe, ${how}`) ?? [], part);
  for (const [name, loads] of results) {
    const how = name.slice(name.indexOf(", ") + 2);
    const [wall, cpu] = [middle(loads, "wall"), middle(loads, "cpu")];
    console.log(
      `  ${name.padEnd(56)} ${wall.toFixed(2).padStart(6)} s ${(wall / own(how, "wall")).toFixed(2)} x` +
        `   client's CPU ${cpu.toFixed(2).padStart(6)} s ${(cpu / own(how, "cpu")).toFixed(2)} x`,
    );
  }
}

const middle = (loads: readonly Load[], part: "wall" | "cpu"): number =>
  summary(loads.map((one) => one[part])).median;
