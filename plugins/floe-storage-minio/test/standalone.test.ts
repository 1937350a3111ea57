import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretReference } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { createTestContext } from "@floe/testkit/check";
import { MINIO_START_LIMIT_MS, requireMinio } from "@floe/tooling/minio";
import plugin from "floe-storage-minio";
import { describe, expect, it, onTestFinished } from "vitest";

const KUBERNETES = join(import.meta.dirname, "kubernetes");

function open(
  config: object,
  options: { secrets?: Record<string, string>; connectionSecret?: SecretReference } = {},
) {
  const dir = mkdtempSync(join(tmpdir(), "floe-minio-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "storage", name: "minio", dir, ...options });
  return plugin.create(plugin.configSchema.parse({ bucket: "lake", ...config }), context);
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON
const objectsOf = (config: object, options = {}): any[] =>
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  (open(config, options).getHelmValuesOverride() as any).objects;

const connectionSecret = { source: "kubernetes", name: "lake-root" } as const;

describe("the values of the chart", () => {
  it("are objects that Kubernetes' API takes, and it refuses wrong ones", { timeout: 120_000 }, async () => {
    const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
    const { python } = await runtime.environment({ requirements: join(KUBERNETES, "requirements.txt") });
    const validate = (objects: unknown): string =>
      execFileSync(python, [join(KUBERNETES, "validate.py")], {
        input: JSON.stringify(objects),
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"],
      });
    validate([
      ...objectsOf({ endpoint: "http://minio:9000" }, { connectionSecret }),
      ...objectsOf({
        endpoint: "https://store.lake.svc.cluster.local",
        deployment: { storage_class: "fast", storage_size: "1.5Ti", tls_secret: "store-tls" },
      }),
    ]);
    const [service, set] = objectsOf({ endpoint: "http://minio:9000" });
    expect(() => validate([{ ...service, spec: { ...service.spec, port: 9000 } }])).toThrow();
    expect(() => validate([{ ...set, spec: { ...set.spec, replicas: "1" } }])).toThrow();
  });

  it("put the server where the endpoint says, with the key that floe connects with", () => {
    const [service, set] = objectsOf({ endpoint: "http://store.lake.svc:9100" }, { connectionSecret });
    expect(service.metadata.name).toBe("store");
    expect(service.spec.ports).toEqual([{ name: "http", port: 9100, targetPort: "s3" }]);
    expect(service.spec.selector).toEqual(set.spec.template.metadata.labels);
    const [server] = set.spec.template.spec.containers;
    expect(server.env.slice(0, 2)).toEqual([
      { name: "MINIO_ROOT_USER", valueFrom: { secretKeyRef: { name: "lake-root", key: "access_key_id" } } },
      {
        name: "MINIO_ROOT_PASSWORD",
        valueFrom: { secretKeyRef: { name: "lake-root", key: "secret_access_key" } },
      },
    ]);
    const [own] = objectsOf({
      endpoint: "https://10.0.0.7",
      access_key_id: { source: "env", name: "KEY" },
      secret_access_key: { source: "env", name: "SECRET" },
    });
    expect(own).toMatchObject({
      metadata: { name: "minio" },
      spec: { ports: [{ name: "https", port: 443 }] },
    });
  });

  it("are empty where the server is there already", () => {
    const there = open({ endpoint: "https://s3.example", deployment: { enabled: false } });
    expect(there.getHelmValuesOverride()).toEqual({});
  });

  it("make the bucket as a folder, and that is what MinIO takes for one", {
    timeout: MINIO_START_LIMIT_MS,
  }, async ({ skip }) => {
    const [, set] = objectsOf({ endpoint: "http://minio:9000" });
    expect(set.spec.template.spec.initContainers[0].command).toEqual(["mkdir", "-p", "/data/lake"]);
    const started = await requireMinio({ folders: ["lake"] });
    if ("missing" in started) return skip(started.missing);
    await using minio = started;
    const storage = open(
      {
        endpoint: minio.url,
        region: minio.region,
        access_key_id: { source: "env", name: "KEY" },
        secret_access_key: { source: "env", name: "SECRET" },
      },
      { secrets: { KEY: minio.credentials.accessKeyId, SECRET: minio.credentials.secretAccessKey } },
    );
    const output = storage.getFileIO().newOutput("s3://lake/x");
    await output.write(new TextEncoder().encode("there"));
    expect(new TextDecoder().decode(await output.toInputFile().read())).toBe("there");
  });
});
