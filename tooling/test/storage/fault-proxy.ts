import { once } from "node:events";
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What goes wrong with a request on its way. */
export type Fault =
  /** Nothing ever comes back. */
  | { kind: "stall" }
  /** The connection breaks before the server hears of it. */
  | { kind: "reset" }
  /** Somebody answers in the server's place. */
  | { kind: "answer"; status: number; headers?: Record<string, string>; body?: string }
  /** The connection breaks after so many bytes of the request's body. */
  | { kind: "cut-request"; after: number }
  /** The first byte of the request's body arrives as another. */
  | { kind: "garble-request" }
  /** The server does it, and the connection breaks before its answer arrives. */
  | { kind: "lose-answer" }
  /** The connection breaks after so many bytes of the answer's body; or nothing comes after them. */
  | { kind: "cut-answer" | "stall-answer"; after: number };

/** Which fault a request meets; none where undefined. */
export type FaultPlan = (request: IncomingMessage) => Fault | undefined;

/** A proxy before a real server, on loopback, that does to requests what networks do. */
export interface FaultProxy extends AsyncDisposable {
  url: string;
  /** What happens from now on. */
  plan: FaultPlan;
  /** Methods and paths of what came in, in order. */
  readonly seen: readonly string[];
}

/** The first so many requests that a condition holds for meet a fault. */
export function atFirst(
  times: number,
  fault: Fault,
  where: (request: IncomingMessage) => boolean,
): FaultPlan {
  let left = times;
  return (incoming) => {
    if (left === 0 || !where(incoming)) return undefined;
    left -= 1;
    return fault;
  };
}

/** @param target Plain HTTP. The client's `Host` is passed on, since it is part of signatures. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = { plan: (() => undefined) as FaultPlan };
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    handle(incoming, outgoing, target, proxy.plan(incoming));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  fault: Fault | undefined,
): void {
  const { socket } = incoming;
  switch (fault?.kind) {
    case "stall":
      incoming.resume();
      return;
    case "reset":
      socket.resetAndDestroy();
      return;
    case "answer":
      incoming.resume();
      incoming.on("end", () => {
        const { status, headers = {}, body = "" } = fault;
        outgoing.writeHead(status, headers).end(incoming.method === "HEAD" ? "" : body);
      });
      return;
    case "cut-request":
      counted(incoming, fault.after, () => socket.resetAndDestroy());
      forward(incoming, outgoing, target, () => {});
      return;
    case "garble-request":
      incoming.once("data", (chunk: Buffer) => {
        chunk[0] = ~(chunk[0] ?? 0);
      });
      handle(incoming, outgoing, target, undefined);
      return;
    default:
      forward(incoming, outgoing, target, (answer) => {
        if (fault?.kind === "lose-answer") {
          answer.resume();
          answer.on("end", () => socket.resetAndDestroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        if (fault === undefined) answer.pipe(outgoing);
        else relay(answer, outgoing, fault);
      });
  }
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  answered: (answer: IncomingMessage) => void,
): ClientRequest {
  const { method, url = "/", rawHeaders } = incoming;
  // The raw path: a URL would be normalised.
  const { hostname, port } = new URL(target);
  const onward = request(
    { hostname, port, path: url, method, headers: rawHeaders, setHost: false },
    answered,
  );
  const abandon = (): void => void onward.destroy();
  onward.on("error", () => outgoing.destroy());
  incoming.on("close", () => incoming.complete || abandon());
  outgoing.on("close", () => outgoing.writableFinished || abandon());
  incoming.pipe(onward);
  return onward;
}

function relay(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fault: { kind: string; after: number },
): void {
  let left = fault.after;
  answer.on("data", (chunk: Buffer) => {
    if (left <= 0) return;
    const part = chunk.subarray(0, left);
    left -= part.length;
    outgoing.write(part, () => {
      if (left <= 0 && fault.kind === "cut-answer") outgoing.socket?.resetAndDestroy();
    });
  });
}

function counted(incoming: IncomingMessage, after: number, reached: () => void): void {
  let count = 0;
  incoming.on("data", (chunk: Buffer) => {
    count += chunk.length;
    if (count >= after) reached();
  });
}
