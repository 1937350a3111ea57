import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http, { type IncomingMessage, type RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAgents } from "@floe/object-storage";
import { makeCertificate } from "@floe/tooling/certificate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "floe-agents-"));
const contents = Array.from({ length: 4 }, () => randomBytes(3_000_001));
const sha = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
const opened = { http: 0, https: 0 };

/** `/2` gives the second content; chunked where the path ends with `c`. */
const answer: RequestListener = (request, response) => {
  const content = contents[Number(request.url?.[1])] ?? Buffer.alloc(0);
  if (!request.url?.endsWith("c")) response.setHeader("content-length", content.length);
  response.write(content.subarray(0, 1_000_000));
  response.end(content.subarray(1_000_000));
};
const plain = http.createServer(answer).on("connection", () => {
  opened.http += 1;
});
let secure: https.Server;

beforeAll(async () => {
  await makeCertificate(dir, { certificate: "a.crt", key: "a.key" });
  const [cert, key] = [readFileSync(join(dir, "a.crt")), readFileSync(join(dir, "a.key"))];
  secure = https.createServer({ cert, key }, answer).on("secureConnection", () => {
    opened.https += 1;
  });
  for (const server of [plain, secure]) await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  for (const server of [plain, secure]) server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe.each(["http", "https"] as const)("over %s", (protocol) => {
  const prepared = async () => {
    const ca = [readFileSync(join(dir, "a.crt"), "utf8")];
    const agents = await createAgents({ ca });
    const { port } = (protocol === "http" ? plain : secure).address() as AddressInfo;
    const client = protocol === "http" ? http : https;
    const get = async (path: string): Promise<IncomingMessage> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      client.get({ host: "127.0.0.1", port, path, agent: agents[protocol] }, resolve).on("error", reject);
      return promise;
    };
    return { agents, get };
  };

  it("what comes is what was sent, for readers quick and slow, also once their connection reads on", async () => {
    const { agents, get } = await prepared();
    const read = async (path: string, waitMs: number): Promise<string> => {
      const response = await get(path);
      // It fills what Node keeps for a reader who hasn't come yet.
      await sleep(waitMs);
      const chunks: Uint8Array[] = [];
      for await (const chunk of response) {
        chunks.push(chunk);
        if (waitMs > 0) await sleep(1);
      }
      return sha(Buffer.concat(chunks));
    };
    const paths = ["/0", "/1c", "/2", "/3c"];
    for (const waitMs of [0, 50]) {
      const all = await Promise.all(paths.map((path) => read(path, waitMs)));
      expect(all).toEqual(contents.map(sha));
    }
    agents.destroy();
  });

  it("a connection serves one request after another, and a reader that stops ends it", async () => {
    const { agents, get } = await prepared();
    const before = opened[protocol];
    for (const path of ["/0", "/1c", "/2"]) {
      const hash = createHash("sha256");
      for await (const chunk of await get(path)) hash.update(chunk);
      expect(hash.digest("hex")).toBe(sha(contents[Number(path[1])] ?? Buffer.alloc(0)));
    }
    expect(opened[protocol] - before).toBe(1);
    for await (const _ of await get("/3")) break;
    const hash = createHash("sha256");
    for await (const chunk of await get("/3")) hash.update(chunk);
    expect(hash.digest("hex")).toBe(sha(contents[3] ?? Buffer.alloc(0)));
    expect(opened[protocol] - before).toBe(2);
    agents.destroy();
  });
});

it("no memory of its own is taken for what a connection reads", async () => {
  const agents = await createAgents();
  const { port } = plain.address() as AddressInfo;
  const addresses = new Set<ArrayBufferLike>();
  for (const path of ["/0", "/1"]) {
    const { promise, resolve } = Promise.withResolvers<void>();
    http.get({ host: "127.0.0.1", port, path, agent: agents.http }, (response) => {
      response.socket.on("data", ({ buffer }: Buffer) => addresses.add(buffer));
      response.resume().on("end", resolve);
    });
    await promise;
  }
  expect(addresses.size).toBe(1);
  agents.destroy();
});
