import type { DbtManifest } from "@floe/core";
import { isKnownTest } from "../dbt-results/test-vocabulary.ts";
import type { DeclaredResource } from "./declared-tests.ts";

/** What of dbt's manifest names can be checked against, beyond what floe reads elsewhere. */
export type NamesManifest = DbtManifest & {
  macros?: Readonly<Record<string, { name: string; package_name: string }>>;
  /** By unique id. */
  disabled?: Readonly<Record<string, unknown>>;
};

const DBT_TESTS = ["not_null", "unique", "accepted_values", "relationships"];

/** The columns that the manifest knows of a declared resource; undefined where it doesn't know it. */
export function columnsOf(
  { nodes, sources = {} }: NamesManifest,
  { kind, name, sourceName }: DeclaredResource,
): string[] | undefined {
  const resources =
    kind === "source"
      ? Object.values(sources).filter((source) => source.name === name && source.source_name === sourceName)
      : Object.values(nodes).filter((node) => node.resource_type === kind && node.name === name);
  if (resources.length === 0) return undefined;
  return resources.flatMap(({ columns = {} }) => Object.values(columns).map((column) => column.name));
}

/** Disabled resources stay out of the manifest's nodes; declaring them is no mistake. */
export function isDisabled({ disabled = {} }: NamesManifest, { kind, name }: DeclaredResource): boolean {
  return Object.keys(disabled).some((id) => id.startsWith(`${kind}.`) && id.split(".").includes(name));
}

/**
 * Whether a test can be run: dbt has it, or the manifest has its macro. A manifest without macros can't say;
 * then tests count as known that packages are known to have.
 */
export function isTest({ macros }: NamesManifest, test: string): boolean {
  if (DBT_TESTS.includes(test)) return true;
  if (macros === undefined) return isKnownTest(test);
  const [name, namespace] = test.split(".").toReversed();
  return Object.values(macros).some(
    (macro) => macro.name === `test_${name}` && (namespace === undefined || macro.package_name === namespace),
  );
}

/** The package of a test that isn't in the project. */
export function missingPackage({ macros }: NamesManifest, test: string): string | undefined {
  const [namespace, name] = test.split(".");
  if (macros === undefined || namespace === undefined || name === undefined) return undefined;
  return Object.values(macros).some((macro) => macro.package_name === namespace) ? undefined : namespace;
}
