import { editorSchema, type PluginDefinition } from "@floe/core";

/** One option of a plugin's configuration. */
export interface ConfigOption {
  /** With dots for what is nested. */
  name: string;
  type: string;
  required: boolean;
  default?: unknown;
  description: string;
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  description?: string;
}

/** The options of a plugin, as its own schema describes them: for `floe plugins show` and for READMEs. */
export function describePluginConfig({ configSchema }: PluginDefinition): ConfigOption[] {
  return optionsOf(editorSchema(configSchema) as Schema, "");
}

function optionsOf({ properties = {}, required = [] }: Schema, prefix: string): ConfigOption[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const own: ConfigOption = {
      name,
      type: typeOf(schema),
      required: required.includes(key) && schema.default === undefined,
      ...(schema.default === undefined ? {} : { default: schema.default }),
      description: schema.description ?? "",
    };
    return [own, ...nestedOptions(schema, `${name}.`)];
  });
}

function nestedOptions(schema: Schema, prefix: string): ConfigOption[] {
  if (schema.properties !== undefined) return optionsOf(schema, prefix);
  const mappings = (schema.anyOf ?? schema.oneOf ?? []).filter(({ properties }) => properties !== undefined);
  const [first] = mappings;
  if (first === undefined || mappings.length === 1)
    return first === undefined ? [] : optionsOf(first, prefix);
  // Mappings that a constant tells apart: the constant, then what each has besides.
  const tag = Object.keys(first.properties ?? {}).find((key) =>
    mappings.every(({ properties }) => properties?.[key]?.const !== undefined),
  );
  if (tag === undefined) return [];
  const values = mappings.map(({ properties }) => String(properties?.[tag]?.const));
  return [
    {
      name: prefix + tag,
      type: values.join(" | "),
      required: true,
      description: "Which of them; the options below go with it.",
    },
    ...mappings.flatMap(({ properties = {}, required = [] }, index) => {
      const { [tag]: _, ...rest } = properties;
      const own = required.filter((key) => key !== tag);
      return optionsOf({ properties: rest, required: own }, prefix).map((option) => ({
        ...option,
        description: `${values[index]}: ${option.description}`,
      }));
    }),
  ];
}

function typeOf({ type, enum: values, const: value, anyOf, oneOf, items }: Schema): string {
  if (value !== undefined) return JSON.stringify(value);
  if (values !== undefined) return values.map(String).join(" | ");
  const options = anyOf ?? oneOf;
  if (options !== undefined) {
    return [...new Set(options.map(typeOf).filter((one) => one !== "null"))].join(" | ");
  }
  const types = (Array.isArray(type) ? type : [type ?? "any"]).filter((one) => one !== "null");
  return types
    .map((one) => (one === "array" ? `${typeOf(items ?? {})}[]` : one === "object" ? "mapping" : one))
    .join(" | ");
}
