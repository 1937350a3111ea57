const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/**
 * Milliseconds to wait before an attempt: doubling with jitter, or what the server asked for; ten seconds at
 * most.
 *
 * @param failed Attempts that have failed, from 1.
 */
export function backOffMs(failed: number, askedMs?: number): number {
  const doubling = FIRST_DELAY_MS * 2 ** (failed - 1) * (0.5 + Math.random() / 2);
  return Math.min(LONGEST_DELAY_MS, askedMs ?? doubling);
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3). Undefined where it is neither. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
