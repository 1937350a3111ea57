import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SampleProduct, WITH_FUSION } from "./sample-product.ts";

const LONG = 180_000;
const floe = join(import.meta.dirname, "..", "..", "..", "packages", "cli", "bin", "floe.cjs");

/** Mounts a disk of that size, runs the product on it, makes it larger, and goes on. */
const SCRIPT = `mount -t tmpfs -o size="$1" tmpfs "$2" && cp -rP "$3/." "$2" && cd "$2" || exit 99
"$4" "$5" run --json >"$6/first" 2>"$6/words"; echo $?
mount -o remount,size=400m "$2"
"$4" "$5" run --resume --json >"$6/second" 2>&1; echo $?`;

interface Told {
  ok: boolean;
  error?: { code: string; why?: string };
  result?: {
    status: string;
    sources: { source: string }[];
    models: object;
    faults: { code: string; why?: string }[];
  };
}

function onDisk(size: string, product: SampleProduct): { exitCodes: string; first: Told; second: Told } {
  const dir = mkdtempSync(join(tmpdir(), "floe-disk-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [disk, source, answers] = ["disk", "source", "answers"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(disk);
  mkdirSync(answers);
  cpSync(product.dir, source, { recursive: true, verbatimSymlinks: true });
  const words = ["-rm", "sh", "-c", SCRIPT, "sh", size, disk, source, process.execPath, floe, answers];
  const { stdout } = spawnSync("unshare", words, { encoding: "utf8" });
  const read = (name: string): string => readFileSync(join(answers, name), "utf8");
  expect(read("first") + read("words")).not.toMatch(/INTERNAL\.BUG|^\s+at .*:\d+:\d+/m);
  return {
    exitCodes: stdout.trim().split("\n").join(" "),
    first: JSON.parse(read("first")),
    second: JSON.parse(read("second")),
  };
}

const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

describe.skipIf(!canMount && process.env.CI !== "true")(
  "a disk that is full during a run (skipped where `unshare -rm` can't mount one)",
  { timeout: LONG },
  () => {
    it("before anything is done", () => {
      using product = new SampleProduct({ "manifest.yaml": WITH_FUSION });
      const { exitCodes, first, second } = onDisk("200k", product);
      expect(first.error).toMatchObject({ code: "PROJECT.UNWRITABLE", why: "The disk is full." });
      expect(exitCodes).toBe("2 0");
      expect(second.result).toMatchObject({ status: "success", models: { success: 2 } });
    });

    it("while sources are loaded", () => {
      const orders = Array.from({ length: 400_000 }, (_, id) => `${id},${(id % 2) + 1},${id % 900}\n`);
      using product = new SampleProduct({
        "manifest.yaml": WITH_FUSION,
        "data/orders.csv": `id,customer_id,amount\n${orders.join("")}`,
      });
      const { exitCodes, first, second } = onDisk("8m", product);
      expect(JSON.stringify(first)).toMatch(/disk is full|no space left/i);
      expect(exitCodes).toBe("2 0");
      expect(second.result).toMatchObject({ status: "success", models: { success: 2 } });
    });

    it("while models are built; what was loaded isn't loaded again", () => {
      using product = new SampleProduct({
        "manifest.yaml": WITH_FUSION,
        "models/gold_totals.sql":
          "select customer, sum(amount) + 0 * (select count(distinct r) from {{ ref('silver_numbers') }}) as total from {{ ref('silver_orders') }} group by customer",
        "models/silver_numbers.sql": "select range as id, random() as r from range(4000000)",
      });
      const { exitCodes, first, second } = onDisk("12m", product);
      expect(JSON.stringify(first)).toMatch(/disk is full|no space left/i);
      expect(exitCodes).toBe("2 0");
      expect(second.result).toMatchObject({ status: "success", models: { success: 3 }, sources: [] });
    });
  },
);
