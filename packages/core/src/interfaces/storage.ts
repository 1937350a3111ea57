import type { FileIO } from "./file-io.ts";
import type { JsonObject, Plugin } from "./plugin.ts";

/** A storage backend, in the pattern of PyIceberg's FileIO. Entry points: `floe.storage`. */
export interface StoragePlugin extends Plugin {
  /**
   * File access for TypeScript. Cheap: connects at first use.
   *
   * Replaces the specification's `get_pyiceberg_fileio`, whose result is a Python object that can't cross
   * languages. The two halves of what it was for are this and {@link getPyicebergProperties}.
   */
  getFileIO(): FileIO;

  /**
   * Properties with which a Python process opens the same storage: `load_file_io(properties)`. With
   * `py-io-impl` where PyIceberg couldn't guess it. Credentials don't stand here: the process finds them as
   * users of that storage know it (environment, profile, workload identity).
   *
   * @see https://py.iceberg.apache.org/configuration/#fileio
   */
  getPyicebergProperties(): Readonly<Record<string, string>>;

  /**
   * Further such properties where the manifest names a credential, with `{{ env_var('NAME') }}` in place of
   * each secret, as in dbt's profiles. Absent, or without a property, where it names none, or where PyIceberg
   * can't be told of that kind. Pure. No secret.
   */
  getPyicebergSecrets?(): Readonly<Record<string, string>>;

  /**
   * Where a namespace's tables lie: `s3://bucket/warehouse/bronze`. No slash at the end. Levels of a
   * dotted namespace become folders. An empty namespace is the warehouse itself.
   *
   * @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE` for a namespace with `..`, a slash or a backslash.
   */
  getWarehouseUri(namespace: string): string;

  /** What the engine's dbt output needs to reach the storage; merged in by the compute plugin. No secret. */
  getDbtProfileConfig(): JsonObject;

  /** Configuration of a Dagster IOManager on this storage. No secret. */
  getDagsterIoManagerConfig(): JsonObject;

  /** Helm values that deploy the storage; `{}` where it is external, as the clouds are. */
  getHelmValuesOverride(): JsonObject;
}
