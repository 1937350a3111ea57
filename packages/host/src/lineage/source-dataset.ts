import { resolve } from "node:path";
import { type DatasetName, fileDataset, gcsDataset, type IngestionSource, s3Dataset } from "@floe/core";

/** What a source reads, by OpenLineage's naming: a file or folder, an object store's prefix, an API's resource. */
export function sourceDataset(source: IngestionSource, projectDir: string): DatasetName {
  const address = source.sourceType === "rest" ? source.url : source.path;
  const [, scheme, authority = "", path = ""] = /^([a-z][a-z0-9+.-]+):\/\/([^/]*)(.*)$/i.exec(address) ?? [];
  if (scheme === undefined) return fileDataset(resolve(projectDir, withoutGlob(address)));
  if (scheme === "file") return fileDataset(withoutGlob(path));
  if (scheme === "s3" || scheme === "s3a") return s3Dataset(authority, withoutGlob(path));
  if (scheme === "gs") return gcsDataset(authority, withoutGlob(path));
  return { namespace: `${scheme}://${authority}`, name: withoutGlob(path.replace(/[?#].*$/, "")) || "/" };
}

/** The folder above the first wildcard: a glob is a set of files, and a dataset has one name. */
function withoutGlob(path: string): string {
  const at = path.search(/[*?[]/);
  return at === -1 ? path : path.slice(0, path.lastIndexOf("/", at) + 1) || ".";
}
