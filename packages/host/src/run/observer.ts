import type { DbtNodeEvent, ExpectationResult, SourceResult } from "@floe/core";
import type { StepRecord } from "./store.ts";

/** What happens in a run, as it happens: for a terminal to show. */
export type RunEvent =
  | { type: "run-started"; runId: string; resumes?: string }
  | { type: "step-started"; step: string; plugin?: string }
  | { type: "step-ended"; step: StepRecord }
  | { type: "source"; source: string; rowsLoaded: number }
  | { type: "source-ended"; result: SourceResult }
  | { type: "node"; node: DbtNodeEvent; name: string }
  | { type: "check"; model: string; result: ExpectationResult };

/** Told of everything that happens, in order. It must not throw. */
export type RunObserver = (event: RunEvent) => void;
