import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { buildByGo } from "./go.ts";
import { type MissingService, type RunningService, requireService, type Service } from "./service.ts";

const VERSION = "1.56.1";
const CERTIFICATE = "gcs.crt";
const KEY = "gcs.key";
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
  /** Speaks TLS with a certificate made at start; `ca` is then its authority. */
  tls?: boolean;
}

/** As {@link requireService}, with what a test needs of it. */
export async function requireFakeGcs(options: FakeGcsOptions = {}): Promise<RunningFakeGcs | MissingService> {
  const service = await requireService(fakeGcsServer(options));
  if ("missing" in service) return service;
  const { url, ca } = service;
  return {
    ...service,
    async makeBucket(name) {
      const status = await post(`${url}/storage/v1/b?project=test`, JSON.stringify({ name }), ca);
      if (status >= 300) throw new Error(`fake-gcs-server answered ${status}`);
    },
  };
}

/** `fetch` can't be told of a certificate authority. */
async function post(url: string, body: string, ca: string | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = { method: "POST", headers: { "content-type": "application/json" } };
  const answered = (response: IncomingMessage): void => {
    response.resume();
    resolve(response.statusCode ?? 0);
  };
  const request =
    ca === undefined
      ? http.request(url, options, answered)
      : https.request(url, { ...options, ca }, answered);
  request.on("error", reject).end(body);
  return promise;
}

/** Built by Go. */
const fakeGcsServer = ({ inFiles = false, tls = false }: FakeGcsOptions): Service => ({
  name: "fake-gcs-server",
  version: VERSION,
  readyPath: "/_internal/healthcheck",
  ...(tls ? { tlsCaFile: CERTIFICATE } : {}),
  async install(dir) {
    await buildByGo(`github.com/fsouza/fake-gcs-server@v${VERSION}`, dir, BUILD_LIMIT_MS);
  },
  async command({ dir, data, port }) {
    const address = `127.0.0.1:${port}`;
    const scheme = tls ? "https" : "http";
    if (tls) await makeCertificate(data, { certificate: CERTIFICATE, key: KEY });
    return {
      program: join(dir, "fake-gcs-server"),
      parameters: [
        ...(inFiles ? ["-backend=filesystem", `-filesystem-root=${data}`] : ["-backend=memory"]),
        `-scheme=${scheme}`,
        ...(tls
          ? [`-cert-location=${join(data, CERTIFICATE)}`, `-private-key-location=${join(data, KEY)}`]
          : []),
        "-host=127.0.0.1",
        `-port=${port}`,
        `-public-host=${address}`,
        `-external-url=${scheme}://${address}`,
        "-log-level=error",
      ],
    };
  },
});
