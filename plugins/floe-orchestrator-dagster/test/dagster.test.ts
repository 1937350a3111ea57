import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompiledArtifacts, JsonObject } from "@floe/core";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-dagster";
import { describe, expect, it } from "vitest";

function create(config: Record<string, unknown> = {}) {
  const dir = mkdtempSync(join(tmpdir(), "floe-dagster-"));
  const context = createTestContext({ kind: "orchestrator", name: "dagster", dir });
  return plugin.create(plugin.configSchema.parse(config), context);
}

async function answering(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("what answers at the webserver's address", () => {
  const validate = async (listener: RequestListener) => {
    await using server = await answering(listener);
    return await create({ url: server.url }).validateConnection();
  };

  it("is Dagster where GraphQL gives its version", async () => {
    const answer = await validate(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      const asked =
        request.method === "POST" && request.url === "/graphql" && JSON.parse(body).query === "{ version }";
      response.end(JSON.stringify({ data: { version: asked ? "1.13.27" : null } }));
    });
    expect(answer).toMatchObject({ success: true, next: [] });
    expect(answer.message).toContain("1.13.27");
  });

  it.each<[string, RequestListener]>([
    ["a web page", (_, response) => response.end("<!doctype html><title>Welcome</title>")],
    [
      "another GraphQL server",
      (_, response) => response.end(JSON.stringify({ errors: [{ message: "no" }] })),
    ],
    ["a page with an error", (_, response) => response.writeHead(502).end("<h1>Bad Gateway</h1>")],
    ["a login", (_, response) => response.writeHead(302, { location: "/login" }).end()],
  ])("isn't where it is %s", async (_what, listener) => {
    const answer = await validate(listener);
    expect(answer.success).toBe(false);
    expect(answer.message).toContain("isn't Dagster");
    expect(answer.next.join()).toContain("plugins.orchestrator.config.url");
  });
});

describe("the generated files", () => {
  const artifacts = {
    metadata: { product_name: "shop" },
    floe: { dbt: { packages: ["dbt-duckdb==1.11.1"] } },
  } as unknown as CompiledArtifacts;

  it("are a loader of a few lines, and what pip needs", () => {
    const files = create().generateLoader(artifacts);
    expect(Object.keys(files)).toEqual(["definitions.py", "deploy/dagster/requirements.txt"]);
    expect(files["definitions.py"]?.split("\n").length).toBeLessThan(12);
    expect(files["definitions.py"]).toContain('load_product_definitions("shop", Path(__file__).parent)');
    expect(files["deploy/dagster/requirements.txt"]).toContain("\ndbt-duckdb==1.11.1\n");
  });

  it("hand on the schedules that were set", async () => {
    const orchestrator = create();
    await orchestrator.scheduleJob("every-hour", "0 * * * *", "Asia/Tokyo");
    const { "definitions.py": loader } = orchestrator.generateLoader(artifacts);
    expect(loader).toContain('"every_hour": ("0 * * * *", "Asia/Tokyo"),');
  });
});

describe("the Helm values", () => {
  /**
   * Keys of the official chart's schema, as far as they are used here. Of models that refuse other keys:
   * Webserver, Daemon, RunLauncher; and of a deployment, which lets them pass unread.
   *
   * @see https://github.com/dagster-io/dagster `helm/dagster/schema/schema/charts`
   */
  const KNOWN = {
    values: ["dagsterWebserver", "dagsterDaemon", "runLauncher", "dagster-user-deployments"],
    dagsterWebserver: [
      "replicaCount",
      "image",
      "service",
      "workspace",
      "env",
      "envConfigMaps",
      "envSecrets",
      "resources",
    ],
    dagsterDaemon: [
      "enabled",
      "image",
      "runCoordinator",
      "heartbeatTolerance",
      "resources",
      "runMonitoring",
      "runRetries",
      "sensors",
      "schedules",
    ],
    runLauncher: ["type", "config"],
    userDeployments: ["enabled", "enableSubchart", "imagePullSecrets", "deployments"],
    deployment: [
      "name",
      "image",
      "port",
      "dagsterApiGrpcArgs",
      "codeServerArgs",
      "includeConfigInLaunchedRuns",
      "env",
      "resources",
    ],
    image: ["repository", "tag", "pullPolicy"],
  };

  it("are of the official chart, and complete for a code location", () => {
    const values = create({
      image: { repository: "registry.example.com/shop", tag: "1.2.0" },
      retries: 1,
      workload_size: "large",
    }).getHelmValues();
    const keysOf = (value: unknown, known: readonly string[]) =>
      expect(Object.keys(value as object).filter((key) => !known.includes(key))).toEqual([]);
    keysOf(values, KNOWN.values);
    keysOf(values.dagsterWebserver, KNOWN.dagsterWebserver);
    keysOf(values.dagsterDaemon, KNOWN.dagsterDaemon);
    keysOf(values.runLauncher, KNOWN.runLauncher);
    const location = values["dagster-user-deployments"] as JsonObject;
    keysOf(location, KNOWN.userDeployments);
    const [deployment] = location.deployments as JsonObject[];
    keysOf(deployment, KNOWN.deployment);
    keysOf(deployment?.image, KNOWN.image);
    expect(deployment).toMatchObject({
      image: { repository: "registry.example.com/shop", tag: "1.2.0", pullPolicy: "IfNotPresent" },
      port: 3030,
      includeConfigInLaunchedRuns: { enabled: true },
    });
    expect((values.runLauncher as JsonObject).type).toBe("K8sRunLauncher");
    expect(deployment?.resources).toEqual(create().getResourceRequirements("large"));
  });
});
