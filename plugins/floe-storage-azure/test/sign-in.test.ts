import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestContext } from "@floe/testkit/check";
import { AZURITE_START_LIMIT_MS, type RunningAzurite, requireAzurite } from "@floe/tooling/azurite";
import plugin from "floe-storage-azure";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), "floe-azure-"));
const LOCATION = "abfss://lake@floe.dfs.core.windows.net/x";
let server: RunningAzurite | { missing: string } = { missing: "not started" };

beforeAll(async () => {
  server = await requireAzurite({ tls: true });
  if ("missing" in server) return;
  await server.makeContainer("lake");
  writeFileSync(join(dir, "ca.pem"), server.ca ?? "");
}, AZURITE_START_LIMIT_MS);

afterAll(async () => {
  if (!("missing" in server)) await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** In a process of its own: the chain and the certificate authority are those of the environment. */
async function wrote(endpoint: string, more: object, env: Record<string, string>): Promise<unknown> {
  const config = { account: "floe", container: "lake", endpoint, ...more };
  const program = `
    const { default: plugin } = await import(${JSON.stringify(import.meta.resolve("floe-storage-azure"))});
    const context = {
      paths: { projectDir: "/" },
      signal: new AbortController().signal,
      secrets: { resolve: async ({ name }) => process.env[name] },
    };
    const storage = plugin.create(plugin.configSchema.parse(${JSON.stringify(config)}), context);
    const output = storage.getFileIO().newOutput(${JSON.stringify(LOCATION)});
    await output.write(new TextEncoder().encode("written"), { overwrite: true }).then(
      async () => console.log(JSON.stringify(new TextDecoder().decode(await output.toInputFile().read()))),
      (error) => console.log(JSON.stringify(error)),
    );`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: process.env.PATH, HOME: dir, NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"), ...env },
  });
  return JSON.parse(stdout);
}

/** A token as Entra would sign it; Azurite looks at what it says and not at its signature. */
function token(expiresOn: number): string {
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
    nbf: expiresOn - 7200,
    iat: expiresOn - 7200,
    exp: expiresOn,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** The token endpoint that a machine of Azure's App Service has, by which managed identities sign in. */
async function identityEndpoint(expiresOn: number): Promise<Record<string, string>> {
  const listener = createServer((request, response) => {
    const known = request.headers["x-identity-header"] === "known";
    response.writeHead(known ? 200 : 400, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        access_token: token(expiresOn),
        // What the token says may be wrong; what comes with it decides whether the client asks again.
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
        resource: "https://storage.azure.com",
        token_type: "Bearer",
      }),
    );
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  const { port } = listener.address() as AddressInfo;
  return { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IDENTITY_HEADER: "known" };
}

describe("Azure's own chain", { timeout: 60_000 }, () => {
  const now = (): number => Math.floor(Date.now() / 1000);

  it("is used without any secret: a managed identity's token opens the container", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    expect(await wrote(server.endpoint, {}, await identityEndpoint(now() + 3600))).toBe("written");
  });

  it("whose token has expired is refused in words", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    expect(await wrote(server.endpoint, {}, await identityEndpoint(now() - 3600))).toMatchObject({
      code: "CONNECTION.UNAUTHORIZED",
    });
  });

  it("isn't sent over plain http", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    const plain = server.endpoint.replace("https:", "http:");
    expect(await wrote(plain, {}, await identityEndpoint(now() + 3600))).toMatchObject({
      code: "CONNECTION.FAILED",
      why: "Its address isn't https.",
    });
  });

  it("that ends without a token is told in words", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    const outside = { IDENTITY_ENDPOINT: "http://127.0.0.1:9/token", IDENTITY_HEADER: "unknown" };
    expect(await wrote(server.endpoint, {}, outside)).toMatchObject({
      code: "CONNECTION.UNAUTHORIZED",
      next: expect.arrayContaining(["az login"]),
    });
  });
});

describe("a secret", { timeout: 60_000 }, () => {
  it("may be a key, a signature with or without its question mark, or a connection string", async ({
    skip,
  }) => {
    if ("missing" in server) return skip(server.missing);
    const sas = await server.sas("lake", "racwd");
    const values = {
      account_key: [server.account.key],
      sas_token: [sas, `?${sas}`],
      connection_string: [server.connectionString],
    };
    for (const [option, secrets] of Object.entries(values)) {
      for (const value of secrets) {
        const more = { [option]: { source: "env", name: "LAKE_SECRET" } };
        expect(await wrote(server.endpoint, more, { LAKE_SECRET: value }), option).toBe("written");
      }
    }
  });

  it("that isn't one, or is another account's, is told without quoting it", async () => {
    for (const value of [
      "my-secret-text",
      "AccountName=other;AccountKey=bXktc2VjcmV0LXRleHQ=;EndpointSuffix=x.y",
    ]) {
      const context = createTestContext({ kind: "storage", name: "azure", dir, secrets: { LAKE: value } });
      const config = plugin.configSchema.parse({
        account: "floe",
        container: "lake",
        connection_string: { source: "env", name: "LAKE" },
      });
      const input = plugin.create(config, context).getFileIO().newInput(LOCATION);
      const error = await input.length().then(
        () => expect.unreachable(),
        (reason: unknown) => reason as { code: string },
      );
      expect(error.code).toBe("CONNECTION.UNAUTHORIZED");
      expect(JSON.stringify(error)).not.toMatch(/my-secret-text|bXktc2VjcmV0LXRleHQ/);
    }
  });
});
