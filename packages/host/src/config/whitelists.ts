import type { FloeSpec, Manifest } from "@floe/core";
import { PLUGIN_KINDS } from "@floe/core/contracts";
import { canonicalName } from "./aliases.ts";
import { suggest } from "./suggest.ts";

/** What a manifest selects: the kinds of plugin, and two that are the clusters' own. */
const SELECTED = [...PLUGIN_KINDS, "secrets", "identity"] as const;
type Selected = (typeof SELECTED)[number];

/** Reports what isn't approved; `path` is its place in the manifest or in the product's file. */
type Report = (source: "manifest" | "product", path: readonly PropertyKey[], fault: Refusal) => void;

export interface Refusal {
  summary: string;
  why: string;
  next: string[];
  code: "POLICY.NOT_APPROVED" | "CONFIG.REFERENCE";
}

/**
 * Checks a platform and a product against the company's lists: plugins by kind and sinks (the
 * enterprise's), products (the domain's). A list that isn't there approves everything; an empty one,
 * nothing.
 */
export function checkWhitelists(manifest: Manifest, product: FloeSpec | undefined, report: Report): void {
  const { approved_plugins: plugins = {}, approved_sinks: sinks, approved_products: products } = manifest;

  for (const [listed, names] of Object.entries(plugins)) {
    const kind = selectedKind(listed);
    if (kind === undefined) {
      const meant = suggest(listed, SELECTED);
      report("manifest", ["approved_plugins", listed], {
        code: "CONFIG.REFERENCE",
        summary: `There is no kind of plugin "${listed}".`,
        why: `The kinds are ${SELECTED.join(", ")}.`,
        next: meant === undefined ? [] : [`Did you mean "${meant}"?`],
      });
      continue;
    }
    const approved = names.map((name) => canonicalName(kind, name));
    const selected = manifest.plugins[kind];
    if (selected !== undefined && !approved.includes(selected.type)) {
      report("manifest", ["plugins", kind, "type"], refusal(`${kind} plugin`, selected.type, approved));
    }
  }
  if (product === undefined) return;

  const selectedCompute = manifest.plugins.compute?.type;
  for (const [index, { compute }] of (product.transforms ?? []).entries()) {
    if (compute === undefined || compute === selectedCompute) continue;
    const approved = plugins.compute ?? (selectedCompute === undefined ? [] : [selectedCompute]);
    if (approved.includes(compute)) continue;
    report("product", ["transforms", index, "compute"], refusal("compute plugin", compute, approved));
  }
  for (const [index, { sink_type: sink }] of (product.destinations ?? []).entries()) {
    if (sinks === undefined || sinks.includes(sink)) continue;
    report("product", ["destinations", index, "sink_type"], refusal("sink", sink, sinks));
  }
  const { name } = product.metadata;
  if (products !== undefined && !products.includes(name)) {
    report("product", ["metadata", "name"], refusal("product", name, products));
  }
}

/** Older manifests call data_quality quality. */
function selectedKind(listed: string): Selected | undefined {
  return SELECTED.find((kind) => kind === (listed === "quality" ? "data_quality" : listed));
}

function refusal(what: string, name: string, approved: readonly string[]): Refusal {
  const meant = suggest(name, approved);
  return {
    code: "POLICY.NOT_APPROVED",
    summary: `The ${what} "${name}" isn't approved.`,
    why: approved.length === 0 ? "None is." : `Approved: ${approved.join(", ")}.`,
    next: [
      ...(meant === undefined ? [] : [`Did you mean "${meant}"?`]),
      `Choose one of these, or ask the owner of the platform to approve "${name}".`,
    ],
  };
}
