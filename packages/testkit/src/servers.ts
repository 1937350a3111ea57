import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { DeadServer } from "./options.ts";

/** A server while it runs. */
export interface RunningServer extends DeadServer, AsyncDisposable {
  /** Resolves when someone has connected. */
  readonly connected: Promise<void>;
}

/** A port at which nothing listens: it was free a moment ago. */
export async function refusedPort(): Promise<DeadServer> {
  const server = createServer();
  const { url, host, port } = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return { url, host, port };
}

/** A server that accepts connections and never says a word. */
export async function stallingServer(): Promise<RunningServer> {
  return run(createServer());
}

/**
 * A server that answers everything with 401 and repeats in the body what it was sent, headers included, as
 * some proxies and debug pages do. A plugin that quotes a server's answer must not quote its own secret.
 */
export async function refusingServer(): Promise<RunningServer> {
  return run(
    createHttpServer(async (request, response) => {
      const body = await readAll(request);
      response.writeHead(401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: "unauthorized", url: request.url, headers: request.headers, body }),
      );
    }),
  );
}

async function run(server: Server): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const connected = Promise.withResolvers<void>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    connected.resolve();
  });
  return {
    ...(await listen(server)),
    connected: connected.promise,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server): Promise<DeadServer> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { address: host, port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, host, port };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
