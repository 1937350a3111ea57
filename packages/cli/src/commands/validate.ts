import { Project } from "@floe/host/project";
import type { Outcome, Run } from "../command.ts";
import { renderFault } from "../render/fault.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = async (invocation): Promise<Outcome> => {
  const project = Project.open(projectOptions(invocation));
  try {
    const faults = (await project.validate()).map((fault) => fault.toJSON());
    const errors = faults.filter(({ severity }) => severity === "error").length;
    const { product, manifest } = project.configuration;
    const name = product?.metadata.name ?? manifest?.metadata.name ?? "The project";
    return {
      ok: errors === 0,
      result: {
        valid: errors === 0,
        product: product?.metadata.name,
        manifest: manifest?.metadata.name,
        faults,
      },
      text: (style) => {
        const shown = faults.map((fault) => renderFault(fault, style));
        const verdict =
          errors === 0
            ? style.green(`${name} is valid.`)
            : style.red(`${errors} ${errors === 1 ? "error" : "errors"}.`);
        return [...shown, verdict].join("\n\n");
      },
    };
  } finally {
    await project.close();
  }
};
