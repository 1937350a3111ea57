import { FloeError, PLUGIN_KINDS, type PluginKind } from "@floe/core/contracts";
import { describePluginConfig, openRegistry, suggest } from "@floe/host";
import type { Outcome, Run } from "../command.ts";
import { renderTable } from "../render/table.ts";

export const run: Run = async ({ parameters, cwd, env }): Promise<Outcome> => {
  const [kind = "", name = ""] = parameters;
  const registry = openRegistry(cwd, env);
  const known = PLUGIN_KINDS.find((one) => one === kind);
  if (known === undefined) throw unknownKind(kind);
  const found = registry.find(known, name);
  const definition = await registry.load(known, name);
  const options = describePluginConfig(definition);
  return {
    ok: true,
    result: {
      kind,
      name,
      package: found.package,
      version: found.version,
      apiVersion: found.apiVersion,
      description: definition.description ?? found.description,
      requires: definition.requires ?? [],
      folder: found.packageDir,
      options,
    },
    text: (style) => {
      const facts = [
        `${style.bold(`${kind} ${name}`)}: ${definition.description ?? found.description}`,
        `Package  ${found.package} ${found.version}, plugin API ${found.apiVersion}`,
        ...(definition.requires?.length ? [`Needs    ${definition.requires.join(", ")}`] : []),
        "",
        "plugins:",
        `  ${kind}:`,
        `    type: ${name}`,
      ];
      if (options.length === 0) return facts.join("\n");
      const rows = options.map((option) => [
        option.name,
        option.type,
        option.required ? "required" : option.default === undefined ? "" : JSON.stringify(option.default),
        option.description,
      ]);
      return [...facts, "    config:", "", renderTable(["OPTION", "TYPE", "DEFAULT", ""], rows, style)].join(
        "\n",
      );
    },
  };
};

function unknownKind(kind: string): FloeError {
  const meant: PluginKind | string | undefined = suggest(kind, PLUGIN_KINDS);
  return new FloeError("PLUGIN.UNKNOWN_KIND", `There is no kind of plugin "${kind}".`, {
    why: `The kinds are ${PLUGIN_KINDS.join(", ")}.`,
    next: [meant === undefined ? "floe plugins list" : `Did you mean "${meant}"?`],
  });
}
