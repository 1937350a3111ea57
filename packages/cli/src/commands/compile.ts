import { compile } from "@floe/host/compile";
import type { Outcome, Run } from "../command.ts";
import { renderFault } from "../render/fault.ts";
import { unlessInvalid } from "../render/findings.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async (): Promise<Outcome> => {
    const withoutExtensions = invocation.options["without-extensions"] === true;
    const { product, compiled } = await compile({ ...projectOptions(invocation), withoutExtensions });
    const warnings = compiled.warnings.map((fault) => fault.toJSON());
    const models = Object.values(compiled.manifest.nodes).filter((node) => node.resource_type === "model");
    const { name } = product.spec.metadata;
    return {
      ok: true,
      result: {
        product: name,
        environment: product.project.environment,
        models: models.length,
        checks: compiled.expectations.length,
        cached: compiled.cached,
        files: compiled.files,
        written: compiled.written,
        removed: compiled.removed,
        warnings,
      },
      text: (style) => {
        const what = compiled.cached ? "nothing changed since the last compile" : `${models.length} models`;
        const files = byPlace(compiled.files).map(([place, inIt]) => {
          const unchanged = inIt.every((file) => !compiled.written.includes(file));
          return `  ${place}${unchanged ? style.dim(" (unchanged)") : ""}`;
        });
        return [
          ...warnings.map((fault) => `${renderFault(fault, style)}\n`),
          `${style.green(`${name} is compiled`)}: ${what}.`,
          ...files,
          ...compiled.removed.map((file) => `  ${file} ${style.dim("(removed)")}`),
        ].join("\n");
      },
    };
  });

/** A folder of code is one thing to a reader; other files are each their own. */
const CODE = "deploy/python/";

function byPlace(files: readonly string[]): [place: string, files: readonly string[]][] {
  const code = files.filter((file) => file.startsWith(CODE));
  const others = files.filter((file) => !code.includes(file));
  return [
    ...others.map((file): [string, string[]] => [file, [file]]),
    ...(code.length === 0 ? [] : [[`${CODE} (${code.length} files)`, code] as [string, string[]]]),
  ];
}
