import { runProduct } from "@floe/host/run";
import type { Run } from "../command.ts";
import { unlessInvalid } from "../render/findings.ts";
import { createProgress } from "../render/progress.ts";
import { runOutcome } from "../render/run-report.ts";
import { projectOptions } from "./project-options.ts";
import { selectionOf } from "./run.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async () => {
    const progress = createProgress(invocation);
    try {
      const report = await runProduct({
        ...projectOptions(invocation),
        ...selectionOf(invocation),
        mode: "test",
        observe: progress.observe,
      });
      return runOutcome(report);
    } finally {
      progress.end();
    }
  });
