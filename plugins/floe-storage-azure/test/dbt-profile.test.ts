import { tmpdir } from "node:os";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-storage-azure";
import { expect, it } from "vitest";

const secret = { source: "env", name: "LAKE_SECRET" };
const LAKE = { account: "floe", container: "lake", dfs_endpoint: "https://lake.internal/" };

it.each([
  [
    { account_key: secret },
    /AccountKey=\{\{ env_var\('LAKE_SECRET'\) \}\}.*;DfsEndpoint=https:\/\/lake\.internal$/,
  ],
  [{ sas_token: secret }, /;DfsEndpoint=https:\/\/lake\.internal;SharedAccessSignature=/],
])("DuckDB is told where the Data Lake API is, with %j", (way, expected) => {
  const context = createTestContext({ kind: "storage", name: "azure", dir: tmpdir() });
  const { secrets } = plugin
    .create(plugin.configSchema.parse({ ...LAKE, ...way }), context)
    .getDbtProfileConfig();
  for (const { connection_string } of secrets as { connection_string: string }[])
    expect(connection_string).toMatch(expected);
});

it("a Data Lake address that nothing would be told of is refused", () => {
  const { error } = plugin.configSchema.safeParse({ ...LAKE, connection_string: secret });
  expect(error?.issues).toMatchObject([
    { path: ["dfs_endpoint"], message: expect.stringContaining("account_key or sas_token") },
  ]);
});
