import { networkErrorCode } from "../errors/connection-error.ts";
import { backOffMs } from "../network/back-off.ts";

/** What to do about an attempt that failed. */
export interface Retry {
  /** Attempts in all, the first included. */
  attempts: number;
  /** Milliseconds that the server asked to wait. */
  afterMs?: number | undefined;
}

/**
 * Attempts it until it succeeds, with back-off that doubles, with jitter. Throws what the last attempt threw,
 * or the signal's reason once it has aborted.
 *
 * @param judge What a failure deserves; undefined where trying again can't help.
 */
export async function withRetries<T>(
  attempt: (tried: number) => Promise<T>,
  judge: (error: unknown) => Retry | undefined,
  signal: AbortSignal,
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(tried);
    } catch (error) {
      signal.throwIfAborted();
      const { attempts, afterMs } = judge(error) ?? { attempts: 0 };
      if (tried + 1 >= attempts) throw error;
      await pause(backOffMs(tried + 1, afterMs), signal);
    }
  }
}

/** A server that throttles or is overloaded needs time. */
const BUSY = new Set([429, 500, 502, 503, 504]);
const BUSY_ATTEMPTS = 6;
const BROKEN_ATTEMPTS = 4;
const UNREACHED_ATTEMPTS = 3;
/** One more: a connection may be dead, and a new one alive. */
const SILENT_ATTEMPTS = 2;

const BROKEN = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "UND_ERR_SOCKET",
]);
const UNREACHED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ETIMEDOUT",
]);

/** What a request over HTTP deserves that failed with this status, or without any. */
export function judgeRequest(
  status: number | undefined,
  error: unknown,
  afterMs?: number,
): Retry | undefined {
  if (status !== undefined) {
    return BUSY.has(status) || status === 408 ? { attempts: BUSY_ATTEMPTS, afterMs } : undefined;
  }
  const code = networkErrorCode(error);
  if ((error as Error | null)?.name === "TimeoutError") return { attempts: SILENT_ATTEMPTS };
  if (BROKEN.has(code)) return { attempts: BROKEN_ATTEMPTS };
  return UNREACHED.has(code) ? { attempts: UNREACHED_ATTEMPTS } : undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", abort);
    resolve();
  }, ms);
  signal.addEventListener("abort", abort, { once: true });
  return promise;
}
