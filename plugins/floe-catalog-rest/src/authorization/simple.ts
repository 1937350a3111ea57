import type { PluginContext, SecretReference } from "@floe/core";
import type { Authorizer } from "./authorizer.ts";

/** For a catalog that asks nobody who they are. */
export const noAuthorization: Authorizer = {
  authorize: async ({ headers }) => headers,
  renew: () => false,
  redact: (text) => text,
};

/** A token that somebody else keeps fresh. The host masks it wherever it shows up. */
export function bearerAuthorization(token: SecretReference, secrets: PluginContext["secrets"]): Authorizer {
  return {
    authorize: async ({ headers }) => ({
      ...headers,
      authorization: `Bearer ${await secrets.resolve(token)}`,
    }),
    renew: () => false,
    redact: (text) => text,
  };
}
