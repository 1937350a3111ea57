import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LogRecord } from "../../src/context/logger.ts";
import { Project } from "../../src/project/project.ts";
import { pluginModule, pluginPackage, tempProject } from "../support/temp-project.ts";

const MANIFEST = `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: acme, version: 1.0.0, owner: me}
plugins:
  storage: {type: a, connection_secret_ref: lake, version: 1.2.3}
`;

/** A project with one storage plugin, whose implementation is given as source. */
function open(implementation: string, { manifest = MANIFEST, env = {}, extra = "" } = {}) {
  const dir = tempProject({
    "manifest.yaml": manifest,
    "package.json": { dependencies: { "floe-storage-a": "1" } },
    "node_modules/floe-storage-a/package.json": pluginPackage("floe-storage-a", {
      "floe.storage": { a: "." },
    }),
    "node_modules/floe-storage-a/index.js": pluginModule("storage", "a").replace(
      "create: () => ({})",
      `${extra} create: (config, context) => (${implementation})`,
    ),
  });
  const logs: LogRecord[] = [];
  return { project: Project.open({ cwd: dir, env, log: (record) => logs.push(record) }), dir, logs };
}

describe("a project", () => {
  it("gives its plugins their identity, paths and secrets, and masks what they were given", async () => {
    const { project, dir, logs } = open(
      `{ async healthCheck() {
           const value = await context.secrets.resolve(context.connectionSecret);
           context.logger.info("connecting with " + value, { value });
           return { state: "degraded", message: context.plugin.package + " " + context.paths.stateDir };
         } }`,
      { env: { LAKE: "open-sesame" } },
    );
    expect(await project.validate()).toEqual([]);
    const plugins = await project.plugins();
    const storage = plugins.get("storage");
    expect([storage?.name, storage?.version, storage?.floeApiVersion]).toEqual(["a", "1.2.3", "1.0"]);
    expect(await storage?.healthCheck?.()).toEqual({
      state: "degraded",
      message: `floe-storage-a ${join(dir, ".floe")}`,
    });
    expect(logs).toMatchObject([
      {
        level: "info",
        message: "connecting with ********",
        fields: { value: "********", plugin: "storage a" },
      },
    ]);
    await project.close();
  });

  it("names the plugin in what its calls throw, without the secret that is in it", async () => {
    const { project } = open(
      `{ async healthCheck() { throw new Error("denied: " + await context.secrets.resolve(context.connectionSecret)); } }`,
      { env: { LAKE: "open-sesame" } },
    );
    const plugins = await project.plugins();
    await expect(plugins.get("storage")?.healthCheck?.()).rejects.toMatchObject({
      code: "PLUGIN.CALL_FAILED",
      plugin: "storage a",
      why: "denied: ********",
    });
  });

  it("runs for the environment that it is told", () => {
    expect(open("{}").project.environment).toBe("dev");
    expect(open("{}", { env: { FLOE_ENV: "prod" } }).project.environment).toBe("prod");
  });

  it.each<[string, Parameters<typeof open>[1], object]>([
    [
      "another version than is installed",
      { manifest: MANIFEST.replace("1.2.3", "2.0.0") },
      { code: "PLUGIN.INCOMPATIBLE", next: ["npm install floe-storage-a@2.0.0"], where: { line: 5 } },
    ],
    [
      "a plugin that isn't installed",
      { manifest: MANIFEST.replace("type: a", "type: b") },
      { code: "PLUGIN.NOT_INSTALLED", where: { line: 5 } },
    ],
    [
      "a plugin without what it needs",
      { extra: 'requires: ["catalog"],' },
      { code: "PLUGIN.MISSING_DEPENDENCY", where: { file: "manifest.yaml", line: 5 } },
    ],
  ])("that selects %s is invalid there", async (_title, options, fault) => {
    expect(await open("{}", options).project.validate()).toMatchObject([fault]);
  });

  it("whose plugin can't be made says so", async () => {
    const { project } = open(`(() => { throw new Error("no licence"); })()`);
    expect(await project.validate()).toMatchObject([
      { code: "PLUGIN.CALL_FAILED", plugin: "storage a", why: "no licence" },
    ]);
  });
});
