import { join } from "node:path";
import { locateProject } from "@floe/host";
import { RunStore } from "@floe/host/run";
import type { Outcome, Run } from "../command.ts";
import { renderTable } from "../render/table.ts";
import { projectOptions } from "./project-options.ts";

export const run: Run = async (invocation): Promise<Outcome> => {
  const options = projectOptions(invocation);
  const { projectDir } = locateProject(options.cwd, options);
  const runs = new RunStore(join(projectDir, ".floe")).list();
  const result = runs.map(({ id, mode, environment, status, startedAt, endedAt, score }) => ({
    id,
    mode,
    environment,
    status,
    startedAt,
    endedAt: endedAt ?? null,
    score: score ?? null,
  }));
  return {
    ok: true,
    result: { runs: result },
    text: (style) =>
      runs.length === 0
        ? "No runs yet. Start one: floe run"
        : renderTable(
            ["id", "what", "environment", "status", "started", "seconds", "score"],
            result.map((one) => [
              one.id,
              one.mode,
              one.environment,
              one.status,
              one.startedAt.slice(0, 19).replace("T", " "),
              one.endedAt === null
                ? ""
                : ((Date.parse(one.endedAt) - Date.parse(one.startedAt)) / 1000).toFixed(1),
              one.score === null ? "" : String(one.score),
            ]),
            style,
          ),
  };
};
