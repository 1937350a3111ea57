import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CatalogPlugin, completePlugin } from "@floe/core";
import { createTestContext } from "@floe/testkit";
import type { PolarisServer } from "@floe/tooling/polaris";
import plugin from "floe-catalog-polaris";
import { managementOf, type PolarisManagement } from "floe-catalog-polaris/management";
import { afterAll } from "vitest";

export const ID = { source: "env", name: "POLARIS_CLIENT_ID" } as const;
export const SECRET = { source: "env", name: "POLARIS_CLIENT_SECRET" } as const;

export interface Login {
  clientId: string;
  clientSecret: string;
}

/** The config for a test's Polaris, whose secrets are {@link secretsOf} a login. */
export const configOf = ({ url, realm }: PolarisServer) => ({
  uri: `${url}/api/catalog`,
  warehouse: "lake",
  realm,
  authorization: { type: "oauth2", client_id: ID, client_secret: SECRET },
});

export const secretsOf = ({ clientId, clientSecret }: Login) => ({
  [ID.name]: clientId,
  [SECRET.name]: clientSecret,
});

const dir = mkdtempSync(join(tmpdir(), "floe-polaris-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The plugin as somebody, and the management API behind it. */
export function polarisAs(
  login: Login,
  config: Record<string, unknown>,
): CatalogPlugin & { readonly management: PolarisManagement } {
  const context = createTestContext({ kind: "catalog", name: "polaris", dir, secrets: secretsOf(login) });
  const implementation = plugin.create(plugin.configSchema.parse(config), context);
  const identity = { name: "polaris", version: "0.0.0", floeApiVersion: "1.0" };
  const complete = completePlugin("catalog", identity, implementation);
  return new Proxy(complete as CatalogPlugin & { management: PolarisManagement }, {
    get: (target, key) => (key === "management" ? managementOf(target) : Reflect.get(target, key)),
  });
}
