import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "@floe/core";
import { facetViolations, violations } from "./openlineage.ts";

/** How the receiver answers: as Marquez does; late; with 500; or with what isn't HTTP's business at all. */
export type Behaviour = "well" | "slow" | "fail" | "rubbish";

export interface LineageReceiver extends AsyncDisposable {
  url: string;
  /** What was taken, in order. */
  events: RunEvent[];
  /** What was refused, and why. */
  refused: { body: string; why: string }[];
  behave(how: Behaviour): void;
}

const SLOW_MS = 30_000;

/**
 * A receiver on loopback that takes what Marquez takes, of which no server can be had: one event a request,
 * on its path alone, valid by OpenLineage's own schemas. It refuses the rest.
 */
export async function startLineageReceiver(port = 0): Promise<LineageReceiver> {
  const events: RunEvent[] = [];
  const refused: { body: string; why: string }[] = [];
  let behaviour: Behaviour = "well";
  const closing = new AbortController();
  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (behaviour === "slow") {
      await sleep(SLOW_MS, undefined, { signal: closing.signal }).catch(() => {});
      // Whoever didn't wait for the answer sends the event again.
      if (request.socket.destroyed) return;
    }
    if (behaviour === "fail") return answer(response, 500, { code: 500, message: "no" });
    if (behaviour === "rubbish") return request.socket.end("rubbish\r\n\r\n");
    if (request.method === "GET" && request.url === "/api/v1/namespaces")
      return answer(response, 200, { namespaces: [] });
    if (request.method !== "POST" || request.url !== "/api/v1/lineage")
      return answer(response, 404, { code: 404 });
    const why = whyRefused(body);
    if (why !== undefined) {
      refused.push({ body, why });
      return answer(response, 400, { code: 400, message: why });
    }
    events.push(JSON.parse(body) as RunEvent);
    response.writeHead(201).end();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    events,
    refused,
    behave: (how) => {
      behaviour = how;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function whyRefused(body: string): string | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return "it isn't JSON";
  }
  if (Array.isArray(event)) return "one event a request";
  const { schemaURL } = event as Partial<RunEvent>;
  if (typeof schemaURL !== "string") return "no schemaURL";
  const found = [...violations(schemaURL, event), ...facetViolations(event)];
  return found.length === 0 ? undefined : found.join("; ");
}
