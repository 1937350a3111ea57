import { FloeError } from "@floe/core";
import { z } from "zod";
import type { Subject } from "./catalog-error.ts";
import type { Session } from "./session.ts";

/** What every list that comes in pages has besides. */
export const nextPage = { "next-page-token": z.string().nullish() };

type Page = { "next-page-token"?: string | null | undefined };

interface Listing<T extends Page> {
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  subject: Subject;
  schema: z.ZodType<T>;
}

/**
 * All pages of a list. An empty token says to the server that the client takes pages; one that doesn't know
 * of them answers with everything.
 *
 * @throws FloeError `CATALOG.FAILED` where a server gives the same page over and over.
 */
export async function allPages<T extends Page>(
  session: Session,
  { path, query = {}, subject, schema }: Listing<T>,
): Promise<T[]> {
  const pages: T[] = [];
  const seen = new Set<string>();
  for (let token = ""; ; ) {
    const page = await session.ask(
      {
        method: "GET",
        path,
        query: { ...query, pageToken: token, pageSize: session.properties["rest-page-size"] },
      },
      subject,
      schema,
    );
    pages.push(page);
    const next = page["next-page-token"] ?? "";
    if (next === "") return pages;
    if (seen.has(next)) {
      throw new FloeError("CATALOG.FAILED", `The list for the ${subject.kind} ${subject.name} has no end.`, {
        why: "The catalog gave the same page token twice.",
        next: ["Look at the server's log."],
      });
    }
    seen.add(next);
    token = next;
  }
}
