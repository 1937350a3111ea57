import { catalogName } from "@floe/core";
import { isFloeError } from "@floe/core/contracts";
import { describeHolder, type NamespaceClaim, namespaceClaims } from "../claim/claim.ts";
import type { PluginSet } from "../lifecycle/plugin-set.ts";
import type { Project } from "../project/project.ts";
import { type Check, ok } from "./check.ts";

/**
 * Whose the namespace is that the product builds its tables in, unless its models name others: that is known
 * only once dbt has compiled. Nothing to check where there is no catalog, or it can't be reached.
 */
export async function checkNamespace(project: Project, plugins: PluginSet): Promise<Check[]> {
  const { product: spec, manifest } = project.configuration;
  const compute = plugins.get("compute");
  if (spec === undefined || manifest === undefined || compute === undefined) return [];
  if (plugins.get("catalog") === undefined) return [];
  const { schema } = compute.generateDbtProfile(project.computeConfig(plugins));
  if (typeof schema !== "string") return [];
  const own = [catalogName([schema])];
  try {
    const claims = await namespaceClaims({ spec, manifest, project, plugins }, { own, others: [] });
    return claims.map(checkOf);
  } catch (error) {
    if (!isFloeError(error)) throw error;
    // What keeps the catalog from answering is the endpoint's check to tell.
    return [];
  }
}

function checkOf({ namespace, verdict }: NamespaceClaim): Check {
  const name = `namespace ${namespace}`;
  if (verdict.state === "missing") return ok(name, "Not there yet; the first run creates and claims it.");
  if (verdict.state === "free") return ok(name, "Nobody's; the next run claims it.");
  if (verdict.state === "held") return ok(name, "This product's.");
  return {
    name,
    status: "failed",
    message: `Belongs to ${describeHolder(verdict.holder)}.`,
    next: ["Rename the product in floe.yaml, or give its models a dbt schema of their own."],
  };
}
