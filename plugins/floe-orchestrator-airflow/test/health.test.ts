import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionResult } from "@floe/core";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";
import { expect, it } from "vitest";

/** What the plugin says of a server that answers so. */
async function saidOf(answer: RequestListener): Promise<ConnectionResult & { asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const dir = await mkdtemp(join(tmpdir(), "floe-airflow-"));
    const context = createTestContext({ kind: "orchestrator", name: "airflow", dir });
    const config = plugin.configSchema.parse({ url: `http://127.0.0.1:${port}/` });
    return { ...(await plugin.create(config, context).validateConnection()), asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const health =
  (scheduler: string, metadatabase = "healthy"): RequestListener =>
  (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        metadatabase: { status: metadatabase },
        scheduler: { status: scheduler, latest_scheduler_heartbeat: null },
        triggerer: { status: null, latest_triggerer_heartbeat: null },
        dag_processor: { status: "healthy", latest_dag_processor_heartbeat: null },
      }),
    );
  };

it("asks for Airflow's health, without a login", async () => {
  const { success, message, asked } = await saidOf(health("healthy"));
  expect({ success, asked }).toEqual({ success: true, asked: ["/api/v2/monitor/health"] });
  expect(message).toMatch(/Airflow 3 answers/);
});

it("tells an Airflow that schedules nothing from one that can't reach its database", async () => {
  const idle = await saidOf(health("unhealthy"));
  expect(idle).toMatchObject({ success: false, next: [expect.stringContaining("airflow scheduler")] });
  const away = await saidOf(health("unhealthy", "unhealthy"));
  expect(away).toMatchObject({ success: false, next: ["airflow db check"] });
});

it("knows what isn't Airflow 3: a web page, Airflow 2, another API", async () => {
  for (const [status, body] of [
    [200, "<!doctype html><title>Sign in</title>"],
    [404, '{"detail":"Not Found"}'],
    [200, "{}"],
  ] as const) {
    const { success, message, next } = await saidOf((_request, response) => {
      response
        .writeHead(status, { "content-type": status === 200 ? "text/html" : "application/json" })
        .end(body);
    });
    expect(success).toBe(false);
    expect(message).toMatch(/isn't Airflow/);
    expect(next).not.toEqual([]);
  }
});
