import type { GcsConfig } from "./config.ts";

/**
 * Properties with which PyIceberg opens the bucket. PyArrow, its own choice for `gs://`, signs in by application
 * default credentials. It can't go without any, nor have the requester billed; gcsfs can.
 *
 * @see https://py.iceberg.apache.org/configuration/#google-cloud-storage
 */
export function pyicebergProperties(config: GcsConfig): Record<string, string> {
  const { project, endpoint, user_project, anonymous } = config;
  return {
    "py-io-impl":
      anonymous || user_project !== undefined
        ? "pyiceberg.io.fsspec.FsspecFileIO"
        : "pyiceberg.io.pyarrow.PyArrowFileIO",
    ...(project === undefined ? {} : { "gcs.project-id": project }),
    ...(endpoint === undefined ? {} : { "gcs.service.host": endpoint.replace(/\/+$/, "") }),
    ...(user_project === undefined ? {} : { "gcs.requester-pays": "true" }),
  };
}
