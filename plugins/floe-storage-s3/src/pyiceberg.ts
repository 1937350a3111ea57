import type { SecretReference } from "@floe/core";
import type { S3Config } from "./config.ts";
import type { KeyReferences } from "./credentials.ts";

/** @see https://py.iceberg.apache.org/configuration/#s3 */
export function pyicebergProperties(config: S3Config): Record<string, string> {
  const { region, endpoint, path_style, profile, role_arn, ca_file } = config;
  return {
    // PyArrow can be told neither of a profile nor of an authority; boto knows both.
    "py-io-impl":
      profile === undefined && ca_file === undefined
        ? "pyiceberg.io.pyarrow.PyArrowFileIO"
        : "pyiceberg.io.fsspec.FsspecFileIO",
    ...(region === undefined ? {} : { "s3.region": region }),
    ...(endpoint === undefined ? {} : { "s3.endpoint": endpoint }),
    // Unlike the SDKs, PyArrow puts the bucket into the path wherever it is given an endpoint.
    ...(endpoint === undefined || path_style ? {} : { "s3.force-virtual-addressing": "true" }),
    ...(profile === undefined ? {} : { "client.profile-name": profile }),
    ...(role_arn === undefined ? {} : { "s3.role-arn": role_arn, "s3.role-session-name": "floe" }),
    "s3.connect-timeout": String(config.connect_timeout_seconds),
    "s3.request-timeout": String(config.read_timeout_seconds),
  };
}

/** The key that is named for floe, by the environment variables that it stands in. */
export function pyicebergSecrets(
  key: KeyReferences | undefined,
  variableOf: (reference: SecretReference) => string,
): Record<string, string> {
  if (key === undefined) return {};
  const env = (reference: SecretReference): string => `{{ env_var('${variableOf(reference)}') }}`;
  return {
    "s3.access-key-id": env(key.accessKeyId),
    "s3.secret-access-key": env(key.secretAccessKey),
    ...(key.sessionToken === undefined ? {} : { "s3.session-token": env(key.sessionToken) }),
  };
}
