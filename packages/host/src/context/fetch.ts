import { setTimeout as sleep } from "node:timers/promises";
import { type ContextFetch, FloeError } from "@floe/core/contracts";

const TIMEOUT_MS = 10_000;
const RETRIED_STATUS = new Set([408, 425, 429, 502, 503, 504]);
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

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
        await sleep(delayBefore(attempt, response.headers.get("retry-after")), undefined, { signal: outer });
      } catch (error) {
        outer.throwIfAborted();
        const failure = connectionError(error, url, timeoutMs);
        if (attempt > repeats || failure.code === "CONNECTION.FAILED") throw failure;
        await sleep(delayBefore(attempt, null), undefined, { signal: outer });
      }
    }
  };
}

/** Doubling with jitter, or what the server asked for, in milliseconds. */
function delayBefore(attempt: number, retryAfter: string | null): number {
  const backOff = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  return Math.min(LONGEST_DELAY_MS, parseRetryAfter(retryAfter) ?? backOff);
}

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3). */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

const UNREACHABLE = new Set(["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]);

function connectionError(error: unknown, url: string | URL, timeoutMs: number): FloeError {
  const { host } = new URL(url);
  const cause = (error as { cause?: { code?: string; message?: string; errors?: { code?: string }[] } })
    .cause;
  // Where a name has several addresses, undici reports one error that holds those of all attempts.
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? "";
  if (
    (error as Error).name === "TimeoutError" ||
    code === "UND_ERR_CONNECT_TIMEOUT" ||
    code === "ETIMEDOUT"
  ) {
    return new FloeError("CONNECTION.TIMEOUT", `${host} didn't answer within ${timeoutMs / 1000} s.`, {
      next: ["Check that the server is up and the address is right.", "Check firewalls and proxies between."],
      cause: error,
    });
  }
  if (code === "ECONNREFUSED") {
    return new FloeError("CONNECTION.REFUSED", `Nothing listens at ${host}.`, {
      next: ["Start the server, or correct the address and port."],
      cause: error,
    });
  }
  if (UNREACHABLE.has(code)) {
    return new FloeError("CONNECTION.UNREACHABLE", `${host} can't be reached.`, {
      why: code === "ENOTFOUND" || code === "EAI_AGAIN" ? "The name can't be resolved." : undefined,
      next: ["Check the address, the network and the VPN."],
      cause: error,
    });
  }
  return new FloeError("CONNECTION.FAILED", `The connection to ${host} failed.`, {
    why: cause?.message ?? (error as Error).message,
    next: ["Check the address, and the certificate if the server uses TLS."],
    cause: error,
  });
}
