import {
  type Catalog,
  type CatalogPlugin,
  type ClaimVerdict,
  claimProperties,
  claimRefusal,
  type DbtManifest,
  FloeError,
  isFloeError,
  judgeClaim,
  type ProductIdentity,
} from "@floe/core";
import type { Product } from "../project/product.ts";
import { namespacesOf, type ProductNamespaces } from "./namespaces.ts";
import { type Identifiable, productIdentity } from "./product-identity.ts";

/** How a namespace stands to a product. `missing`: it isn't there yet. */
export interface NamespaceClaim {
  namespace: string;
  verdict: ClaimVerdict | { state: "missing" };
}

/**
 * Claims the namespaces that a product builds its tables in, before anything is written to them, and refuses
 * to go on where another product, or the same one in another repository, holds one.
 *
 * @returns Warnings: a namespace that the credential may use and not mark.
 * @throws FloeError `CATALOG.CLAIMED`, `CATALOG.*`, `CONNECTION.*`.
 */
export async function claimNamespaces(product: Product, manifest: DbtManifest): Promise<FloeError[]> {
  const plugin = product.plugins.get("catalog");
  const { own, others } = namespacesOf(product, manifest);
  if (plugin === undefined || own.length + others.length === 0) return [];
  const identity = await productIdentity(product);
  const catalog = await plugin.connect();
  // All are looked at before one is claimed: a run that is refused leaves nothing.
  const found = await Promise.all(
    [...own, ...others].map(
      async (namespace) => [namespace, await look(catalog, namespace, identity)] as const,
    ),
  );
  for (const [namespace, verdict] of found) refuseTaken(namespace, verdict, identity);
  const warnings: FloeError[] = [];
  for (const [namespace, verdict] of found.slice(0, own.length)) {
    if (verdict.state === "held" && !verdict.stale) continue;
    try {
      await claim(plugin, catalog, namespace, verdict.state, identity);
      if (verdict.state !== "held")
        product.project.logger.info(`The product ${identity.id} now holds the namespace ${namespace}.`);
    } catch (error) {
      if (!isFloeError(error) || error.code !== "CATALOG.FORBIDDEN") throw error;
      warnings.push(notMarked(namespace, error));
    }
  }
  return warnings;
}

/** How the namespaces of a product stand to it; claims none. @throws As {@link claimNamespaces}. */
export async function namespaceClaims(
  product: Identifiable & Pick<Product, "plugins">,
  namespaces: ProductNamespaces,
): Promise<NamespaceClaim[]> {
  const plugin = product.plugins.get("catalog");
  const all = [...namespaces.own, ...namespaces.others];
  if (plugin === undefined || all.length === 0) return [];
  const identity = await productIdentity(product);
  const catalog = await plugin.connect();
  return Promise.all(
    all.map(async (namespace) => ({
      namespace,
      verdict: await look(catalog, namespace, identity),
    })),
  );
}

async function look(
  catalog: Catalog,
  namespace: string,
  identity: ProductIdentity,
): Promise<NamespaceClaim["verdict"]> {
  try {
    return judgeClaim(await catalog.loadNamespaceProperties(namespace), identity);
  } catch (error) {
    if (isFloeError(error) && error.code === "CATALOG.NOT_FOUND") return { state: "missing" };
    throw error;
  }
}

/**
 * Of several that create a namespace one wins, for the claim comes with it. One that is there already is
 * marked and read again: who was overwritten sees it, unless the other comes later still.
 */
async function claim(
  plugin: CatalogPlugin,
  catalog: Catalog,
  namespace: string,
  state: NamespaceClaim["verdict"]["state"],
  identity: ProductIdentity,
): Promise<void> {
  if (state === "missing") {
    try {
      return await plugin.createNamespace(namespace, claimProperties(identity));
    } catch (error) {
      if (!isFloeError(error) || !/^CATALOG\.(EXISTS|CONFLICT)$/.test(error.code)) throw error;
      const verdict = await look(catalog, namespace, identity);
      refuseTaken(namespace, verdict, identity);
      if (verdict.state === "held" && !verdict.stale) return;
    }
  }
  const set = claimProperties(identity);
  const all = Object.keys(claimProperties({ id: "-", name: "-", version: "-", repository: "-", owner: "-" }));
  await catalog.updateNamespaceProperties(namespace, { set, remove: all.filter((key) => !(key in set)) });
  refuseTaken(namespace, await look(catalog, namespace, identity), identity);
}

function refuseTaken(namespace: string, verdict: NamespaceClaim["verdict"], identity: ProductIdentity): void {
  if (verdict.state === "taken") throw claimRefusal(namespace, verdict.holder, identity);
}

function notMarked(namespace: string, cause: FloeError): FloeError {
  return new FloeError("CATALOG.FORBIDDEN", `The namespace ${namespace} can't be claimed for this product.`, {
    severity: "warning",
    why: cause.why ?? cause.summary,
    next: ["Let the credential write the namespace's properties, or have the platform set floe.product.*."],
    cause,
  });
}

/** `sales.orders of github.com/acme/orders`. */
export function describeHolder({ id, repository }: ProductIdentity): string {
  return repository === "" ? id : `${id} of ${repository}`;
}
