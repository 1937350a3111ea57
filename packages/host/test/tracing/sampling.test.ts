import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as newUuid } from "uuid";
import { describe, expect, it, onTestFinished } from "vitest";
import { SecretMask } from "../../src/secrets/mask.ts";
import { createRunTracing } from "../../src/tracing/run-tracing.ts";
import { traceShare } from "../../src/tracing/sampling.ts";

interface Exported {
  resourceSpans: { scopeSpans: { spans: { name: string; traceId: string }[] }[] }[];
}

/** Which spans a run of that share leaves behind: of its own, of a call within it, of a model that was built. */
async function spansOf(share: number, runId = newUuid()): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "floe-tracing-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "traces.jsonl");
  const tracing = await createRunTracing({ runId, resource: {}, share: () => share });
  tracing.writeTo(file, new SecretMask());
  await tracing.tracer.call("run", {}, async () => {
    await tracing.tracer.call("step", {}, async () => {});
    tracing.record("model", {}, new Date(), new Date(), false);
  });
  await tracing.flush();
  let lines: string[];
  try {
    lines = readFileSync(file, "utf8").trim().split("\n");
  } catch {
    return [];
  }
  const spans = lines
    .map((line) => JSON.parse(line) as Exported)
    .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
    .flatMap((scope) => scope.spans);
  for (const { traceId } of spans) expect(traceId).toBe(runId.replaceAll("-", ""));
  return spans.map(({ name }) => name).sort();
}

describe("the share of traces that is kept", () => {
  it.each([
    [1, 60, 60],
    [0, 0, 0],
    // Six deviations to either side of the half.
    [0.5, 8, 52],
  ])("of %d keeps so many whole, and nothing of the others", async (share, least, most) => {
    let kept = 0;
    for (let run = 0; run < 60; run += 1) {
      const spans = await spansOf(share);
      if (spans.length > 0) {
        expect(spans).toEqual(["model", "run", "step"]);
        kept += 1;
      }
    }
    expect(kept).toBeGreaterThanOrEqual(least);
    expect(kept).toBeLessThanOrEqual(most);
  });

  it("is the environment's, one of another name counting as dev; and 0 where tracing is off", () => {
    const sampling = { dev: 0.9, staging: 0.4, prod: 0.2 };
    const tracing = { enabled: true, exporter: "otlp" as const, sampling };
    const of = (environment: string) => traceShare({ observability: { tracing } } as never, environment);
    expect(["dev", "staging", "prod", "qa"].map(of)).toEqual([0.9, 0.4, 0.2, 0.9]);
    expect(["dev", "staging", "prod"].map((one) => traceShare({}, one))).toEqual([1, 0.5, 0.1]);
    const off = { observability: { tracing: { ...tracing, enabled: false } } } as never;
    expect(traceShare(off, "dev")).toBe(0);
  });
});
