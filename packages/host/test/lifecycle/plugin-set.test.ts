import type { PluginKind } from "@floe/core";
import { describe, expect, it } from "vitest";
import { type ConfiguredPlugin, PluginSet } from "../../src/lifecycle/plugin-set.ts";

function plugin(
  kind: PluginKind,
  requires: PluginKind[],
  log: string[],
  failing: string[] = [],
): ConfiguredPlugin {
  const step = (what: string) => async () => {
    log.push(`${what} ${kind}`);
    if (failing.includes(what)) throw new Error(`${what} of ${kind} failed`);
  };
  const instance = { startup: step("start"), shutdown: step("stop") };
  return { kind, name: "x", requires, instance: instance as unknown as ConfiguredPlugin["instance"] };
}

describe("the life of a project's plugins", () => {
  it("starts each after those it needs, and stops in reverse order", async () => {
    const log: string[] = [];
    const set = new PluginSet([
      plugin("compute", ["catalog"], log),
      plugin("catalog", ["storage"], log),
      plugin("storage", [], log),
    ]);
    await set.start();
    await set.start();
    expect(await set.stop()).toEqual([]);
    expect(await set.stop()).toEqual([]);
    expect(log).toEqual([
      "start storage",
      "start catalog",
      "start compute",
      "stop compute",
      "stop catalog",
      "stop storage",
    ]);
  });

  it("stops what was started when one fails, the failed one too", async () => {
    const log: string[] = [];
    const set = new PluginSet([
      plugin("storage", [], log),
      plugin("catalog", ["storage"], log, ["start"]),
      plugin("dbt", ["catalog"], log),
    ]);
    await expect(set.start()).rejects.toMatchObject({ code: "PLUGIN.START_FAILED", plugin: "catalog x" });
    expect(log).toEqual(["start storage", "start catalog", "stop catalog", "stop storage"]);
  });

  it("goes on stopping after a failure, and reports it", async () => {
    const log: string[] = [];
    const set = new PluginSet([plugin("storage", [], log), plugin("catalog", [], log, ["stop"])]);
    await set.start();
    expect(await set.stop()).toMatchObject([{ code: "PLUGIN.STOP_FAILED", plugin: "catalog x" }]);
    expect(log).toEqual(["start storage", "start catalog", "stop catalog", "stop storage"]);
  });

  it("refuses a need that nothing meets, and a circle with its way round", () => {
    const log: string[] = [];
    expect(() => new PluginSet([plugin("catalog", ["storage"], log)])).toThrow(
      expect.objectContaining({
        code: "PLUGIN.MISSING_DEPENDENCY",
        next: ["Add plugins.storage to manifest.yaml."],
      }),
    );
    expect(
      () => new PluginSet([plugin("catalog", ["storage"], log), plugin("storage", ["catalog"], log)]),
    ).toThrow(
      expect.objectContaining({
        code: "PLUGIN.DEPENDENCY_CYCLE",
        why: "catalog x -> storage x -> catalog x",
      }),
    );
  });

  it("asks all for their health, and takes a throw for an answer", async () => {
    const ill = {
      kind: "storage",
      name: "x",
      requires: [],
      instance: {
        healthCheck: async () => {
          throw new Error("down");
        },
      },
    };
    const quiet = { kind: "catalog", name: "x", requires: [], instance: {} };
    const set = new PluginSet([ill, quiet] as unknown as ConfiguredPlugin[]);
    expect(Object.fromEntries(await set.health())).toEqual({
      storage: { state: "unhealthy", message: "down" },
      catalog: { state: "healthy", message: "" },
    });
  });
});
