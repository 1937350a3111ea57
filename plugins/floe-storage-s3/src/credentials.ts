import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { PluginContext, SecretReference } from "@floe/core";
import type { S3Config } from "./config.ts";

type Credentials = NonNullable<S3ClientConfig["credentials"]>;

/** A key of S3 as references to secrets. */
export interface KeyReferences {
  accessKeyId: SecretReference;
  secretAccessKey: SecretReference;
  sessionToken?: SecretReference;
}

/**
 * The key that is named for floe: in the plugin's configuration, or by the manifest's
 * `connection_secret_ref`, a secret with the keys `access_key_id` and `secret_access_key`.
 */
export function namedKey(config: S3Config, context: PluginContext): KeyReferences | undefined {
  const { access_key_id, secret_access_key, session_token } = config;
  if (access_key_id !== undefined && secret_access_key !== undefined) {
    return {
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key,
      ...(session_token === undefined ? {} : { sessionToken: session_token }),
    };
  }
  const secret = context.connectionSecret;
  if (secret === undefined) return undefined;
  return {
    accessKeyId: { ...secret, key: "access_key_id" },
    secretAccessKey: { ...secret, key: "secret_access_key" },
  };
}

/** What the client signs with; undefined for AWS's own chain. Nothing is resolved before the first request. */
export function credentialsOf(config: S3Config, context: PluginContext): Credentials | undefined {
  const key = namedKey(config, context);
  const own = key && (async () => resolveKey(key, context));
  const { role_arn, region, profile } = config;
  if (role_arn === undefined) return own;
  let assumed: Exclude<Credentials, { accessKeyId: string }> | undefined;
  return async (properties) => {
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    assumed ??= fromTemporaryCredentials({
      params: { RoleArn: role_arn, RoleSessionName: "floe" },
      ...(own === undefined ? {} : { masterCredentials: own }),
      clientConfig: {
        ...(region === undefined ? {} : { region }),
        ...(profile === undefined ? {} : { profile }),
      },
    });
    return assumed(properties);
  };
}

async function resolveKey(
  { accessKeyId, secretAccessKey, sessionToken }: KeyReferences,
  context: PluginContext,
) {
  const [id, secret, token] = await Promise.all([
    context.secrets.resolve(accessKeyId),
    context.secrets.resolve(secretAccessKey),
    sessionToken && context.secrets.resolve(sessionToken),
  ]);
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(token === undefined ? {} : { sessionToken: token }),
  };
}
