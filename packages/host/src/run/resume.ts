import { FloeError } from "@floe/core";
import { describeChanges, type Fingerprint } from "../compile/fingerprint.ts";
import type { RunRecord, RunStore } from "./store.ts";

const SHOWN = 10;

/**
 * The run that can be taken up again: the last one of the environment, if it didn't succeed and the product
 * is still the same.
 *
 * @throws FloeError `RUN.NOT_FOUND`, `RUN.CHANGED` with what changed.
 */
export function findResumable(store: RunStore, environment: string, inputs: Fingerprint): RunRecord {
  const last = store.list().find((run) => run.mode === "run" && run.environment === environment);
  if (last === undefined) {
    throw new FloeError("RUN.NOT_FOUND", `There is no run in ${environment} that could be resumed.`, {
      next: ["floe run"],
    });
  }
  if (last.status === "success") {
    throw new FloeError("RUN.NOT_FOUND", "The last run succeeded; there is nothing to resume.", {
      why: `It is ${last.id}, of ${last.startedAt}.`,
      next: ["floe run"],
    });
  }
  const changes = describeChanges(last.inputs, inputs);
  if (changes.length === 0) return last;
  const more = changes.length - SHOWN;
  throw new FloeError("RUN.CHANGED", "The product changed since the run that should be resumed.", {
    why: [...changes.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"),
    next: ["Run it from the start: floe run"],
  });
}
