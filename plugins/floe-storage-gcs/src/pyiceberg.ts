import type { GcsConfig } from "./config.ts";

/**
 * Properties with which PyIceberg opens the bucket. PyArrow, its first choice for `gs://`, signs in by
 * application default credentials; it can't do without a credential, nor in another's name, which fsspec can.
 *
 * @see https://py.iceberg.apache.org/configuration/#google-cloud-storage
 */
export function pyicebergProperties(config: GcsConfig): Record<string, string> {
  const { project, endpoint } = config;
  return {
    "py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO",
    ...(project === undefined ? {} : { "gcs.project-id": project }),
    ...(endpoint === undefined ? {} : { "gcs.service.host": endpoint.replace(/\/+$/, "") }),
    ...(config.user_project === undefined ? {} : { "gcs.requester-pays": "true" }),
  };
}
