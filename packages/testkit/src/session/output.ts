import { AsyncLocalStorage } from "node:async_hooks";
import type { Evidence } from "./evidence.ts";

/** Set while a rule is checked, so that only what its own calls print counts. */
const watching = new AsyncLocalStorage<Evidence>();
let watched = 0;
let restore: (() => void) | undefined;

/** Runs a task; what it prints still appears, and stands in the evidence. */
export async function watchOutput<T>(evidence: Evidence, task: () => Promise<T>): Promise<T> {
  if (watched === 0) restore = patch();
  watched += 1;
  try {
    return await watching.run(evidence, task);
  } finally {
    watched -= 1;
    if (watched === 0) restore?.();
  }
}

type Print = (...parameters: unknown[]) => unknown;

/** Test runners put a console of their own in place, which doesn't write to `process.stdout`: both are seen. */
function patch(): () => void {
  const undo = [
    ...(["log", "info", "debug", "warn", "error", "trace", "dir", "table"] as const).map((method) =>
      replace(console, method, `console.${method}`),
    ),
    replace(process.stdout, "write", "stdout"),
    replace(process.stderr, "write", "stderr"),
  ];
  return () => {
    for (const one of undo) one();
  };
}

function replace<K extends string>(target: Record<K, unknown>, key: K, channel: string): () => void {
  const usual = target[key] as Print;
  target[key] = (...parameters: unknown[]) => {
    watching.getStore()?.sawOutput(channel, parameters.map(String).join(" "));
    // What console writes in turn to stdout is the same output.
    return watching.exit(() => usual.apply(target, parameters));
  };
  return () => {
    target[key] = usual;
  };
}
