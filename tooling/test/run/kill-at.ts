/**
 * Runs a product in a process of its own and kills itself at an event: `node kill-at.ts <dir> <event>`. With
 * `--resume` it takes up the last run; with `--workers <ms>` what it started dies as well, so long afterwards.
 * A run that comes to its end first, and not well, exits with 1 and says why.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runProduct } from "@floe/host/run";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { resume: { type: "boolean", default: false }, workers: { type: "string" } },
});
const [dir = "", at = ""] = positionals;

function kill(): void {
  if (values.workers !== undefined) {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim();
    for (const child of children.split(" ").filter((one) => one !== "")) killGroup(Number(child));
  }
  process.kill(process.pid, "SIGKILL");
}

/** Each worker leads a group of its own; one that has just ended, or is no worker, leads none. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

let later: NodeJS.Timeout | undefined;
const { status, faults } = await runProduct({
  cwd: dir,
  env: process.env,
  resume: values.resume,
  observe(event) {
    const name =
      event.type === "node"
        ? `${event.name} ${event.node.status}`
        : event.type === "step-started"
          ? `${event.step} started`
          : event.type === "step-ended"
            ? `${event.step.name} ended`
            : event.type === "check"
              ? `check ${event.result.expectation.name}`
              : event.type === "source"
                ? `${event.source} ${event.rowsLoaded} rows`
                : event.type;
    if (name !== at) return;
    if (values.workers === undefined || values.workers === "0") kill();
    else later ??= setTimeout(kill, Number(values.workers));
  },
});
clearTimeout(later);
if (status !== "success") {
  console.error(status, faults);
  process.exitCode = 1;
}
