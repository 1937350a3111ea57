import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestContext, type TestContextOptions } from "@floe/testkit/check";
import { serviceAccountKey } from "@floe/tooling/gcs-server";
import plugin from "floe-storage-gcs";
import { expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);

/** Answers as Cloud Storage does for an object of one byte, and keeps how it was asked. */
async function server(): Promise<{ url: string; dir: string; authorizations: (string | undefined)[] }> {
  const authorizations: (string | undefined)[] = [];
  const listener = createServer(async (request: IncomingMessage, response) => {
    const json = (body: object): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    // Google's token exchange for workload identity federation.
    if (request.url === "/token") {
      const subject = new URLSearchParams(body).get("subject_token");
      return json({
        access_token: `exchanged-${subject}`,
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 3600,
      });
    }
    authorizations.push(request.headers.authorization);
    json({ size: "1" });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const dir = mkdtempSync(join(tmpdir(), "floe-gcs-"));
  onTestFinished(() => {
    listener.close();
    listener.closeAllConnections();
    rmSync(dir, { recursive: true, force: true });
  });
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, dir, authorizations };
}

const claimsOf = (authorization: string | undefined): Record<string, unknown> => {
  const [, payload = ""] = authorization?.replace(/^Bearer /, "").split(".") ?? [];
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
};

function length(endpoint: string, dir: string, more: object, options: Partial<TestContextOptions> = {}) {
  const context = createTestContext({ kind: "storage", name: "gcs", dir, ...options });
  const config = plugin.configSchema.parse({ bucket: "lake", endpoint, ...more });
  return plugin.create(config, context).getFileIO().newInput("gs://lake/x").length();
}

const env = (name: string) => ({ source: "env" as const, name });

it("a key's account signs its own tokens, whether it is in a file, a secret or the manifest's secret", async () => {
  const { url, dir, authorizations } = await server();
  writeFileSync(join(dir, "key.json"), serviceAccountKey());
  const secrets = { LAKE_KEY: serviceAccountKey() };
  await length(url, dir, { credentials_file: "key.json" });
  await length(url, dir, { credentials: env("LAKE_KEY") }, { secrets });
  await length(url, dir, {}, { secrets, connectionSecret: env("LAKE_KEY") });
  expect(authorizations).toHaveLength(3);
  for (const authorization of authorizations) {
    expect(claimsOf(authorization)).toMatchObject({
      iss: "floe@test.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/devstorage.read_write",
    });
  }
});

it("a token is sent as it is, and nothing where there should be nothing", async () => {
  const { url, dir, authorizations } = await server();
  await length(url, dir, { access_token: env("TOKEN") }, { secrets: { TOKEN: "short-lived-token\n" } });
  await length(url, dir, { anonymous: true });
  expect(authorizations).toEqual(["Bearer short-lived-token", undefined]);
});

it("workload identity federation exchanges its token", async () => {
  const { url, dir, authorizations } = await server();
  writeFileSync(join(dir, "subject"), "token-of-the-pod");
  const federation = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${url}/token`,
    credential_source: { file: join(dir, "subject") },
  };
  writeFileSync(join(dir, "federation.json"), JSON.stringify(federation));
  await length(url, dir, { credentials_file: "federation.json" });
  expect(authorizations).toEqual(["Bearer exchanged-token-of-the-pod"]);
});

it("application default credentials are those of the environment, or are told to be missing", async () => {
  const { url, dir, authorizations } = await server();
  const file = join(dir, "key.json");
  writeFileSync(file, serviceAccountKey());
  // In a process of its own: the chain reads the environment of the whole process.
  const program = `
    const { default: plugin } = await import(${JSON.stringify(import.meta.resolve("floe-storage-gcs"))});
    const context = { paths: { projectDir: "/" }, signal: new AbortController().signal };
    const storage = plugin.create(plugin.configSchema.parse({ bucket: "lake", endpoint: "${url}" }), context);
    await storage.getFileIO().newInput("gs://lake/x").length().then(console.log, (error) => {
      console.log(JSON.stringify(error));
    });`;
  const answer = async (more: Record<string, string>): Promise<unknown> => {
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
      env: { PATH: process.env.PATH, HOME: dir, METADATA_SERVER_DETECTION: "none", ...more },
    });
    return JSON.parse(stdout);
  };
  expect(await answer({ GOOGLE_APPLICATION_CREDENTIALS: file })).toBe(1);
  expect(claimsOf(authorizations[0])).toMatchObject({ iss: "floe@test.iam.gserviceaccount.com" });
  expect(await answer({})).toMatchObject({
    code: "CONNECTION.UNAUTHORIZED",
    next: expect.arrayContaining(["gcloud auth application-default login"]),
  });
});

it("what isn't a credential is told without quoting it", async () => {
  const { url, dir } = await server();
  writeFileSync(join(dir, "key.json"), "my-secret-text");
  const broken = { LAKE_KEY: JSON.stringify({ type: "service_account", private_key: "my-secret-text" }) };
  for (const attempt of [
    () => length(url, dir, { credentials_file: "key.json" }),
    () => length(url, dir, { credentials: env("LAKE_KEY") }, { secrets: broken }),
    () => length(url, dir, { credentials: env("LAKE_KEY") }, { secrets: { LAKE_KEY: "my-secret-text" } }),
  ]) {
    const error = await attempt().then(
      () => expect.unreachable(),
      (reason: unknown) => reason as { code: string },
    );
    expect(error.code).toBe("CONNECTION.UNAUTHORIZED");
    expect(JSON.stringify(error)).not.toContain("my-secret-text");
  }
  await expect(length(url, dir, { credentials_file: "no-such-file.json" })).rejects.toMatchObject({
    code: "CONFIG.UNREADABLE",
  });
});
