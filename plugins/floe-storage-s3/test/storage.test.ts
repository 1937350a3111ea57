import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SecretReference, secretEnvironmentVariable } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-storage-s3";
import { describe, expect, it, onTestFinished } from "vitest";

function open(config: object, connectionSecret?: SecretReference) {
  const dir = mkdtempSync(join(tmpdir(), "floe-s3-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "storage", name: "s3", dir, connectionSecret });
  return plugin.create(plugin.configSchema.parse({ bucket: "lake", ...config }), context);
}

describe("what others are told of the bucket", () => {
  it("is little for AWS itself: each finds credentials and region by AWS's own chain", () => {
    const storage = open({ prefix: "prod/warehouse" });
    expect(storage.getWarehouseUri("sales.orders")).toBe("s3://lake/prod/warehouse/sales/orders");
    expect(storage.getDbtProfileConfig()).toEqual({
      extensions: ["aws", "httpfs"],
      secrets: [
        { type: "s3", name: "floe_storage", scope: "s3://lake/prod/warehouse", provider: "credential_chain" },
      ],
    });
    expect(storage.getPyicebergProperties()).toEqual({
      "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
      "s3.connect-timeout": "5",
      "s3.request-timeout": "30",
    });
    expect(storage.getDagsterIoManagerConfig()).toEqual({
      s3_bucket: "lake",
      s3_prefix: "prod/warehouse/dagster",
    });
    expect(storage.getHelmValuesOverride()).toEqual({});
  });

  it("is a role, a profile, a region and an address where they are given", () => {
    const given = { role_arn: "arn:aws:iam::123456789012:role/lake", profile: "lake", region: "eu-west-1" };
    const storage = open({ ...given, endpoint: "https://vpce.example/s3" });
    expect(storage.getDbtProfileConfig()).toMatchObject({
      secrets: [
        {
          provider: "credential_chain",
          chain: "sts",
          assume_role_arn: given.role_arn,
          profile: "lake",
          region: "eu-west-1",
          endpoint: "vpce.example/s3",
          use_ssl: true,
          url_style: "vhost",
        },
      ],
    });
    expect(storage.getPyicebergProperties()).toMatchObject({
      "s3.region": "eu-west-1",
      "s3.endpoint": "https://vpce.example/s3",
      "s3.force-virtual-addressing": "true",
      "s3.role-arn": given.role_arn,
      "client.profile-name": "lake",
    });
  });

  it("names the variables of the manifest's connection secret, and no value", () => {
    const secret = { source: "kubernetes", name: "lake-key" } as const;
    const { secrets } = open({}, secret).getDbtProfileConfig() as { secrets: unknown[] };
    const variable = (key: string): string =>
      `{{ env_var('${secretEnvironmentVariable({ ...secret, key })}') }}`;
    expect(secrets).toEqual([
      {
        type: "s3",
        name: "floe_storage",
        scope: "s3://lake",
        provider: "config",
        key_id: variable("access_key_id"),
        secret: variable("secret_access_key"),
      },
    ]);
  });
});
