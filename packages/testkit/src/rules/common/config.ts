import { strict as assert } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import type { TestedKind } from "../../options.ts";
import type { CommonRule } from "../../rule.ts";
import type { Instance, Subject } from "../../session/subject.ts";
import { outcomeOf } from "./outcome.ts";

const accepted: CommonRule = {
  id: "config.accepted",
  title: "accepts a config that works",
  async check(subject) {
    const parsed = subject.definition.configSchema.safeParse(await subject.config());
    assert(parsed.success, `configSchema refuses \`config\`: ${parsed.error?.message}`);
  },
};

const refused: CommonRule = {
  id: "config.refused",
  title: "refuses each invalid config",
  async check({ definition, options }) {
    const { invalidConfigs } = options;
    assert(invalidConfigs.length > 0, "The option `invalidConfigs` must hold at least one config.");
    for (const config of invalidConfigs) {
      assert(
        !definition.configSchema.safeParse(config).success,
        `configSchema accepts ${JSON.stringify(config)}.`,
      );
    }
  },
};

const UNKNOWN = "floe_testkit_unknown_key";

const strict: CommonRule = {
  id: "config.strict",
  title: "refuses a key that it doesn't have, so that a typo isn't silently ignored",
  async check(subject) {
    const config = await subject.config();
    assert(isMapping(config), "`config` must be a mapping.");
    const { success } = subject.definition.configSchema.safeParse({ ...config, [UNKNOWN]: 1 });
    assert(!success, "configSchema accepts an unknown key. Use z.strictObject().");
  },
};

const described: CommonRule = {
  id: "config.described",
  title: "has a JSON Schema of its config, with every field described",
  async check({ definition }) {
    const node = jsonSchemaOf(definition.configSchema);
    const missing = undescribed(node);
    assert.deepEqual(missing, [], `These fields lack .describe("..."): ${missing.join(", ")}.`);
  },
};

const untouched: CommonRule = {
  id: "config.untouched",
  title: "leaves the config that it was given as it is",
  async check(subject) {
    const instance = await subject.create();
    const before = structuredClone(instance.config);
    for (const { call } of subject.kind.pureCalls(subject)) outcomeOf(() => call(instance.plugin));
    if (subject.options.offline === undefined) await callAll(subject, instance);
    assert(
      isDeepStrictEqual(instance.config, before),
      `The config was ${JSON.stringify(before)} and is now ${JSON.stringify(instance.config)}.`,
    );
  },
};

/** Makes all live calls; how they end is other rules' business. */
async function callAll<K extends TestedKind>(subject: Subject<K>, { plugin }: Instance<K>): Promise<void> {
  for (const { call } of subject.kind.liveCalls) await call(plugin, subject).catch(() => undefined);
}

interface JsonSchemaNode {
  properties?: Record<string, JsonSchemaNode>;
  items?: JsonSchemaNode;
  additionalProperties?: JsonSchemaNode | boolean;
  anyOf?: JsonSchemaNode[];
  oneOf?: JsonSchemaNode[];
  allOf?: JsonSchemaNode[];
  $defs?: Record<string, JsonSchemaNode>;
  $ref?: string;
  description?: string;
  const?: unknown;
}

/** By the schema's own method: the plugin's copy of zod needn't be one that anyone else has. */
function jsonSchemaOf(schema: unknown): JsonSchemaNode {
  const { toJSONSchema } = schema as { toJSONSchema?: (options: object) => JsonSchemaNode };
  assert(typeof toJSONSchema === "function", "configSchema has no toJSONSchema(): use zod 4.2 or newer.");
  try {
    return toJSONSchema.call(schema, { io: "input" });
  } catch (error) {
    assert.fail(`No JSON Schema can be made of configSchema: ${(error as Error).message}`);
  }
}

/** Paths of fields that nothing is said of. A constant, as a union's tag is, says itself. */
function undescribed(root: JsonSchemaNode): string[] {
  const visit = (node: JsonSchemaNode, path: string): string[] => {
    const fields = Object.entries(node.properties ?? {}).flatMap(([key, field]) => {
      const at = path === "" ? key : `${path}.${key}`;
      const target = field.$ref === undefined ? field : root.$defs?.[field.$ref.replace("#/$defs/", "")];
      const silent = (field.description ?? target?.description) === undefined && field.const === undefined;
      return [...(silent ? [at] : []), ...visit(field, at)];
    });
    const { items, additionalProperties: values, anyOf = [], oneOf = [], allOf = [] } = node;
    const inner = [
      ...anyOf,
      ...oneOf,
      ...allOf,
      ...(items ? [items] : []),
      ...(isMapping(values) ? [values] : []),
    ];
    return [...fields, ...inner.flatMap((one) => visit(one, path))];
  };
  const shared = Object.values(root.$defs ?? {}).flatMap((node) => visit(node, ""));
  return [...new Set([...visit(root, ""), ...shared])];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const configRules: readonly CommonRule[] = [accepted, refused, strict, described, untouched];
