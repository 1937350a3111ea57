import { type FloeError, isFloeError } from "../errors/floe-error.ts";
import type { ConnectionResult } from "../interfaces/plugin.ts";
import type { PluginContext } from "../plugin/context.ts";

/** What a service's answer means. `version` where it tells one. */
export type ServiceAnswer = { version?: string } | { problem: string; next: string };

export interface ServiceQuestion {
  /** `Dagster`. */
  service: string;
  /** As the user wrote it. */
  url: string;
  /** Where that stands in `manifest.yaml`: `plugins.orchestrator.config.url`. */
  setting: string;
  /** Below the address. */
  path: string;
  /** The request. Asked when it is sent: what keeps it from being made is the answer. Default: a plain GET. */
  request?: () => RequestInit | Promise<RequestInit>;
  /** Judges the answer's body: JSON, or undefined for what isn't. Undefined where another service answers. */
  judge: (body: unknown) => ServiceAnswer | undefined;
}

/** One attempt, well within the ten seconds that a connection check has. */
const TIMEOUT_MS = 5000;

/**
 * The rule of a plugin's `validateConnection` for a service that answers in JSON: asks once, and tells one that is
 * down, slow, closed, or another one, from the one that is meant.
 *
 * @throws only what isn't a `FloeError`.
 */
export async function askService(
  context: Pick<PluginContext, "fetch">,
  { service, url, setting, path, request, judge }: ServiceQuestion,
): Promise<ConnectionResult> {
  const address = `${url.replace(/\/+$/, "")}/${path}`;
  const started = performance.now();
  try {
    const response = await context.fetch(address, {
      ...(await request?.()),
      redirect: "manual",
      retries: 0,
      timeoutMs: TIMEOUT_MS,
    });
    if (response.status === 401 || response.status === 403) {
      return failure(
        `${url} refused the request (${response.status}).`,
        `Check ${setting}, and the credential beside it.`,
      );
    }
    const body: unknown = await response.json().catch(() => undefined);
    const answer = judge(body);
    if (answer === undefined || !response.ok) {
      return failure(
        `What answers at ${url} isn't ${service} (${response.status}${body === undefined ? ", and not JSON" : ""}).`,
        `Check ${setting}.`,
      );
    }
    if ("problem" in answer) return failure(answer.problem, answer.next);
    const version = answer.version === undefined ? "" : ` ${answer.version}`;
    return {
      success: true,
      message: `${service}${version} answers at ${url}.`,
      next: [],
      latencyMs: performance.now() - started,
    };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return failedConnection(error);
  }
}

/** What a plugin's `validateConnection` answers where a coded error kept it from connecting. */
export function failedConnection({ summary, why, next }: FloeError): ConnectionResult {
  return { success: false, message: [summary, why].filter(Boolean).join(" "), next };
}

function failure(message: string, next: string): ConnectionResult {
  return { success: false, message, next: [next] };
}
