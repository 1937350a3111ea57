import { catalogName, type DbtManifest } from "@floe/core";
import { builtTables, loadedTables } from "../maintain/tables.ts";
import type { Product } from "../project/product.ts";

export interface ProductNamespaces {
  /** What the product builds its tables in, and holds. */
  own: readonly string[];
  /** What it only loads into, which several products may do. */
  others: readonly string[];
}

/** The catalog's namespaces that a product writes to, each once; none where its tables aren't in a catalog. */
export function namespacesOf(product: Product, manifest: DbtManifest): ProductNamespaces {
  const names = (tables: readonly { schema: string }[]): string[] => [
    ...new Set(tables.filter(({ schema }) => schema !== "").map(({ schema }) => catalogName([schema]))),
  ];
  const own = names(builtTables(product, manifest));
  return { own, others: names(loadedTables(product, manifest)).filter((name) => !own.includes(name)) };
}
