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
const BUSY = new Set([408, 429, 500, 502, 503, 504]);
const ATTEMPTS = 6;
/** A name or an address that isn't there seldom comes; a silent connection may be dead, and a new one alive. */
const UNHEARD_ATTEMPTS = 3;

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

/**
 * What a request over HTTP deserves that failed.
 *
 * @param status The answer's, where there was one.
 * @param limits Attempts at most, 6 unless given, and what the server asked to wait.
 */
export function judgeRequest(
  status: number | undefined,
  error: unknown,
  { attempts = ATTEMPTS, afterMs }: Partial<Retry> = {},
): Retry | undefined {
  if (status !== undefined) return BUSY.has(status) ? { attempts, afterMs } : undefined;
  const code = networkErrorCode(error);
  if (BROKEN.has(code)) return { attempts };
  const unheard = UNREACHED.has(code) || (error as Error | null)?.name === "TimeoutError";
  return unheard ? { attempts: Math.min(attempts, UNHEARD_ATTEMPTS) } : undefined;
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
