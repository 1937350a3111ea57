import { setTimeout as sleep } from "node:timers/promises";
import { type ContextFetch, FloeError } from "@floe/core";

const REPEATED = new Set([408, 425, 429, 502, 503, 504]);
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * `context.fetch` by its contract: limit per attempt, retries by method, coded errors. As long as the
 * host's, so that a plugin which is too patient for its deadline is so here too.
 */
export function createTestFetch(signal: () => AbortSignal): ContextFetch {
  return async (url, { timeoutMs = 10_000, retries, retryStatuses = [], ...init } = {}) => {
    const isStream = init.body instanceof ReadableStream;
    const repeatable = REPEATABLE.has((init.method ?? "GET").toUpperCase());
    const repeats = isStream ? 0 : (retries ?? (repeatable ? 2 : 0));
    const refusals = isStream ? 0 : Math.max(repeats, 2);
    const outer = AbortSignal.any([signal(), ...(init.signal ? [init.signal] : [])]);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const limit = AbortSignal.any([outer, AbortSignal.timeout(timeoutMs)]);
        const response = await fetch(url, { ...init, signal: limit });
        const refused = retryStatuses.includes(response.status);
        const again = refused ? attempt <= refusals : attempt <= repeats && REPEATED.has(response.status);
        if (!again) return response;
        await response.body?.cancel();
      } catch (error) {
        outer.throwIfAborted();
        if (attempt > repeats) throw connectionError(error, new URL(url).host, timeoutMs);
      }
      await sleep(200 * 2 ** (attempt - 1), undefined, { signal: outer });
    }
  };
}

function connectionError(error: unknown, host: string, timeoutMs: number): FloeError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const next = ["Check that the server is up and that its address is right."];
  if ((error as Error).name === "TimeoutError" || cause?.code === "UND_ERR_CONNECT_TIMEOUT") {
    const summary = `${host} didn't answer within ${timeoutMs / 1000} s.`;
    return new FloeError("CONNECTION.TIMEOUT", summary, { next, cause: error });
  }
  if (cause?.code === "ECONNREFUSED") {
    return new FloeError("CONNECTION.REFUSED", `Nothing listens at ${host}.`, { next, cause: error });
  }
  if (cause?.code === "ENOTFOUND" || cause?.code === "EAI_AGAIN" || cause?.code === "EHOSTUNREACH") {
    return new FloeError("CONNECTION.UNREACHABLE", `${host} can't be reached.`, { next, cause: error });
  }
  const why = cause?.message ?? (error as Error).message;
  return new FloeError("CONNECTION.FAILED", `The connection to ${host} failed.`, { why, next, cause: error });
}
