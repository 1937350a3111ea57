import { FloeError, type PluginContext, type SecretReference } from "@floe/core";
import { z } from "zod";
import { readText } from "../read-text.ts";
import type { Authorizer } from "./authorizer.ts";

export interface ClientCredentials {
  clientId: SecretReference;
  clientSecret: SecretReference;
  serverUri: string;
  scope: string;
  /** Further parameters of the token request: `audience`, `resource`. */
  parameters: Readonly<Record<string, string>>;
  /** Further headers of the token request. */
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/** A token is given up this long before its end, or halfway where it lives shorter than twice that. */
const SPARE_MS = 60_000;

const answerSchema = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.coerce.number().positive().optional(),
});

const errorSchema = z.object({
  error: z.union([z.string(), z.object({ type: z.string(), message: z.string() })]),
  error_description: z.string().optional(),
});

/**
 * OAuth 2 client credentials, id and secret in the body as Iceberg's own clients send them. One token serves
 * all requests until shortly before it ends, and those that need a new one at once ask once.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.4
 */
export function oauth2Authorization(credentials: ClientCredentials, context: PluginContext): Authorizer {
  let token: { value: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  /** The last two: an answer to the one before may still be on its way. */
  const given: string[] = [];

  const ask = async (signal: AbortSignal): Promise<string> => {
    const { value, lifeMs } = await askForToken(credentials, context, signal);
    token = { value, until: Date.now() + lifeMs - Math.min(SPARE_MS, lifeMs / 2) };
    given.push(value);
    given.splice(0, given.length - 2);
    return value;
  };
  const current = (signal: AbortSignal): Promise<string> => {
    if (token !== undefined && Date.now() < token.until) return Promise.resolve(token.value);
    asking ??= ask(signal).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return {
    authorize: async ({ headers, signal }) => ({
      ...headers,
      authorization: `Bearer ${await current(signal)}`,
    }),
    renew() {
      token = undefined;
      return true;
    },
    redact: (text) => given.reduce((rest, value) => rest.replaceAll(value, "***"), text),
  };
}

async function askForToken(
  { clientId, clientSecret, serverUri, scope, parameters, headers, timeoutMs }: ClientCredentials,
  { secrets, fetch }: PluginContext,
  signal: AbortSignal,
): Promise<{ value: string; lifeMs: number }> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: await secrets.resolve(clientId),
    client_secret: await secrets.resolve(clientSecret),
    scope,
    ...parameters,
  });
  const response = await fetch(serverUri, {
    method: "POST",
    body,
    headers: { ...headers, accept: "application/json" },
    timeoutMs,
    signal,
    // A token more does no harm.
    retries: 2,
  });
  const text = await readText(response, serverUri);
  const answer = parseJson(text);
  if (response.ok) {
    const { success, data } = answerSchema.safeParse(answer);
    if (success) return { value: data.access_token, lifeMs: (data.expires_in ?? 3600) * 1000 };
    throw new FloeError("CONNECTION.FAILED", `What answers at ${serverUri} gives no tokens.`, {
      next: ["Check authorization.server_uri, or uri where that is left out."],
    });
  }
  throw tokenRefusal(response.status, serverUri, errorSchema.safeParse(answer).data);
}

function tokenRefusal(
  status: number,
  serverUri: string,
  answer: z.output<typeof errorSchema> | undefined,
): FloeError {
  const error = answer?.error;
  const reason = typeof error === "object" ? `${error.type}: ${error.message}` : error;
  const why = [reason, answer?.error_description].filter(Boolean).join(": ") || undefined;
  // Of RFC 6749's errors all but those of the server itself are about who asks, and for what.
  if (status === 401 || status === 403 || (status === 400 && answer !== undefined)) {
    return new FloeError("CONNECTION.UNAUTHORIZED", `${serverUri} gives this client no token (${status}).`, {
      why,
      next: ["Check the client's id, its secret and the scope."],
    });
  }
  return new FloeError("CONNECTION.FAILED", `${serverUri} answered ${status} where a token was asked for.`, {
    why,
    next: [status === 404 ? "Set authorization.server_uri." : "Try again; look at the server's log."],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
