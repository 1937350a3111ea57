import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FloeError, GENERATED, type TransformConfig } from "@floe/core";
import {
  describeAssets,
  JobLineage,
  loaderRequired,
  requireArtifacts,
  requirementsFile,
  requireSchedule,
} from "@floe/orchestration";
import { createTestContext, sampleArtifacts } from "@floe/testkit";
import { describe, expect, it } from "vitest";

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as FloeError).code;
  }
}

const artifacts = sampleArtifacts();

describe("artifacts", () => {
  it("are taken from this version and older ones, and refused from newer ones", () => {
    expect(requireArtifacts(artifacts).metadata.product_name).toBe("shop");
    expect(requireArtifacts({ ...artifacts, version: "0.3.0" }).version).toBe("0.3.0");
    expect(requireArtifacts({ ...artifacts, version: "0.16.9" }).version).toBe("0.16.9");
    expect(codeOf(() => requireArtifacts({ ...artifacts, version: "0.17.0" }))).toBe("ARTIFACTS.VERSION");
    expect(codeOf(() => requireArtifacts({ version: "1.0.0" }))).toBe("ARTIFACTS.VERSION");
  });

  it("that aren't any are refused with the place of the fault", () => {
    for (const wrong of [undefined, null, "", [], {}, { ...artifacts, metadata: undefined }]) {
      expect(codeOf(() => requireArtifacts(wrong))).toBe("ARTIFACTS.INVALID");
    }
    const misspelt = { ...artifacts, identity: { ...artifacts.identity, domain: 3 } };
    expect(() => requireArtifacts(misspelt)).toThrow(
      expect.objectContaining({ why: expect.stringContaining("identity.domain") }),
    );
  });

  it("that are valid need the loader", () => {
    expect(codeOf(() => loaderRequired(artifacts, "Dagster", ["dagster dev"]))).toBe(
      "ORCHESTRATOR.LOADER_REQUIRED",
    );
  });

  it("say what the scheduler's environment needs, each package once", () => {
    const floe = {
      dbt: { packages: ["dbt-duckdb==1.11.1", "duckdb==1.5.5"] },
      ingestion: { runner: { packages: ["dlt==1.31.0", "duckdb==1.5.5"] } },
      lineage: { enabled: true, packages: ["sqlglot==30.30.0"] },
    };
    const lines = requirementsFile(sampleArtifacts({ floe }), ["pip install it"]).split("\n");
    expect(lines[0]).toBe(GENERATED);
    expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
      "dbt-duckdb==1.11.1",
      "duckdb==1.5.5",
      "dlt==1.31.0",
      "sqlglot==30.30.0",
    ]);
    const quiet = { ...floe, lineage: { ...floe.lineage, enabled: false } };
    expect(requirementsFile(sampleArtifacts({ floe: quiet }), [])).not.toContain("sqlglot");
  });
});

describe("assets of transforms", () => {
  const named = (transforms: TransformConfig[]) => describeAssets(transforms).map(({ key }) => key);

  it("come after what they need, else in the given order", () => {
    expect(
      named([
        { name: "c", dependsOn: ["a", "b"] },
        { name: "b", dependsOn: ["a"] },
        { name: "a" },
        { name: "d" },
      ]),
    ).toEqual(["a", "b", "c", "d"]);
  });

  it("may be thousands in a chain", () => {
    const chain = Array.from({ length: 5000 }, (_, index) => ({
      name: `m${index}`,
      ...(index === 4999 ? {} : { dependsOn: [`m${index + 1}`] }),
    }));
    expect(named(chain)[0]).toBe("m4999");
  });

  it("name the circle they are in, and who needs what isn't there", () => {
    const circle = [
      { name: "start", dependsOn: ["a"] },
      { name: "a", dependsOn: ["b"] },
      { name: "b", dependsOn: ["a"] },
    ];
    expect(() => describeAssets(circle)).toThrow("a -> b -> a");
    expect(codeOf(() => describeAssets([{ name: "a", dependsOn: ["a"] }]))).toBe("CONFIG.CYCLE");
    expect(() => describeAssets([{ name: "a", dependsOn: ["gone"] }])).toThrow("a depends on gone");
  });
});

describe("a schedule", () => {
  it("that exists is taken as it is", () => {
    expect(requireSchedule("shop", "0 6 * * 1-5", "Europe/Berlin")).toEqual({
      cron: "0 6 * * 1-5",
      timezone: "Europe/Berlin",
    });
  });

  it.each([
    ["0 6 * *", "UTC"],
    ["61 6 * * *", "UTC"],
    ["0 0 31 4 *", "UTC"],
    ["0 6 * * *", "Europe/Atlantis"],
    ["0 6 * * *", "+02:00"],
  ])("%s in %s is refused", (cron, timezone) => {
    expect(codeOf(() => requireSchedule("shop", cron, timezone))).toBe("CONFIG.INVALID_VALUE");
  });
});

describe("a job's lineage", () => {
  async function recorded(statuses: number[] = []) {
    const events: { eventType: string; run: { runId: string } }[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      events.push(JSON.parse(body));
      response.writeHead(statuses.shift() ?? 201).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const close = () => new Promise<void>((done) => server.close(() => done()));
    return { events, url: `http://127.0.0.1:${port}/api/v1/lineage`, close };
  }
  const context = () =>
    createTestContext({
      kind: "orchestrator",
      name: "dagster",
      dir: mkdtempSync(join(tmpdir(), "floe-job-")),
    });

  it("has a start and an end of one run, also where the end alone is told", async () => {
    const { events, url, close } = await recorded();
    const lineage = new JobLineage({ url, namespace: "floe" }, context());
    await lineage.emit("START", "dbt_run", [], []);
    await lineage.emit("COMPLETE", "dbt_run", [], [{ namespace: "n", name: "d" }]);
    await lineage.emit("FAIL", "dbt_run", [], []);
    await close();
    expect(events.map(({ eventType }) => eventType)).toEqual(["START", "COMPLETE", "START", "FAIL"]);
    const ids = events.map(({ run }) => run.runId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it("says when the backend refuses it", async () => {
    const { url, close } = await recorded([400]);
    const lineage = new JobLineage({ url, namespace: "floe" }, context());
    await expect(lineage.emit("START", "dbt_run", [], [])).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
    });
    await close();
  });

  it("is kept in the project where there is no address", async () => {
    const own = context();
    await new JobLineage(undefined, own).emit("START", "dbt_run", [], []);
    const file = join(own.paths.stateDir, "orchestrator", "lineage.jsonl");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      eventType: "START",
      job: { name: "dbt_run" },
    });
  });
});
