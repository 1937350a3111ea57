import { type CatalogAuthorization, FloeError, type PluginContext, type SecretReference } from "@floe/core";
import type { AuthorizationConfig } from "../config.ts";
import type { Authorizer } from "./authorizer.ts";
import { oauth2Authorization } from "./oauth2.ts";
import { sigv4Authorization } from "./sigv4.ts";
import { bearerAuthorization, noAuthorization } from "./simple.ts";

/** What Iceberg's own clients ask for where nothing else is set. */
const DEFAULT_SCOPE = "catalog";

/**
 * The authorization as other systems are told of it, its secrets being references.
 *
 * @throws FloeError `PLUGIN.INVALID_CONFIG` where a secret is neither in the config nor in the manifest's
 * `connection_secret_ref`.
 */
export function catalogAuthorization(
  config: AuthorizationConfig,
  connectionSecret: SecretReference | undefined,
): CatalogAuthorization {
  const reference = (given: SecretReference | undefined, key: string): SecretReference => {
    if (given !== undefined) return given;
    if (connectionSecret !== undefined) return { ...connectionSecret, key };
    throw new FloeError("PLUGIN.INVALID_CONFIG", `The catalog's authorization has no ${key}.`, {
      next: [`Set authorization.${key}, or connection_secret_ref beside config.`],
    });
  };
  switch (config.type) {
    case "none":
      return { type: "none" };
    case "bearer":
      return { type: "bearer", token: reference(config.token, "token") };
    case "oauth2":
      return {
        type: "oauth2",
        clientId: reference(config.client_id, "client_id"),
        clientSecret: reference(config.client_secret, "client_secret"),
        ...(config.server_uri === undefined ? {} : { serverUri: config.server_uri }),
        ...(config.scope === undefined ? {} : { scope: config.scope }),
      };
    case "sigv4":
      return { type: "sigv4", region: config.region, service: config.service };
  }
}

export interface AuthorizerOptions {
  /** The catalog's base URL. */
  uri: string;
  authorization: AuthorizationConfig;
  /** Further headers of all requests to the catalog. */
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** In place of the configured scope. */
  scope?: string | undefined;
}

/** What authorizes requests by this config. Nothing is resolved or sent before the first request. */
export function authorizerFor(
  { uri, authorization, headers, timeoutMs, scope }: AuthorizerOptions,
  context: PluginContext,
): Authorizer {
  const told = catalogAuthorization(authorization, context.connectionSecret);
  switch (told.type) {
    case "none":
      return noAuthorization;
    case "bearer":
      return bearerAuthorization(told.token, context.secrets);
    case "sigv4":
      return sigv4Authorization(told.region, told.service);
    case "oauth2": {
      const { audience, resource } = authorization as Extract<AuthorizationConfig, { type: "oauth2" }>;
      return oauth2Authorization(
        {
          clientId: told.clientId,
          clientSecret: told.clientSecret,
          serverUri: told.serverUri ?? `${uri.replace(/\/+$/, "")}/v1/oauth/tokens`,
          scope: scope ?? told.scope ?? DEFAULT_SCOPE,
          parameters: {
            ...(audience === undefined ? {} : { audience }),
            ...(resource === undefined ? {} : { resource }),
          },
          // Somebody else's token service has no use for the catalog's headers.
          headers: told.serverUri === undefined ? headers : {},
          timeoutMs,
        },
        context,
      );
    }
  }
}
