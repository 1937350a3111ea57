import { setTimeout as sleep } from "node:timers/promises";
import { backOffMs, type ContextFetch, connectionError, retryAfterMs } from "@floe/core/contracts";

const TIMEOUT_MS = 10_000;
const RETRIED_STATUS = new Set([408, 425, 429, 502, 503, 504]);
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * `fetch` with a deadline, retries and coded errors; see `ContextFetch` for what it promises.
 *
 * @param signal Asked anew for each request: the current call's signal.
 */
export function createFetch(signal: () => AbortSignal): ContextFetch {
  return async (url, init = {}) => {
    const { timeoutMs = TIMEOUT_MS, retries, retryStatuses = [], ...request } = init;
    const method = (request.method ?? "GET").toUpperCase();
    const repeatable = REPEATABLE.has(method);
    // A stream is gone once it was sent, so a request with one has a single attempt.
    const isStream = request.body instanceof ReadableStream;
    const repeats = isStream ? 0 : (retries ?? (repeatable ? 2 : 0));
    const refusals = isStream ? 0 : Math.max(repeats, 2);
    const outer = request.signal ? AbortSignal.any([signal(), request.signal]) : signal();

    for (let attempt = 1; ; attempt += 1) {
      try {
        const limit = AbortSignal.any([outer, AbortSignal.timeout(timeoutMs)]);
        const response = await fetch(url, { ...request, signal: limit });
        const { status } = response;
        const again = retryStatuses.includes(status)
          ? attempt <= refusals
          : attempt <= repeats && RETRIED_STATUS.has(status);
        if (!again) return response;
        await response.body?.cancel();
        await sleep(backOffMs(attempt, retryAfterMs(response.headers.get("retry-after"))), undefined, {
          signal: outer,
        });
      } catch (error) {
        outer.throwIfAborted();
        const failure = connectionError(error, new URL(url).host, timeoutMs);
        if (attempt > repeats || failure.code === "CONNECTION.FAILED") throw failure;
        await sleep(backOffMs(attempt), undefined, { signal: outer });
      }
    }
  };
}
