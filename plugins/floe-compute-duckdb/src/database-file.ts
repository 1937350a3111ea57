import { relative, resolve, sep } from "node:path";
import type { ComputeConfig } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";

export const IN_MEMORY = ":memory:";
const DEFAULT_PATH = ".floe/{product_slug}.duckdb";

/** The product's name as an identifier: what `{product_slug}` stands for, and the database's name in SQL. */
export function productSlug(productName: string): string {
  return productName.replace(/[^A-Za-z0-9_]/g, "_").replace(/^_+|_+$/g, "") || "floe";
}

/** The configured path for a product, as it is written: relative where it is relative. */
export function configuredPath({ path }: DuckDbConfig, { productName, catalog }: ComputeConfig): string {
  // With a catalog no table is in the file; it would only be one more thing that a process can lock.
  const pattern = path ?? (catalog === undefined ? DEFAULT_PATH : IN_MEMORY);
  return pattern.replaceAll("{product_slug}", productSlug(productName));
}

/** The database file, absolute; or `:memory:`. */
export function databaseFile(config: DuckDbConfig, compute: ComputeConfig): string {
  const path = configuredPath(config, compute);
  return path === IN_MEMORY ? path : resolve(compute.projectDir, path);
}

/** Whether a folder is the product's own, so that it may be made. Another one that is missing is a mistake. */
export function isWithin(projectDir: string, folder: string): boolean {
  const inner = relative(projectDir, folder);
  return inner !== ".." && !inner.startsWith(`..${sep}`) && resolve(projectDir, inner) === resolve(folder);
}

/** The folder behind a warehouse's `file://` address; undefined for one elsewhere. */
export function localFolder(warehouseUri: string): string | undefined {
  return warehouseUri.startsWith("file://") ? warehouseUri.slice("file://".length) : undefined;
}
