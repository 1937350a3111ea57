import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on loopback that stands before another and adds to what it can. */
export interface Front extends AsyncDisposable {
  url: string;
}

/** Starts a front. What `answer` throws ends the connection. */
export async function startFront(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Front> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Said anew by whoever sends a request on. */
const OF_ONE_HOP = new Set(["host", "connection", "content-length", "transfer-encoding", "expect"]);

export interface Forwarded {
  url: URL;
  method?: string;
  /** Beside the request's own. */
  headers?: Record<string, string>;
  /** In place of the request's own. */
  body?: string;
  /** In place of the other server's, where that is one of success. */
  status?: number;
}

/** Sends a request on, and back what the other server answers. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { url, method = request.method ?? "GET", headers = {}, body, status }: Forwarded,
): Promise<void> {
  const own = Object.entries(request.headers).filter(([name]) => !OF_ONE_HOP.has(name));
  const sent = await fetch(url, {
    method,
    headers: { ...(Object.fromEntries(own) as Record<string, string>), ...headers },
    ...(method === "GET" || method === "HEAD" ? {} : { body: body ?? (await bytesOf(request)) }),
  });
  const told = Object.fromEntries([...sent.headers].filter(([name]) => !OF_ONE_HOP.has(name)));
  const length = sent.headers.get("content-length");
  response.writeHead(sent.ok ? (status ?? sent.status) : sent.status, {
    ...told,
    ...(length === null ? {} : { "content-length": length }),
  });
  response.end(Buffer.from(await sent.arrayBuffer()));
}

/** A request's body. */
export async function bytesOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
}
