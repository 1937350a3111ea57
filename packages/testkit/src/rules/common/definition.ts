import { strict as assert } from "node:assert";
import {
  API_VERSION,
  checkApiVersion,
  ENTRY_POINT_GROUPS,
  isPluginDefinition,
  packageFieldSchema,
} from "@floe/core";
import type { CommonRule } from "../../rule.ts";

const branded: CommonRule = {
  id: "definition.made",
  title: "is made by definePlugin, for this kind, under a name that a manifest can hold",
  async check({ definition, kind }) {
    assert(isPluginDefinition(definition), "`plugin` must be what definePlugin() returned.");
    assert.equal(definition.kind, kind.kind, `It is a plugin of kind ${definition.kind}, not ${kind.kind}.`);
    assert.match(
      definition.name,
      /^[a-z][a-z0-9_-]*$/,
      "Its name must be lower case: letters, digits, - and _.",
    );
    const { description = "one line" } = definition;
    assert.match(description, /^\S.*$/, "Its description must be one line.");
  },
};

const packaged: CommonRule = {
  id: "definition.package",
  title: "is declared by the `floe` field of its package.json, with @floe/core as peer dependency",
  notApplicable: ({ packageJson }) =>
    packageJson === undefined ? "The option `packageJson` isn't given." : undefined,
  async check(subject) {
    const content = subject.packageJson()?.content ?? {};
    const field = packageFieldSchema.safeParse(content.floe);
    assert(field.success, `The \`floe\` field is malformed: ${field.error?.message}`);
    const { apiVersion, entryPoints } = field.data;
    assert(
      checkApiVersion(apiVersion).compatible,
      `floe.apiVersion is ${apiVersion}; this kit tests ${API_VERSION}.`,
    );

    const { name } = subject.definition;
    const group = ENTRY_POINT_GROUPS[subject.kind.kind];
    const entry = entryPoints[group]?.[name];
    assert(entry !== undefined, `floe.entryPoints has no "${name}" below "${group}".`);
    assert(offers(content, entry), `floe.entryPoints names "${entry}", which \`exports\` doesn't offer.`);
    assert.equal(typeof content.version, "string", "package.json has no version.");
    const { peerDependencies, dependencies } = content as Record<string, Record<string, string> | undefined>;
    assert(
      peerDependencies?.["@floe/core"] !== undefined,
      "@floe/core must be a peer dependency, so that a project has one copy of it.",
    );
    assert(
      dependencies?.["@floe/core"] === undefined,
      "@floe/core is a dependency; it must be a peer dependency only.",
    );
  },
};

function offers({ exports, main }: Readonly<Record<string, unknown>>, entry: string): boolean {
  if (exports === undefined) return entry !== "." || typeof main === "string";
  if (typeof exports !== "object" || exports === null) return entry === ".";
  const keys = Object.keys(exports);
  // Without subpaths, the object holds the conditions of ".".
  return keys.some((key) => key.startsWith(".")) ? keys.includes(entry) : entry === ".";
}

export const definitionRules: readonly CommonRule[] = [branded, packaged];
