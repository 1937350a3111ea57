import type { SecretReference } from "@floe/core";
import type { GcsConfig } from "./config.ts";

/**
 * Properties with which PyIceberg opens the bucket. PyArrow, its own choice for `gs://`, signs in by application
 * default credentials. It can't go without any, nor have the requester billed, and takes a token only with the
 * time when it expires; gcsfs can.
 *
 * @see https://py.iceberg.apache.org/configuration/#google-cloud-storage
 */
export function pyicebergProperties(config: GcsConfig): Record<string, string> {
  const { project, endpoint, user_project, anonymous, access_token } = config;
  return {
    "py-io-impl":
      anonymous || user_project !== undefined || access_token !== undefined
        ? "pyiceberg.io.fsspec.FsspecFileIO"
        : "pyiceberg.io.pyarrow.PyArrowFileIO",
    ...(project === undefined ? {} : { "gcs.project-id": project }),
    ...(endpoint === undefined ? {} : { "gcs.service.host": endpoint.replace(/\/+$/, "") }),
    ...(user_project === undefined ? {} : { "gcs.requester-pays": "true" }),
  };
}

/** The token that the manifest names, by the environment variable that it stands in. */
export function pyicebergSecrets(
  { access_token }: GcsConfig,
  variableOf: (reference: SecretReference) => string,
): Record<string, string> {
  if (access_token === undefined) return {};
  return { "gcs.oauth2.token": `{{ env_var('${variableOf(access_token)}') }}` };
}
