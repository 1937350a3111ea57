import { FloeError } from "./floe-error.ts";

const UNREACHABLE = new Set(["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]);
const TIMEOUTS = new Set([
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/**
 * Why no answer came over the network, as a coded error: `CONNECTION.REFUSED`, `.UNREACHABLE`, `.TIMEOUT`,
 * and `.FAILED` for all else. Knows what Node's sockets, TLS and `fetch` throw.
 *
 * @param host Whom it was meant for: `lake.example:9000`.
 * @param limitMs How long was waited, in milliseconds, where that is known.
 */
export function connectionError(error: unknown, host: string, limitMs?: number): FloeError {
  const code = networkErrorCode(error);
  // AWS's SDK calls a connection that was reset a timeout too; what the socket said comes first.
  if (TIMEOUTS.has(code) || (code === "" && isTimeout(error))) {
    const within = limitMs === undefined ? "in time" : `within ${limitMs / 1000} s`;
    return new FloeError("CONNECTION.TIMEOUT", `${host} didn't answer ${within}.`, {
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
    why: innermost(error).message,
    next: ["Check the address, and the certificate if the server uses TLS."],
    cause: error,
  });
}

interface SystemError {
  name?: string;
  code?: unknown;
  message?: string;
  cause?: SystemError;
  errors?: readonly SystemError[];
}

const isTimeout = (error: unknown): boolean => (error as SystemError | null)?.name === "TimeoutError";

/**
 * `fetch` and SDKs wrap what the socket said; where a name has several addresses, one error holds those of
 * all attempts.
 */
function innermost(error: unknown): { code: string; message: string } {
  let current = error as SystemError;
  for (let depth = 0; depth < 8; depth += 1) {
    const inner = current.cause ?? (typeof current.code === "string" ? undefined : current.errors?.[0]);
    if (typeof inner !== "object" || inner === null) break;
    current = inner;
  }
  return {
    code: typeof current.code === "string" ? current.code : "",
    message: current.message ?? String(error),
  };
}

/** The code of what went wrong beneath a request, such as `ECONNRESET`; empty where it has none. */
export const networkErrorCode = (error: unknown): string => innermost(error).code;
