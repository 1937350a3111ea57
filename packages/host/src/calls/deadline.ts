import { AsyncLocalStorage } from "node:async_hooks";

/** Set while a plugin's method runs, so that whatever it uses of the context ends with the call. */
const currentCall = new AsyncLocalStorage<AbortSignal>();

/** The signal of the plugin call that the caller is in; undefined outside of one. */
export function currentCallSignal(): AbortSignal | undefined {
  return currentCall.getStore();
}

export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
  readonly limitMs: number;
  constructor(limitMs: number) {
    super(`passed its limit of ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/**
 * Runs a plugin's method in a call of its own. A value that comes back at once is handed on; a promise is
 * bound to wall time: at the limit, or when `signal` aborts, the returned promise rejects at once, whatever
 * the task does. The task is told through {@link currentCallSignal}; what it still does afterwards is
 * ignored, its late failure included.
 *
 * @param limitMs `Infinity` for no limit.
 * @throws DeadlinePassed, the signal's reason, or what the task throws.
 */
export function callWithDeadline<T>(limitMs: number, signal: AbortSignal | undefined, task: () => T): T {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const answer = currentCall.run(controller.signal, task);
  if (!(answer instanceof Promise)) return answer;
  return bind(answer, limitMs, signal, controller) as T;
}

async function bind(
  running: Promise<unknown>,
  limitMs: number,
  signal: AbortSignal | undefined,
  controller: AbortController,
): Promise<unknown> {
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    ended.reject(reason);
    controller.abort(reason);
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = Number.isFinite(limitMs)
    ? setTimeout(() => end(new DeadlinePassed(limitMs)), limitMs)
    : undefined;
  try {
    return await Promise.race([running, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
