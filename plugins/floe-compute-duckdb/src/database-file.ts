import { resolve } from "node:path";
import type { ComputeConfig } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";

export const IN_MEMORY = ":memory:";

/** The product's name as an identifier: what `{product_slug}` stands for, and the database's name in SQL. */
export function productSlug(productName: string): string {
  return productName.replace(/[^A-Za-z0-9_]/g, "_").replace(/^_+|_+$/g, "") || "floe";
}

/** The configured path for a product, as it is written: relative where it is relative. */
export function configuredPath({ path }: DuckDbConfig, { productName }: ComputeConfig): string {
  return path.replaceAll("{product_slug}", productSlug(productName));
}

/** The database file, absolute; or `:memory:`. */
export function databaseFile(config: DuckDbConfig, compute: ComputeConfig): string {
  const path = configuredPath(config, compute);
  return path === IN_MEMORY ? path : resolve(compute.projectDir, path);
}
