import type { RunEvent, RunObserver } from "@floe/host/run";
import type { Invocation, Style } from "../command.ts";
import { styleFor } from "./style.ts";

export interface Progress {
  observe: RunObserver;
  /** Leaves the terminal as it was. */
  end(): void;
}

const REDRAW_MS = 100;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * Shows a run on stderr as it goes: on a terminal a last line that counts the seconds, in a pipe plain lines
 * and nothing that moves. With `--json` nothing at all but what fails.
 */
export function createProgress({ options, env }: Invocation): Progress {
  const out = process.stderr;
  const style = styleFor(out, env);
  const live = out.isTTY === true && env.TERM !== "dumb" && options.json !== true;
  const quiet = options.json === true;
  let current: { step: string; plugin: string; startedAt: number; note: string } | undefined;
  const clear = (): void => {
    if (live) out.write(CLEAR_LINE);
  };
  const draw = (): void => {
    if (!live || current === undefined) return;
    const seconds = ((performance.now() - current.startedAt) / 1000).toFixed(1);
    const line = `${style.bold(current.step.padEnd(10))} ${seconds.padStart(6)} s  ${current.note}`;
    out.write(`${CLEAR_LINE}${line.slice(0, (out.columns ?? 80) + 20)}`);
  };
  const print = (line: string): void => {
    if (quiet) return;
    clear();
    out.write(`${line}\n`);
    draw();
  };
  const timer = live ? setInterval(draw, REDRAW_MS) : undefined;
  return {
    observe(event) {
      if (event.type === "step-started") {
        current = {
          step: event.step,
          plugin: event.plugin ?? "",
          startedAt: performance.now(),
          note: event.plugin ?? "",
        };
      }
      const note = noteOf(event);
      if (note !== undefined && current !== undefined) current.note = note;
      const line = lineOf(event, style);
      if (event.type === "step-ended") current = undefined;
      if (line !== undefined) print(line);
      else draw();
    },
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

/** What the moving line says. */
function noteOf(event: RunEvent): string | undefined {
  if (event.type === "node" && event.node.status === "started") return event.name;
  if (event.type === "source") return `${event.source}: ${event.rowsLoaded.toLocaleString("en")} rows`;
  if (event.type === "check") return `${event.model}: ${event.result.expectation.name}`;
  return undefined;
}

/** What stays: steps that ended, and whatever failed. */
function lineOf(event: RunEvent, style: Style): string | undefined {
  switch (event.type) {
    case "run-started":
      return event.resumes === undefined
        ? `run ${event.runId}`
        : `run ${event.runId}${event.resumes === event.runId ? ", resumed" : `, goes on with ${event.resumes}`}`;
    case "step-ended": {
      const { name, status, seconds = 0, summary = "", plugin = "" } = event.step;
      const mark = status === "success" ? style.green("ok    ") : style.red("failed");
      return `${mark} ${style.bold(name.padEnd(10))} ${seconds.toFixed(1).padStart(6)} s  ${summary}${plugin === "" ? "" : style.dim(` (${plugin})`)}`;
    }
    case "source-ended":
      return event.result.success ? undefined : `${style.red("failed")} source ${event.result.source}`;
    case "node": {
      const { status } = event.node;
      if (status === "error" || status === "fail") return `${style.red(status.padEnd(6))} ${event.name}`;
      return status === "warn" ? `${style.yellow("warn  ")} ${event.name}` : undefined;
    }
    case "check": {
      const { status, expectation } = event.result;
      if (status === "passed" || status === "skipped") return undefined;
      const mark = expectation.severity === "error" ? style.red("unmet ") : style.yellow("unmet ");
      return `${mark} ${expectation.table.at(-1)}: ${expectation.name}`;
    }
    default:
      return undefined;
  }
}
