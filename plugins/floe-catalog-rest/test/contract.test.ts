import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCatalogPlugin } from "@floe/testkit";
import { icebergRest } from "@floe/tooling/iceberg-rest";
import { requireNessie } from "@floe/tooling/nessie";
import { requireService } from "@floe/tooling/service";
import plugin from "floe-catalog-rest";
import { afterAll } from "vitest";
import { testSigv4 } from "./sigv4.ts";
import { testVending } from "./vending.ts";

const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const fixture = await requireService(icebergRest({ path: folder }));
const nessie = await requireNessie();
afterAll(async () => {
  if ("url" in fixture) await fixture[Symbol.asyncDispose]();
  if ("uri" in nessie) await nessie[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

if ("uri" in nessie) {
  testVending(nessie);
  testSigv4(nessie.minio);
}

const KEY = { source: "env", name: "CATALOG_KEY" } as const;
const common = {
  plugin,
  invalidConfigs: [
    { uri: "http://catalog:8181" },
    { warehouse: "lake" },
    { uri: "catalog:8181", warehouse: "lake" },
    { uri: "http://catalog:8181", warehouse: "lake", name: "my-lake" },
    { uri: "http://catalog:8181", warehouse: "lake", authorization: { type: "basic" } },
    { uri: "http://catalog:8181", warehouse: "lake", authorization: { type: "sigv4" } },
    { uri: "http://catalog:8181", warehouse: "lake", authorization: { type: "bearer", token: "plain" } },
  ],
  packageJson: new URL("../package.json", import.meta.url),
};

testCatalogPlugin({
  ...common,
  config: {
    uri: "uri" in nessie ? nessie.uri : "http://catalog:8181",
    warehouse: "warehouse",
    // Three to a page, so that every list has several.
    properties: { "rest-page-size": "3" },
  },
  // Nessie reads `#` and `@` in a table's name as a time and a branch.
  specialNames: ["with space", "dot.ted", "ünïcödé 漢字", "100%25+&?=", 'quo"ted', "it's"],
  unreachable: ({ url }) => ({
    uri: url,
    warehouse: "lake",
    timeout_seconds: 3,
    authorization: { type: "oauth2", client_id: KEY, client_secret: KEY },
  }),
  ...("uri" in nessie ? {} : { offline: nessie.missing }),
});

testCatalogPlugin({
  ...common,
  config: { uri: "url" in fixture ? fixture.url : "http://catalog:8181", warehouse: "lake" },
  // Its catalog keeps a namespace as one text, its levels separated by dots.
  specialNames: ["with space", "ünïcödé 漢字", "100%25+#&?=", 'quo"ted', "it's"],
  noServer: "The suite above asks dead servers.",
  skip: { "catalog.racing": "Its catalog in SQLite tells some that lose a race nothing but 500." },
  ...("url" in fixture ? {} : { offline: fixture.missing }),
});
