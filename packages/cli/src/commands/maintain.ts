import { maintainProduct } from "@floe/host/run";
import type { Outcome, Run } from "../command.ts";
import { unlessInvalid } from "../render/findings.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = (invocation) =>
  unlessInvalid(async (): Promise<Outcome> => {
    const result = await maintainProduct(projectOptions(invocation));
    const { product, tables, seconds } = result;
    const broken = tables.filter(({ status }) => status === "failed");
    return {
      ok: broken.length === 0,
      result,
      text: (style) => {
        const lines = tables
          .filter(({ status }) => status !== "skipped")
          .map(({ schema, table, status, dataFiles, deleteFiles, expiredSnapshots, message }) => {
            const mark = status === "done" ? style.green(status) : style.red(status);
            const files = `${dataFiles.join(" -> ")} data files, ${deleteFiles.join(" -> ")} with deletes`;
            const gone = expiredSnapshots === 0 ? "" : `, ${expiredSnapshots} snapshots gone`;
            return `${mark}  ${schema}.${table}  ${files}${gone}${message === undefined ? "" : `  ${message}`}`;
          });
        const fit = tables.filter(({ status }) => status === "skipped").length;
        const verdict = `${tables.length} tables of ${product} looked after in ${seconds.toFixed(1)} s; ${fit} needed nothing.`;
        return [...lines, broken.length === 0 ? style.green(verdict) : style.red(verdict)].join("\n");
      },
    };
  });
