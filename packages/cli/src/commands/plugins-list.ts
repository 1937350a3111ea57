import { openRegistry } from "@floe/host/plugins";
import type { Outcome, Run } from "../command.ts";
import { renderTable } from "../render/table.ts";

export const run: Run = async ({ cwd, env }): Promise<Outcome> => {
  const { plugins, skipped } = openRegistry(cwd, env);
  const left = skipped.filter(({ error }) => error.severity === "error").length;
  return {
    ok: true,
    result: {
      plugins: plugins.map(
        ({ kind, name, package: packageName, version, description, apiVersion, source }) => ({
          kind,
          name,
          package: packageName,
          version,
          apiVersion,
          description,
          source,
        }),
      ),
      skipped: skipped.map(({ package: packageName, error }) => ({
        package: packageName,
        error: error.toJSON(),
      })),
    },
    text: (style) => {
      const hint =
        left === 0
          ? []
          : [`${left} ${left === 1 ? "package was" : "packages were"} left out; floe doctor says why.`];
      if (plugins.length === 0) {
        return [
          "No plugins are installed. Try: npm install floe-compute-duckdb floe-storage-local",
          ...hint,
        ].join("\n");
      }
      const rows = plugins.map(({ kind, name, package: packageName, version, source }) => [
        kind,
        name,
        packageName,
        source === "path" ? `${version} (path)` : version,
      ]);
      return [renderTable(["KIND", "NAME", "PACKAGE", "VERSION"], rows, style), ...hint].join("\n");
    },
  };
};
