import { connectionError, type PluginContext } from "@floe/core";
import type { Authorizer } from "./authorization/authorizer.ts";
import { readText } from "./read-text.ts";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base URL, each segment encoded: `v1/namespaces/sales%1Feu`. */
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Ends the request before its time, as a timeout. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** The server's JSON, its snapshot ids as digits; undefined where it said nothing, or something else. */
  body: unknown;
  url: URL;
  /** What names this state of the answer, to ask only for another: `If-None-Match`. */
  etag: string | undefined;
}

export interface HttpClientOptions {
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  authorizer: Authorizer;
  context: PluginContext;
}

/** The login timed out, of a server that tells that from a wrong one. */
const AUTHENTICATION_TIMEOUT = 419;

/** The server was too busy to begin: by the REST specification it has done nothing. */
const NOTHING_DONE = [429, 503];

/** JSON over HTTP to one server, with authorization that is renewed when the server says so. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #base: string;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, "");
  }

  /** The same client at another address of the server, with further headers. */
  at(baseUrl: string, headers: Readonly<Record<string, string>> = {}): HttpClient {
    return new HttpClient({ ...this.#options, baseUrl, headers: { ...this.#options.headers, ...headers } });
  }

  get baseUrl(): string {
    return this.#base;
  }

  /**
   * Sends a request and gives the answer, whatever its status. A GET is repeated when it fails in passing;
   * all others are when the server was too busy to begin, for else they might be done twice.
   *
   * @throws FloeError `CONNECTION.*`, `SECRET.*`.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { authorizer, context } = this.#options;
    const first = await this.#attempt(request);
    const refused = first.status === 401 || first.status === AUTHENTICATION_TIMEOUT;
    if (!refused || context.signal.aborted || !authorizer.renew()) return first;
    return this.#attempt(request);
  }

  /** A text as it may be shown, without what this client has sent to say who it is. */
  redact(text: string): string {
    return this.#options.authorizer.redact(text);
  }

  async #attempt({ method, path, query = {}, body, headers = {}, signal }: HttpRequest): Promise<HttpAnswer> {
    const { authorizer, context, timeoutMs } = this.#options;
    const url = new URL(`${this.#base}/${path}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outer = signal ?? context.signal;
    try {
      const authorized = await authorizer.authorize({
        method,
        url,
        headers: {
          ...this.#options.headers,
          accept: "application/json",
          ...(text === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: text,
        signal: outer,
      });
      const response = await context.fetch(url, {
        method,
        headers: authorized,
        ...(text === undefined ? {} : { body: text }),
        timeoutMs,
        // The context's own signal ends it in any case.
        ...(signal === undefined ? {} : { signal }),
        ...(method === "GET" ? {} : { retries: 0 }),
        retryStatuses: NOTHING_DONE,
      });
      return {
        status: response.status,
        body: parse(await readText(response, url)),
        url,
        etag: response.headers.get("etag") ?? undefined,
      };
    } catch (error) {
      if (signal?.aborted === true && !context.signal.aborted) throw connectionError(signal.reason, url.host);
      throw error;
    }
  }
}

/** A number after the name of a snapshot's id. Within a text of JSON the quotes around the name would be escaped. */
const SNAPSHOT_ID = /("[\w-]*snapshot-id"\s*:\s*)(-?\d+)/g;

/**
 * Ids of snapshots are 64 bits wide: a number would round them. They are put in quotes before, for a reviver takes
 * six times as long as the rest.
 */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(SNAPSHOT_ID, '$1"$2"'));
  } catch {
    return undefined;
  }
}
