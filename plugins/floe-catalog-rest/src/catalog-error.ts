import { type ErrorCode, FloeError } from "@floe/core";
import { z } from "zod";
import type { HttpAnswer, HttpClient } from "./http-client.ts";

/** What a request was about. */
export interface Subject {
  /** `namespace`, `table`; or whatever else a catalog manages. */
  kind: string;
  name: string;
  /** What a 409 without further words means here. */
  conflict?: "CATALOG.EXISTS" | "CATALOG.CONFLICT";
}

/** @see https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml `IcebergErrorResponse` */
const errorSchema = z.object({ error: z.object({ message: z.string().nullish(), type: z.string() }) });

/** Exceptions by the names that the specification and its servers use. */
const CODE_BY_TYPE: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^NoSuch|^NotFound|^WarehouseNotFound/, "CATALOG.NOT_FOUND"],
  [/^AlreadyExists/, "CATALOG.EXISTS"],
  [/^(NamespaceNotEmpty|CommitFailed|CommitConflict)/, "CATALOG.CONFLICT"],
  [/^NotAuthorized/, "CONNECTION.UNAUTHORIZED"],
  [/^Forbidden/, "CATALOG.FORBIDDEN"],
];

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "CONNECTION.UNAUTHORIZED",
  403: "CATALOG.FORBIDDEN",
  404: "CATALOG.NOT_FOUND",
  419: "CONNECTION.UNAUTHORIZED",
  429: "CONNECTION.FAILED",
  503: "CONNECTION.FAILED",
};

/** An answer that isn't what was asked for, as an error. */
export function catalogError(answer: HttpAnswer, subject: Subject, client: HttpClient): FloeError {
  const { status, url } = answer;
  const { data } = errorSchema.safeParse(answer.body);
  if (data === undefined && (status < 400 || status === 404)) return notACatalog(answer);
  const { type = "", message } = data?.error ?? {};
  const said = message == null ? undefined : client.redact(message);
  const code =
    CODE_BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ??
    (status === 409 ? (subject.conflict ?? "CATALOG.CONFLICT") : CODE_BY_STATUS[status]) ??
    // Without a word of the catalog's own it may be a proxy that answers.
    (data === undefined ? "CONNECTION.FAILED" : "CATALOG.FAILED");
  const { summary, next } = wordsFor(code, type, subject, url.host, status);
  return new FloeError(code, summary, { why: said, next });
}

function notACatalog({ status, url }: HttpAnswer): FloeError {
  const summary = `What answers at ${url.origin}${url.pathname} isn't an Iceberg REST catalog (${status}).`;
  return new FloeError("CONNECTION.FAILED", summary, {
    next: ["Check plugins.catalog.config.uri: it is the address to which v1/config is added."],
  });
}

function wordsFor(
  code: ErrorCode,
  type: string,
  { kind, name }: Subject,
  host: string,
  status: number,
): { summary: string; next: string[] } {
  // A table can't be made for want of its namespace, and anything for want of the warehouse.
  const missing = /^NoSuchNamespace/.test(type) ? "namespace" : /Warehouse/.test(type) ? "warehouse" : kind;
  const what = `the ${kind} ${name}`;
  switch (code) {
    case "CATALOG.NOT_FOUND":
      return missing === kind
        ? { summary: `There is no ${kind} ${name}.`, next: ["Check the name, and that it was created."] }
        : { summary: `The ${missing} that ${what} would be in isn't there.`, next: [`Create it first.`] };
    case "CATALOG.EXISTS":
      return { summary: `There is already a ${kind} ${name}.`, next: ["Choose another name."] };
    case "CATALOG.CONFLICT":
      return /^NamespaceNotEmpty/.test(type) || (kind === "namespace" && type === "")
        ? { summary: `The namespace ${name} isn't empty.`, next: ["Drop what is in it first."] }
        : {
            summary: `Another writer changed ${what} first.`,
            next: ["Try again on what is there now."],
          };
    case "CATALOG.FORBIDDEN":
      return {
        summary: `The catalog at ${host} doesn't allow this on ${what}.`,
        next: ["Have the right granted to the credential that plugins.catalog.config.authorization names."],
      };
    case "CONNECTION.UNAUTHORIZED":
      return {
        summary: `The catalog at ${host} refused the credential (${status}).`,
        next: ["Check plugins.catalog.config.authorization, and that the secret is still valid."],
      };
    case "CONNECTION.FAILED":
      return {
        summary: `The catalog at ${host} answered ${status} for ${what}.`,
        next: ["Try again in a while; look at the server's log, and at proxies between."],
      };
    default:
      return {
        summary: `The catalog at ${host} couldn't do this with ${what} (${status}).`,
        next:
          status >= 500
            ? ["Look at what is there now, for it may be done; then at the server's log."]
            : ["Change what it names, or look at the server's log."],
      };
  }
}
