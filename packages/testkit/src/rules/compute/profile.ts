import { strict as assert } from "node:assert";
import { type CatalogConfig, isFloeError, type SecretReference, secretEnvironmentVariable } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { inlineSecret } from "../inline-secrets.ts";
import { assertResourcesGrow } from "../resources.ts";
import { computeConfig } from "./engine.ts";
import { sampleCatalogs } from "./sample-catalogs.ts";

const profile: Rule<"compute"> = {
  id: "compute.profile",
  title: "gives dbt a profile with its adapter's type, the product's schema and threads, and no secret",
  async check(subject) {
    const { plugin } = await subject.create();
    const config = { ...computeConfig(subject), schema: "analytics", threads: 3 };
    for (const given of [config, ...sampleCatalogs().map((catalog) => ({ ...config, catalog }))]) {
      const output = plugin.generateDbtProfile(given);
      assert.match(output.type, /^[a-z][a-z0-9_]*$/, "`type` must be dbt's name of the adapter.");
      assert.equal(output.schema, "analytics", "`schema` isn't the product's.");
      assert.equal(output.threads, 3, "`threads` isn't the product's.");
      const inline = inlineSecret(output);
      assert.equal(inline, undefined, `${inline} must be {{ env_var('NAME') }}.`);
    }
  },
};

const PINNED = /^[A-Za-z0-9][\w.-]*(\[[\w,.-]+\])?==[0-9][\w.+!-]*$/;

const packages: Rule<"compute"> = {
  id: "compute.packages",
  title: "names the packages that dbt needs, each pinned, the adapter first",
  async check(subject) {
    const { plugin } = await subject.create();
    const requirements = plugin.getRequiredDbtPackages();
    assert(requirements.length > 0, "getRequiredDbtPackages() is empty.");
    for (const requirement of requirements) {
      assert.match(requirement, PINNED, `"${requirement}" isn't pinned as in dbt-duckdb==1.11.1.`);
    }
    assert.match(
      requirements[0] ?? "",
      /^dbt-/,
      `The first must be dbt's adapter; it is ${requirements[0]}.`,
    );
    const names = requirements.map((requirement) => requirement.replace(/[=[].*/, "").toLowerCase());
    assert.equal(
      new Set(names).size,
      names.length,
      `A package stands there twice: ${requirements.join(", ")}.`,
    );
  },
};

const resources: Rule<"compute"> = {
  id: "compute.resources",
  title: "asks Kubernetes for more the larger the workload, and never limits below what it requests",
  async check(subject) {
    const { plugin } = await subject.create();
    assertResourcesGrow((size) => plugin.getResourceRequirements(size));
  },
};

const attachment: Rule<"compute"> = {
  id: "compute.attachment",
  title: "attaches a catalog by SQL with escaped names, secrets only as env_var(), or not by SQL at all",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const catalog of sampleCatalogs()) {
      const { type } = catalog.authorization;
      const statements = statementsFor(plugin.getCatalogAttachmentSql, catalog);
      if (statements === null) continue;
      assert(
        statements.length > 0,
        `For a ${type} catalog there are no statements; return null if there are none.`,
      );
      for (const statement of statements) {
        assert(statement.trim() !== "", `For a ${type} catalog there is an empty statement.`);
        const quotes = statement.split("'").length - 1;
        assert(quotes % 2 === 0, `A quote in the warehouse's name isn't escaped: ${statement}`);
      }
      for (const reference of secretsOf(catalog)) {
        const variable = secretEnvironmentVariable(reference);
        const named = new RegExp(`\\{\\{\\s*env_var\\(\\s*['"]${variable}['"]\\s*\\)\\s*\\}\\}`);
        assert.match(
          statements.join("\n"),
          named,
          `For a ${type} catalog, {{ env_var('${variable}') }} is missing.`,
        );
      }
    }
  },
};

function statementsFor(
  attach: (catalog: CatalogConfig) => readonly string[] | null,
  catalog: CatalogConfig,
): readonly string[] | null {
  try {
    return attach(catalog);
  } catch (error) {
    // An engine needn't know every way to authorise, if it says so.
    if (isFloeError(error) && error.code === "PLUGIN.UNSUPPORTED") return null;
    throw error;
  }
}

function secretsOf({ authorization }: CatalogConfig): SecretReference[] {
  if (authorization.type === "bearer") return [authorization.token];
  return authorization.type === "oauth2" ? [authorization.clientId, authorization.clientSecret] : [];
}

export const profileRules: readonly Rule<"compute">[] = [profile, packages, resources, attachment];
