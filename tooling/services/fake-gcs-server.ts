import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type MissingService, type RunningService, requireService, type Service } from "./service.ts";

const run = promisify(execFile);
const VERSION = "1.56.1";
const BUILD_LIMIT_MS = 600_000;

/** What a hook that may have to build the server should allow. */
export const FAKE_GCS_START_LIMIT_MS: number = BUILD_LIMIT_MS + 60_000;

/** Google Cloud Storage's JSON API on loopback. It asks for no credential. */
export interface RunningFakeGcs extends RunningService {
  makeBucket(name: string): Promise<void>;
}

export interface FakeGcsOptions {
  /**
   * Keeps objects in files: for thousands, since in memory each costs it a look at all of them. A name then has
   * 255 bytes at most. Default: in memory.
   */
  inFiles?: boolean;
}

/** As {@link requireService}, with what a test needs of it. */
export async function requireFakeGcs({
  inFiles = false,
}: FakeGcsOptions = {}): Promise<RunningFakeGcs | MissingService> {
  const service = await requireService(fakeGcsServer(inFiles));
  if ("missing" in service) return service;
  return {
    ...service,
    async makeBucket(name) {
      const response = await fetch(`${service.url}/storage/v1/b?project=test`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
      if (!response.ok) throw new Error(`fake-gcs-server: ${response.status} ${await response.text()}`);
    },
  };
}

/** Built by Go. */
const fakeGcsServer = (inFiles: boolean): Service => ({
  name: "fake-gcs-server",
  version: VERSION,
  readyPath: "/_internal/healthcheck",
  async install(dir) {
    await run("go", ["install", "-ldflags=-s -w", `github.com/fsouza/fake-gcs-server@v${VERSION}`], {
      env: { ...process.env, GOBIN: dir },
      timeout: BUILD_LIMIT_MS,
    });
  },
  async command({ dir, data, port }) {
    const address = `127.0.0.1:${port}`;
    return {
      program: join(dir, "fake-gcs-server"),
      parameters: [
        ...(inFiles ? ["-backend=filesystem", `-filesystem-root=${data}`] : ["-backend=memory"]),
        "-scheme=http",
        "-host=127.0.0.1",
        `-port=${port}`,
        `-public-host=${address}`,
        `-external-url=http://${address}`,
        "-log-level=error",
      ],
    };
  },
});
