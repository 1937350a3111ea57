import { type ConnectionResult, isFloeError, type PluginContext } from "@floe/core";

/** What a service's answer means. */
export type ServiceAnswer = { version: string } | { problem: string; next: string };

export interface ServiceQuestion {
  /** `Dagster`. */
  service: string;
  /** As the user wrote it. */
  url: string;
  /** Below it. */
  path: string;
  init: RequestInit;
  /** Judges the answer's body: JSON, or undefined for what isn't. */
  judge: (body: unknown) => ServiceAnswer | undefined;
}

/** One attempt, well within the ten seconds that a connection check has. */
const TIMEOUT_MS = 8000;

/**
 * The rule of `OrchestratorPlugin.validateConnection`: asks once, and tells a service that is down, slow,
 * closed, or another one, from the one that is meant.
 */
export async function askService(
  context: PluginContext,
  { service, url, path, init, judge }: ServiceQuestion,
): Promise<ConnectionResult> {
  const address = `${url.replace(/\/+$/, "")}/${path}`;
  const started = performance.now();
  try {
    const response = await context.fetch(address, {
      ...init,
      redirect: "manual",
      retries: 0,
      timeoutMs: TIMEOUT_MS,
    });
    if (response.status === 401 || response.status === 403) {
      return failure(
        `${url} refused the request (${response.status}).`,
        "Check plugins.orchestrator.config: the address, and its credential.",
      );
    }
    const body: unknown = await response.json().catch(() => undefined);
    const answer = judge(body);
    if (answer === undefined || !response.ok) {
      return failure(
        `What answers at ${url} isn't ${service} (${response.status}${body === undefined ? ", and not JSON" : ""}).`,
        "Check plugins.orchestrator.config.url.",
      );
    }
    if ("problem" in answer) return failure(answer.problem, answer.next);
    return {
      success: true,
      message: `${service} ${answer.version} answers at ${url}.`,
      next: [],
      latencyMs: performance.now() - started,
    };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return {
      success: false,
      message: [error.summary, error.why].filter(Boolean).join(" "),
      next: error.next,
    };
  }
}

function failure(message: string, next: string): ConnectionResult {
  return { success: false, message, next: [next] };
}
