import { catalogName, catalogNameLevels, FloeError } from "@floe/core";
import { z } from "zod";
import { catalogError, type Subject } from "./catalog-error.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "./http-client.ts";

/** Between the levels of a namespace within a URL, where the server names nothing else. */
const UNIT_SEPARATOR = "%1F";

const properties = z.record(z.string(), z.string());
const configAnswerSchema = z.object({
  defaults: properties.nullish().transform((value) => value ?? {}),
  overrides: properties.nullish().transform((value) => value ?? {}),
});

export interface SessionOptions {
  client: HttpClient;
  warehouse: string;
  /** The client's own, between the server's defaults and its overrides. */
  properties: Readonly<Record<string, string>>;
  /** Within which time the server must have answered. */
  limitMs: number;
}

/** What the server said of itself, and requests in its spelling. */
export class Session {
  readonly #client: HttpClient;
  readonly #separator: string;
  readonly #root: string;
  /** The server's defaults, the client's own properties, and the server's overrides, in that order. */
  readonly properties: Readonly<Record<string, string>>;

  private constructor(client: HttpClient, merged: Readonly<Record<string, string>>) {
    this.#client = client.at(merged.uri ?? client.baseUrl, headersOf(merged));
    this.#separator = merged["namespace-separator"] ?? UNIT_SEPARATOR;
    // A prefix comes encoded: Nessie's is `main%7Cwarehouse`.
    this.#root = merged.prefix === undefined || merged.prefix === "" ? "v1" : `v1/${merged.prefix}`;
    this.properties = merged;
  }

  /**
   * Asks the catalog for its configuration, as every client must begin.
   *
   * @throws FloeError `CATALOG.NOT_FOUND` for a warehouse that isn't there, `CONNECTION.*`.
   */
  static async open({ client, warehouse, properties, limitMs }: SessionOptions): Promise<Session> {
    const answer = await client.send({
      method: "GET",
      path: "v1/config",
      query: { warehouse },
      signal: AbortSignal.timeout(limitMs),
    });
    const { data } = configAnswerSchema.safeParse(answer.body);
    if (answer.status !== 200 || data === undefined) {
      throw catalogError(answer, { kind: "catalog", name: warehouse }, client);
    }
    return new Session(client, { ...data.defaults, ...properties, ...data.overrides });
  }

  /**
   * Sends a request and gives its answer in the given form.
   *
   * @throws FloeError `CATALOG.*`, `CONNECTION.*`.
   */
  async ask<T>(request: HttpRequest, subject: Subject, schema: z.ZodType<T>): Promise<T> {
    return this.read(request, await this.send(request, subject), subject, schema);
  }

  /**
   * An answer in the given form.
   *
   * @throws FloeError `CATALOG.FAILED`.
   */
  read<T>(request: HttpRequest, answer: HttpAnswer, subject: Subject, schema: z.ZodType<T>): T {
    const { success, data } = schema.safeParse(answer.body);
    if (success) return data;
    throw new FloeError(
      "CATALOG.FAILED",
      `The catalog's answer for the ${subject.kind} ${subject.name} isn't one.`,
      {
        why: `${request.method} ${answer.url.pathname} gave something that the REST specification doesn't have.`,
        next: ["Check that plugins.catalog.config.uri leads to a catalog, and not to a proxy's page."],
      },
    );
  }

  /** Sends a request, and gives its answer as it came; 304 is one only to a request that has `If-None-Match`. */
  async send(request: HttpRequest, subject: Subject): Promise<HttpAnswer> {
    const answer = await this.#client.send({ ...request, path: `${this.#root}/${request.path}` });
    const { status } = answer;
    if (status === 304 && request.headers?.["if-none-match"] !== undefined) return answer;
    if (status < 200 || status > 299) throw catalogError(answer, subject, this.#client);
    return answer;
  }

  /** `namespaces/sales%1Feu`, for the dotted name of a namespace. */
  namespacePath(namespace: string): string {
    return `namespaces/${this.#encoded(this.#namespaceLevels(namespace), namespace).join(this.#separator)}`;
  }

  /** `namespaces/sales/tables/orders`, for the dotted name of a table. */
  tablePath(table: string): string {
    const levels = catalogNameLevels(table);
    const name = levels.pop() ?? "";
    if (levels.length === 0) {
      throw new FloeError("CATALOG.INVALID_NAME", `${table} doesn't say which namespace it is in.`, {
        next: [`Put the namespace before it: sales.${table}.`],
      });
    }
    const [encoded] = this.#encoded([name], table);
    return `${this.namespacePath(catalogName(levels))}/tables/${encoded}`;
  }

  /** The levels of a namespace as a query parameter has them, not yet encoded. */
  namespaceParameter(namespace: string): string {
    return this.#namespaceLevels(namespace).join(decodeURIComponent(this.#separator));
  }

  #namespaceLevels(namespace: string): string[] {
    const levels = catalogNameLevels(namespace);
    const separator = decodeURIComponent(this.#separator);
    if (levels.some((level) => level.includes(separator))) {
      const why = `The catalog separates the levels of a namespace by ${JSON.stringify(separator)}.`;
      throw notCarried(namespace, why);
    }
    return levels;
  }

  #encoded(levels: readonly string[], name: string): string[] {
    if (levels.some((level) => level === "." || level === ".."))
      throw notCarried(name, "In a URL it would mean another place.");
    return levels.map(encodeURIComponent);
  }
}

/** Headers that the server, or the user, wants with every request: `header.<name>` to Iceberg's clients. */
function headersOf(merged: Readonly<Record<string, string>>): Record<string, string> {
  const headers = Object.entries(merged).filter(([key]) => /^header\.[\w-]+$/.test(key));
  return Object.fromEntries(headers.map(([key, value]) => [key.slice("header.".length), value]));
}

function notCarried(name: string, why: string): FloeError {
  return new FloeError("CATALOG.INVALID_NAME", `No request can carry the name ${JSON.stringify(name)}.`, {
    why,
    next: ["Choose another name."],
  });
}
