import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFetch } from "../../src/context/fetch.ts";

const forever = new AbortController().signal;
const contextFetch = createFetch(() => forever);

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("the context's fetch", () => {
  it("returns a response of any status that isn't passing", async () => {
    const url = await serve((_request, response) => response.writeHead(404).end("no"));
    expect((await contextFetch(url)).status).toBe(404);
  });

  it("tries again what is passing, honouring Retry-After, and then gives the last answer", async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(requests < 3 ? 503 : 200, { "retry-after": "0" }).end();
    });
    expect((await contextFetch(url)).status).toBe(200);
    expect(requests).toBe(3);

    requests = -10;
    expect((await contextFetch(url, { retries: 1 })).status).toBe(503);
    expect(requests).toBe(-8);
  });

  it("never repeats a POST by itself", async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(503).end();
    });
    expect((await contextFetch(url, { method: "POST", body: "x" })).status).toBe(503);
    expect(requests).toBe(1);
  });

  it("repeats a POST whose answer means that nothing was done, and no other", async () => {
    const statuses = [429, 503, 201, 502];
    const url = await serve((_request, response) => void response.writeHead(statuses.shift() ?? 500).end());
    const post = { method: "POST", body: "x", retryStatuses: [429, 503] };
    expect((await contextFetch(url, post)).status).toBe(201);
    expect((await contextFetch(url, post)).status).toBe(502);
    expect(statuses).toEqual([]);
  });

  it("bounds an attempt, body included", async () => {
    const silent = await serve(() => {});
    await expect(contextFetch(silent, { timeoutMs: 50, retries: 0 })).rejects.toMatchObject({
      code: "CONNECTION.TIMEOUT",
    });
    const stalling = await serve((_request, response) => void response.writeHead(200).write("half"));
    const response = await contextFetch(stalling, { timeoutMs: 100, retries: 0 });
    await expect(response.text()).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("names the host of what refuses or can't be found", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(contextFetch(`http://127.0.0.1:${port}/`, { retries: 0 })).rejects.toMatchObject({
      code: "CONNECTION.REFUSED",
      summary: `Nothing listens at 127.0.0.1:${port}.`,
    });
    await expect(contextFetch("http://nowhere.invalid/", { retries: 0 })).rejects.toMatchObject({
      code: "CONNECTION.UNREACHABLE",
      summary: "nowhere.invalid can't be reached.",
    });
  });

  it("ends with the call that it belongs to", async () => {
    const call = new AbortController();
    const url = await serve(() => {});
    const fetching = createFetch(() => call.signal)(url);
    setTimeout(() => call.abort(new Error("enough")), 30);
    await expect(fetching).rejects.toThrow("enough");
  });
});
