import { FloeError } from "@floe/core/contracts";
import { dryRun, type RunPlan, runProduct } from "@floe/host/run";
import type { Invocation, Outcome, Run } from "../command.ts";
import { unlessInvalid } from "../render/findings.ts";
import { createProgress } from "../render/progress.ts";
import { runOutcome } from "../render/run-report.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async (): Promise<Outcome> => {
    const { options } = invocation;
    const selection = selectionOf(invocation);
    const resume = options.resume === true;
    if (resume && Object.keys(selection).length > 0) {
      throw new FloeError("USAGE.INVALID_ARGUMENT", "A resumed run keeps its own selection.", {
        why: "--resume goes on with what the last run was asked to do.",
        next: ["floe run --resume"],
      });
    }
    if (options["dry-run"] === true) {
      const plan = await dryRun({ ...projectOptions(invocation), ...selection });
      return {
        ok: true,
        result: plan,
        text: (style) =>
          [
            `${style.bold(plan.product)} in ${plan.environment} would run:`,
            ...plan.steps.flatMap(({ step, plugin, items }) => [
              `${style.bold(step)} ${style.dim(`by ${plugin}`)}`,
              ...items.map((item) => `  ${item}`),
            ]),
            ...plan.namespaces.map((one) => `namespace ${one.name}: ${namespaceState(one)}`),
            `lineage: ${plan.lineage.namespace} ${style.dim(plan.lineage.sentTo ?? "to a file")}`,
          ].join("\n"),
      };
    }
    const progress = createProgress(invocation);
    try {
      const report = await runProduct({
        ...projectOptions(invocation),
        ...selection,
        resume,
        observe: progress.observe,
      });
      return runOutcome(report);
    } finally {
      progress.end();
    }
  });

function namespaceState({ state, holder = "" }: RunPlan["namespaces"][number]): string {
  switch (state) {
    case "missing":
      return "would be created and claimed";
    case "free":
      return "nobody's, would be claimed";
    case "held":
      return "this product's";
    case "taken":
      return `belongs to ${holder}: the run would be refused`;
  }
}

/** The selection that `run` and `test` share. */
export function selectionOf({ options }: Pick<Invocation, "options">) {
  const { select, exclude } = options;
  return {
    ...(typeof select === "string" ? { select } : {}),
    ...(typeof exclude === "string" ? { exclude } : {}),
    ...(options["full-refresh"] === true ? { fullRefresh: true } : {}),
  };
}
