import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CatalogPlugin, completePlugin, type SecretReference } from "@floe/core";
import { createTestContext, type TestContext } from "@floe/testkit";
import plugin from "floe-catalog-rest";
import { onTestFinished } from "vitest";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What is answered: JSON with a status; text as it is; a connection that stalls, is cut, or is cut half-way. */
export type Answer =
  | { status?: number; json: unknown; headers?: Record<string, string> }
  | { status?: number; text: string; headers?: Record<string, string> }
  | "stall"
  | "reset"
  | "half";

export interface ScriptedCatalog {
  url: string;
  /** Every request, in order. */
  asked: Asked[];
}

/**
 * A catalog that answers as a test says, for what no real one can be made to do. What the script leaves open
 * it answers as one without anything in it.
 */
export async function scriptedCatalog(
  script: (asked: Asked) => Answer | undefined = () => undefined,
): Promise<ScriptedCatalog> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const url = new URL(request.url ?? "", "http://catalog");
    const one: Asked = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    asked.push(one);
    answer(response, script(one) ?? usual(one));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

function usual({ path }: Asked): Answer {
  if (path.endsWith("/config")) return { json: { defaults: {}, overrides: {} } };
  if (path.endsWith("/oauth/tokens"))
    return { json: { access_token: "usual-token", token_type: "bearer", expires_in: 3600 } };
  return icebergError(404, "NoSuchTableException", "It isn't there.");
}

/** An error by the specification's model. */
export function icebergError(status: number, type: string, message: string): Answer {
  return { status, json: { error: { message, type, code: status } } };
}

function answer(response: ServerResponse, how: Answer): void {
  if (how === "stall") return;
  if (how === "reset") return void response.socket?.resetAndDestroy();
  if (how === "half") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"namespaces":[');
    setTimeout(() => response.socket?.destroy(), 20);
    return;
  }
  const text = "json" in how ? JSON.stringify(how.json) : how.text;
  const type = "json" in how ? "application/json" : "text/html";
  response.writeHead(how.status ?? 200, { "content-type": type, ...how.headers }).end(text);
}

/** The plugin for a catalog, with secrets by environment variable. */
export function createRest(
  config: Record<string, unknown>,
  {
    secrets = {},
    connectionSecret,
  }: { secrets?: Record<string, string>; connectionSecret?: SecretReference } = {},
): CatalogPlugin & { context: TestContext } {
  const dir = mkdtempSync(join(tmpdir(), "floe-rest-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "catalog", name: "rest", dir, secrets, connectionSecret });
  const parsed = plugin.configSchema.parse({ warehouse: "lake", timeout_seconds: 1, ...config });
  const identity = { name: "rest", version: "0.0.0", floeApiVersion: "1.0" };
  const complete = completePlugin("catalog", identity, plugin.create(parsed, context));
  return new Proxy(complete as CatalogPlugin & { context: TestContext }, {
    get: (target, key) => (key === "context" ? context : Reflect.get(target, key)),
  });
}
