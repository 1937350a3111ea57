import { join } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { locateProject } from "@floe/host";
import { RunStore } from "@floe/host/run";
import type { Outcome, Run } from "../command.ts";
import { renderFault } from "../render/fault.ts";
import { renderTable } from "../render/table.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = async (invocation): Promise<Outcome> => {
  const options = projectOptions(invocation);
  const { projectDir } = locateProject(options.cwd, options);
  const store = new RunStore(join(projectDir, ".floe"));
  const [id] = invocation.parameters;
  const [last] = store.list();
  const found = id === undefined ? last : store.find(id);
  if (found === undefined) {
    throw new FloeError("RUN.NOT_FOUND", "There is no run yet.", { next: ["floe run"] });
  }
  const folder = store.folder(found.id);
  const { inputs: _inputs, ...shown } = found;
  return {
    ok: true,
    result: { ...shown, folder },
    text: (style) =>
      [
        `${style.bold(found.id)}  ${found.mode} of ${found.product} ${found.productVersion} in ${found.environment}: ${found.status}`,
        `started ${found.startedAt}${found.endedAt === undefined ? "" : `, ended ${found.endedAt}`}`,
        ...(found.resumes === undefined ? [] : [`goes on with ${found.resumes}`]),
        "",
        renderTable(
          ["step", "status", "seconds", "by", ""],
          found.steps.map((step) => [
            step.name,
            step.status,
            step.seconds?.toFixed(1) ?? "",
            step.plugin ?? "",
            step.summary ?? "",
          ]),
          style,
        ),
        ...found.faults.map((fault) => `\n${renderFault(fault, style)}`),
        "",
        style.dim(`Journal, dbt's artefacts, lineage and trace: ${folder}`),
      ].join("\n"),
  };
};
