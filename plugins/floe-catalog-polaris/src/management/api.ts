import { FloeError } from "@floe/core";
import {
  catalogError,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type Subject,
} from "floe-catalog-rest/rest-catalog";
import type { z } from "zod";

/** Requests to the management API, with its errors coded. */
export class ManagementApi {
  readonly #client: HttpClient;

  constructor(client: HttpClient) {
    this.#client = client;
  }

  /** @throws FloeError `CATALOG.*`, `CONNECTION.*`. */
  async send(request: HttpRequest, subject: Subject): Promise<HttpAnswer> {
    const answer = await this.#client.send(request);
    if (answer.status < 200 || answer.status > 299) throw catalogError(answer, subject, this.#client);
    return answer;
  }

  /** As {@link send}, with the answer in the given form. */
  async ask<T>(request: HttpRequest, subject: Subject, schema: z.ZodType<T>): Promise<T> {
    const { body, url } = await this.send(request, subject);
    const { success, data } = schema.safeParse(body);
    if (success) return data;
    throw new FloeError("CATALOG.FAILED", `What answers at ${url.origin} isn't Polaris' management API.`, {
      next: ["Check plugins.catalog.config.management_uri."],
    });
  }
}

/** A path from segments that are names of users' choice. */
export function path(...segments: readonly string[]): string {
  for (const segment of segments) {
    if (segment !== "" && segment !== "." && segment !== "..") continue;
    throw new FloeError(
      "CATALOG.INVALID_NAME",
      `Nothing in Polaris can be called ${JSON.stringify(segment)}.`,
      {
        next: ["Choose another name."],
      },
    );
  }
  return segments.map(encodeURIComponent).join("/");
}
