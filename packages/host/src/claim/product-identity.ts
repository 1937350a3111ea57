import { type FloeSpec, type Manifest, type ProductIdentity, repositoryName } from "@floe/core";
import { domainOf } from "../lineage/lineage-naming.ts";
import { runCommand } from "../process/run-command.ts";
import type { Product } from "../project/product.ts";

/** What identifies a product, of all that there is of it. */
export type Identifiable = Pick<Product, "spec" | "manifest"> & {
  project: Pick<Product["project"], "paths" | "env">;
};

/** Domain and product, as an identifier: `sales.orders_360`. */
export function productId({ metadata }: FloeSpec, manifest: Manifest): string {
  return `${domainOf(manifest)}.${metadata.name.replaceAll("-", "_")}`;
}

/** The repository that a product says it is in, by its label `repository`; empty where it doesn't say. */
export function declaredRepository({ metadata }: FloeSpec): string {
  const label = metadata.labels?.repository?.trim() ?? "";
  return repositoryName(label) || label;
}

/** Who a product is to a catalog. Its repository is what it declares, else where git's `origin` leads. */
export async function productIdentity({ spec, manifest, project }: Identifiable): Promise<ProductIdentity> {
  const { name, version, owner = "" } = spec.metadata;
  return {
    id: productId(spec, manifest),
    name,
    version,
    owner,
    repository: declaredRepository(spec) || (await originOf(project.paths.projectDir, project.env)),
  };
}

/** The name of the repository that a folder was cloned from; empty without one, or without git. */
export async function originOf(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const { stdout } = await runCommand("git", ["config", "--get", "remote.origin.url"], { cwd: dir, env });
    return repositoryName(stdout);
  } catch {
    return "";
  }
}
